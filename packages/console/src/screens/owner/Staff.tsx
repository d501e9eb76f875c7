import { S } from '@munjigi/ui/elements';
import { inviteStaff, readVenue } from '../../engine/venue-calls.ts';
import { Invite } from '../Invite.tsx';
import { Page } from '../parts.tsx';
import { useAsked, useConsole, useWords } from '../use.ts';

/** Invites somebody who works at a venue: they see its counts and gates, and change nothing. */
export function Staff({ venueId }: { readonly venueId: number }) {
  const app = useConsole();
  const { say } = useWords();
  const venue = useAsked(`venue/${venueId}`, () => readVenue(app, venueId));
  return (
    <Page
      title={say('console.staff.invite')}
      back={{ href: `#/venue/${venueId}`, word: venue.value?.name ?? say('console.place.venues') }}
    >
      <div class="narrow">
        <p class="lead">
          <S text={say('console.staff.text')} />
        </p>
        <Invite
          roles={['staff']}
          make={async (name) => {
            const made = await inviteStaff(app, venueId, name);
            venue.again();
            return { ...made, needsApproval: false };
          }}
        />
      </div>
    </Page>
  );
}
