import { Icon, S } from '@munjigi/ui/elements';
import { readCounts, readVenue } from '../../engine/venue-calls.ts';
import { type GateLine, knownUntil } from '../../engine/venues.ts';
import { Await, LinkButton, Mark, Page } from '../parts.tsx';
import { useAsked, useConsole, useWords } from '../use.ts';
import { Call } from './Call.tsx';
import { CountPlots } from './CountPlots.tsx';
import { Pin } from './Pin.tsx';
import { Poster } from './Poster.tsx';
import { SheetsBrief } from './Sheets.tsx';

/** One venue on one screen: what came, its gates, who works there. */
export function Venue({ venueId }: { readonly venueId: number }) {
  const app = useConsole();
  const { say, dates } = useWords();
  const venue = useAsked(`venue/${venueId}`, () => readVenue(app, venueId));
  const counts = useAsked(`counts/${venueId}`, () => readCounts(app, venueId));
  const retention = app.world.value.policy?.retentionDays ?? null;
  const isOwner = app.session.who.value?.roles.includes('owner') ?? false;
  const name = venue.value?.name ?? say('console.venue.number', { number: venueId });
  return (
    <Page
      title={name}
      aside={dates.dayAndWeekday(app.world.value.now())}
      back={{ href: '#/venues', word: say('console.place.venues') }}
      {...(isOwner
        ? {
            action: (
              <LinkButton href={`#/venue/${venueId}/tablet`} icon="tablet" kind="first">
                {say('console.tablet.invite')}
              </LinkButton>
            ),
          }
        : {})}
    >
      {venue.value && venue.value.quietSinceMs !== null && (
        <p class="notice">
          <b>{say('console.venue.quiet', { when: dates.day(venue.value.quietSinceMs) })}</b>{' '}
          <S text={say('console.venue.quiet-text')} />
        </p>
      )}
      <div class="columns">
        <div class="plots">
          <Await asked={counts}>
            {(value) =>
              venue.value && <CountPlots counts={value} untilMs={knownUntil(venue.value.devices)} />
            }
          </Await>
        </div>
        <aside>
          <Await asked={venue}>
            {(value) => (
              <>
                <section>
                  <h2>{say('console.venue.gates')}</h2>
                  {value.devices.length === 0 ? (
                    <p class="quiet">{say('console.gate.none')}</p>
                  ) : (
                    <ul class="gates">
                      {value.devices.map((gate) => (
                        <GateRow key={gate.gateNo} venueId={venueId} gate={gate} mine={isOwner} />
                      ))}
                    </ul>
                  )}
                </section>
                <section>
                  <h2>{say('console.venue.staff')}</h2>
                  {value.people.length > 0 ? (
                    <ul class="gates">
                      {value.people.map((one) => (
                        <li key={one.accountId}>
                          <b>
                            {one.name} <span class="quiet">{say(`console.role.${one.role}`)}</span>
                          </b>
                        </li>
                      ))}
                    </ul>
                  ) : (
                    <p class="quiet">{say('console.staff.none')}</p>
                  )}
                  {isOwner && (
                    <LinkButton href={`#/venue/${venueId}/staff`} icon="users">
                      {say('console.staff.invite')}
                    </LinkButton>
                  )}
                </section>
                {(value.takesCalls || value.call) && (
                  <Call venueId={venueId} call={value.call} mine={isOwner} again={venue.again} />
                )}
                <Poster venueId={venueId} mine={isOwner} />
                <SheetsBrief venueId={venueId} />
                {isOwner && <Pin venueId={venueId} />}
                {retention !== null && (
                  <section>
                    <h2>{say('console.venue.retention')}</h2>
                    <p class="small quiet">
                      <S text={say('console.venue.retention-text', { days: retention - 1 })} />
                    </p>
                  </section>
                )}
              </>
            )}
          </Await>
        </aside>
      </div>
    </Page>
  );
}

function GateRow(props: { readonly venueId: number; readonly gate: GateLine; readonly mine: boolean }) {
  const { venueId, gate, mine } = props;
  const { say, dates } = useWords();
  return (
    <li data-gate={gate.gateNo}>
      <b>
        {gate.gateNo} · {gate.name}
        {gate.role === 'owner' && <span class="tag">{say('console.gate.owner-device')}</span>}
        {gate.state === 'unconfirmed' && <Mark kind="open">{say('console.gate.unconfirmed')}</Mark>}
        {gate.state === 'revoked' && <Mark kind="bad">{say('console.gate.revoked')}</Mark>}
      </b>
      <p>
        {gate.lastReceiptMs === null
          ? say('console.gate.never')
          : say('console.gate.last', { when: dates.moment(gate.lastReceiptMs) })}
        {gate.report && ` · ${say('console.gate.waiting', { count: gate.report.pending })}`}
      </p>
      {gate.unconfirmed === 'second-successor' && (
        <p>
          <S text={say('console.gate.copied')} />
        </p>
      )}
      {mine && gate.state !== 'revoked' && (
        <a class="more" href={`#/venue/${venueId}/gate/${gate.gateNo}`}>
          <Icon name="settings" />
          <span>
            {say('console.gate.manage')}
            <span class="off-screen"> {gate.name}</span>
          </span>
        </a>
      )}
    </li>
  );
}
