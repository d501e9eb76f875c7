import { Button, S } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import { readVenue, renameGate, revokeGate } from '../../engine/venue-calls.ts';
import type { GateLine } from '../../engine/venues.ts';
import { Await, Facts, Field, Page, Problem } from '../parts.tsx';
import { type Asked, useAsked, useConsole, useWords, useWork } from '../use.ts';

/** One gate: its name, and what to do when it is lost. */
export function Gate({ venueId, gateNo }: { readonly venueId: number; readonly gateNo: number }) {
  const app = useConsole();
  const { say } = useWords();
  const venue = useAsked(`venue/${venueId}`, () => readVenue(app, venueId));
  const gate = venue.value?.devices.find((one) => one.gateNo === gateNo);
  return (
    <Page
      title={gate ? `${gate.gateNo} · ${gate.name}` : say('console.gate.number', { number: gateNo })}
      back={{ href: `#/venue/${venueId}`, word: venue.value?.name ?? say('console.place.venues') }}
    >
      <Await asked={venue}>
        {() =>
          gate ? (
            <div class="two">
              <Rename venueId={venueId} gate={gate} venue={venue} />
              <Lost venueId={venueId} gate={gate} venue={venue} />
            </div>
          ) : (
            <p class="lead">{say('console.gate.unknown')}</p>
          )
        }
      </Await>
    </Page>
  );
}

interface Props {
  readonly venueId: number;
  readonly gate: GateLine;
  readonly venue: Asked<unknown>;
}

function Rename({ venueId, gate, venue }: Props) {
  const app = useConsole();
  const { say } = useWords();
  const work = useWork();
  const [name, setName] = useState(gate.name);
  const [done, setDone] = useState(false);
  return (
    <section>
      <h2>{say('console.gate.rename')}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void work.run(async () => {
            await renameGate(app, venueId, gate.gateNo, name.trim());
            setDone(true);
            venue.again();
          });
        }}
      >
        <Field label={say('console.tablet.name')} help={say('console.tablet.name-help-gate')}>
          {(attributes) => (
            <input
              {...attributes}
              value={name}
              maxLength={60}
              autocomplete="off"
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <Button type="submit" disabled={work.busy || name.trim() === '' || name.trim() === gate.name}>
          {say('button.save')}
        </Button>
        <p role="status">{done ? say('console.saved') : ''}</p>
        <Problem error={work.failed} />
      </form>
    </section>
  );
}

/** A lost device: what it reveals (nothing), what it may have held, and the one thing to do. */
function Lost({ venueId, gate, venue }: Props) {
  const app = useConsole();
  const { say, dates } = useWords();
  const work = useWork();
  const [asking, setAsking] = useState(false);
  const last = gate.lastReceiptMs;
  return (
    <section data-lost>
      <h2>{say('console.lost.headline')}</h2>
      <p>
        <S text={say('console.lost.reveals')} />
      </p>
      <Facts
        rows={[
          [
            say('console.lost.safe'),
            last === null
              ? say('console.lost.safe-none')
              : say('console.lost.safe-until', { when: dates.moment(last), count: gate.counter }),
          ],
          [
            say('console.lost.held'),
            gate.report === null
              ? say('console.lost.held-unknown')
              : say('console.lost.held-count', {
                  count: gate.report.pending,
                  when: dates.moment(gate.report.reportedMs),
                }),
          ],
          [say('console.lost.after'), say('console.lost.after-text')],
        ]}
      />
      {gate.state === 'revoked' ? (
        <p class="notice" role="status">
          <S text={say('console.lost.done', { count: gate.revokedAfter ?? gate.counter })} />
        </p>
      ) : asking ? (
        <div class="notice">
          <p>
            <b>{say('console.lost.sure', { name: gate.name })}</b> <S text={say('console.lost.sure-text')} />
          </p>
          <div class="row">
            <Button
              kind="first"
              disabled={work.busy}
              onClick={() =>
                work.run(async () => {
                  await revokeGate(app, venueId, gate.gateNo);
                  setAsking(false);
                  venue.again();
                })
              }
            >
              {say('console.lost.yes')}
            </Button>
            <Button onClick={() => setAsking(false)}>{say('button.cancel')}</Button>
          </div>
          <Problem error={work.failed} />
        </div>
      ) : (
        <Button icon="tablet" onClick={() => setAsking(true)}>
          {say('console.lost.revoke')}
        </Button>
      )}
    </section>
  );
}
