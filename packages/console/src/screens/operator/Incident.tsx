import { Button, S } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import {
  confirmIncident,
  type IncidentBook,
  type IncidentLine,
  incidentWorks,
  noticeTitle,
  readIncidents,
  sayable,
  sayMeasured,
} from '../../engine/incident-calls.ts';
import { Await, Field, Page, Problem } from '../parts.tsx';
import { useAsked, useConsole, useWords, useWork } from '../use.ts';
import { CloseIncident } from './CloseIncident.tsx';
import { PhaseMark, useComponentName } from './Incidents.tsx';

/** One incident: its timeline, what is said about it, and how it is closed. */
export function Incident({ number }: { readonly number: number }) {
  const app = useConsole();
  const { say } = useWords();
  const nameOf = useComponentName();
  const asked = useAsked(`incident/${number}`, () => readIncidents(app));
  const one = asked.value?.incidents.find((incident) => incident.number === number) ?? null;
  return (
    <Page
      title={
        one
          ? `${nameOf(one.component)} ${say(`console.incident.state.${one.state}`)}`
          : say('console.incident.number', { number })
      }
      back={{ href: '#/incidents', word: say('console.incident.back') }}
    >
      <Await asked={asked}>
        {(book) =>
          one === null ? (
            <p class="lead">{say('console.nowhere')}</p>
          ) : (
            <Known one={one} book={book} again={asked.again} />
          )
        }
      </Await>
    </Page>
  );
}

interface Part {
  readonly one: IncidentLine;
  readonly again: () => void;
}

function Known({ one, book, again }: Part & { readonly book: IncidentBook }) {
  const { say } = useWords();
  return (
    <div class="stack">
      <p>
        <PhaseMark one={one} />{' '}
        <span class="quiet">{say('console.incident.number', { number: one.number })}</span>
      </p>
      {one.repeats !== null && (
        <p class="problem">
          <a href={`#/incident/${one.repeats}`}>{say('console.incident.repeats', { number: one.repeats })}</a>
        </p>
      )}
      {one.proposed && <Proposed one={one} notice={one.proposed.notice} again={again} />}
      <div class="two">
        <Timeline one={one} />
        {one.phase === 'closed' ? (
          <Closed one={one} again={again} />
        ) : (
          <div class="stack">
            <Confirm
              one={one}
              said={book.said.incident === one.number ? book.said.notice : null}
              again={again}
            />
            {one.works ? (
              <CloseIncident number={one.number} again={again} />
            ) : (
              <Works one={one} again={again} />
            )}
          </div>
        )}
      </div>
    </div>
  );
}

function Timeline({ one }: { readonly one: IncidentLine }) {
  const { say, dates, language } = useWords();
  const { policy } = useConsole().world.value;
  return (
    <section>
      <h2>{say('console.incident.timeline')}</h2>
      <ol class="log">
        {one.events.map(({ what, at, notice }, i) => (
          <li key={`${what}${at}${i}`} data-event={what}>
            <span class="num quiet">{dates.moment(at * 1000)}</span>
            <br />
            <b>{say(`console.incident.what.${what}`)}</b>
            {notice !== undefined && (
              <>
                <br />
                {notice === null ? say('console.incident.usual') : noticeTitle(policy, notice, language, at)}
              </>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Proposed({ one, notice, again }: Part & { readonly notice: string | null }) {
  const app = useConsole();
  const { say, language } = useWords();
  const work = useWork();
  const what =
    notice === null
      ? say('console.incident.usual')
      : noticeTitle(app.world.value.policy, notice, language, app.world.value.now() / 1000);
  return (
    <section class="next" data-proposed={notice ?? ''}>
      <p class="lead">
        <S text={say('console.incident.propose-text')} />
      </p>
      <Button
        kind="first"
        icon="bell"
        disabled={work.busy}
        onClick={() =>
          work.run(async () => {
            await confirmIncident(app, one.number, notice);
            again();
          })
        }
      >
        {say('console.incident.propose', { what: what.replace(/\.$/, '') })}
      </Button>
      <Problem error={work.failed} />
    </section>
  );
}

function Confirm({ one, said, again }: Part & { readonly said: string | null }) {
  const app = useConsole();
  const { say, language } = useWords();
  const { policy } = app.world.value;
  const [notice, setNotice] = useState(said ?? '');
  const work = useWork();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void work.run(async () => {
          await confirmIncident(app, one.number, notice === '' ? null : notice);
          again();
        });
      }}
    >
      <h2>{say('console.incident.confirm')}</h2>
      <p class="help">
        <S text={say('console.incident.confirm-text')} />
      </p>
      <Field label={say('console.incident.notice')}>
        {(attributes) => (
          <select {...attributes} value={notice} onChange={(event) => setNotice(event.currentTarget.value)}>
            <option value="">{say('console.incident.usual')}</option>
            {sayable(policy).map((id) => (
              <option key={id} value={id}>
                {noticeTitle(policy, id, language, one.events[0]?.at ?? 0)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <div class="row">
        <Button kind={one.proposed ? 'plain' : 'first'} icon="bell" type="submit" disabled={work.busy}>
          {say('console.incident.confirm')}
        </Button>
      </div>
      <Problem error={work.failed} />
    </form>
  );
}

function Works({ one, again }: Part) {
  const app = useConsole();
  const { say } = useWords();
  const work = useWork();
  return (
    <div class="row">
      <Button
        icon="check"
        disabled={work.busy}
        onClick={() =>
          work.run(async () => {
            await incidentWorks(app, one.number);
            again();
          })
        }
      >
        {say('console.incident.works')}
      </Button>
      <Problem error={work.failed} />
    </div>
  );
}

function Closed({ one, again }: Part) {
  const app = useConsole();
  const { say, language } = useWords();
  const work = useWork();
  const inWords = (words: { readonly ko: string; readonly en: string }) =>
    words[language] || words.ko || words.en;
  const tick = (at: number, done: boolean) =>
    work.run(async () => {
      await sayMeasured(
        app,
        one.number,
        one.measures.map((measure, i) => (i === at ? done : measure.done)),
      );
      again();
    });
  return (
    <section>
      <h2>{say('console.incident.cause')}</h2>
      <p data-cause>{one.cause ? inWords(one.cause) : ''}</p>
      {one.measures.length > 0 && (
        <>
          <h2>{say('console.incident.measures')}</h2>
          <ul class="lines">
            {one.measures.map((measure, i) => (
              <li class="open" key={`${measure.due}${inWords(measure.what)}`}>
                <p>
                  {inWords(measure.what)}
                  <br />
                  <span class="quiet num">{`${inWords(measure.owner)} · ${measure.due}`}</span>
                </p>
                <label class="tick">
                  <input
                    type="checkbox"
                    checked={measure.done}
                    disabled={work.busy}
                    onChange={(event) => void tick(i, event.currentTarget.checked)}
                  />
                  <span>{say('console.incident.done')}</span>
                </label>
              </li>
            ))}
          </ul>
        </>
      )}
      <Problem error={work.failed} />
    </section>
  );
}
