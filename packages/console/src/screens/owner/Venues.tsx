import { S } from '@munjigi/ui/elements';
import { readVenues } from '../../engine/venue-calls.ts';
import type { VenueLine } from '../../engine/venues.ts';
import { Await, LinkButton, Mark, Page } from '../parts.tsx';
import { useAsked, useConsole, useWords } from '../use.ts';

/** The venues of an owner. */
export function Venues() {
  const app = useConsole();
  const { say } = useWords();
  const asked = useAsked('venues', () => readVenues(app));
  const isOwner = app.session.who.value?.roles.includes('owner') ?? false;
  return (
    <Page
      title={say('console.place.venues')}
      {...(isOwner
        ? {
            action: (
              <LinkButton href="#/register" icon="file-text">
                {say('console.venue.register')}
              </LinkButton>
            ),
          }
        : {})}
    >
      <Await asked={asked}>
        {(venues) =>
          venues.length === 0 ? (
            <p class="lead">
              <S text={say('console.venues.none')} />
            </p>
          ) : (
            <ul class="lines">
              {venues.map((venue) => (
                <VenueRow key={venue.venueId} venue={venue} />
              ))}
            </ul>
          )
        }
      </Await>
    </Page>
  );
}

function VenueRow({ venue }: { readonly venue: VenueLine }) {
  const { say, dates, ofPack } = useWords();
  return (
    <li>
      <a class="line" href={`#/venue/${venue.venueId}`}>
        <span>
          <b>{venue.name}</b>
          <small>
            {ofPack('venue', venue.kind)} · {say('console.venue.number', { number: venue.venueId })}
          </small>
        </span>
        <span class="end">
          {venue.quietSinceMs !== null ? (
            <Mark kind="open">{say('console.venue.quiet', { when: dates.day(venue.quietSinceMs) })}</Mark>
          ) : venue.lastReceiptMs === null ? (
            <Mark kind="open">{say('console.gate.never')}</Mark>
          ) : (
            <Mark kind="good">{say('console.gate.last', { when: dates.moment(venue.lastReceiptMs) })}</Mark>
          )}
          <small>{say('console.venue.gate-count', { count: venue.gates })}</small>
        </span>
      </a>
    </li>
  );
}
