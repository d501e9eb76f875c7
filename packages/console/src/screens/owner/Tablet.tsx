import { Button, QrSvg, S } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import { gateLink } from '../../engine/links.ts';
import { inviteDevice, readVenue } from '../../engine/venue-calls.ts';
import { Field, Page, Problem } from '../parts.tsx';
import { useAsked, useConsole, useWords, useWork } from '../use.ts';

/** A new device of a venue: a tablet for the door, or the owner's own phone, which may let tablets in without a network. */
export function Tablet({ venueId }: { readonly venueId: number }) {
  const app = useConsole();
  const { say } = useWords();
  const venue = useAsked(`venue/${venueId}`, () => readVenue(app, venueId));
  return (
    <Page
      title={say('console.tablet.invite')}
      back={{ href: `#/venue/${venueId}`, word: venue.value?.name ?? say('console.place.venues') }}
    >
      <div class="two">
        <section>
          <h2>{say('console.tablet.online')}</h2>
          <p>
            <S text={say('console.tablet.online-text')} />
          </p>
          <Code venueId={venueId} kind="gate" />
        </section>
        <section>
          <h2>{say('console.tablet.offline')}</h2>
          <p>
            <S text={say('console.tablet.offline-text')} />
          </p>
          <ol class="steps">
            {(['show', 'scan', 'answer'] as const).map((step) => (
              <li key={step}>
                <S text={say(`console.tablet.offline-${step}`)} />
              </li>
            ))}
          </ol>
          <p class="quiet">
            <S text={say('console.tablet.offline-marked')} />
          </p>
          <h3>{say('console.tablet.phone')}</h3>
          <Code venueId={venueId} kind="owner" />
        </section>
      </div>
    </Page>
  );
}

/** Asks for a name, then shows the link once, as a code for the device's camera. */
function Code({ venueId, kind }: { readonly venueId: number; readonly kind: 'gate' | 'owner' }) {
  const app = useConsole();
  const { say, dates } = useWords();
  const work = useWork();
  const [name, setName] = useState('');
  const [made, setMade] = useState<{ link: string; endsMs: number } | null>(null);
  if (made)
    return (
      <div class="invite" data-link={made.link}>
        <div class="paper">
          <QrSvg text={made.link} label={say('console.tablet.qr')} />
        </div>
        <p class="small">
          <S text={say('console.tablet.once', { when: dates.moment(made.endsMs) })} />
        </p>
        <p class="small link">{made.link}</p>
        <Button kind="plain" onClick={() => setMade(null)}>
          {say('console.tablet.another')}
        </Button>
      </div>
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void work.run(async () => {
          const { enrolmentCode, endsMs } = await inviteDevice(app, venueId, kind);
          setMade({ link: gateLink(location, { venueId, enrolmentCode, name: name.trim() }), endsMs });
        });
      }}
    >
      <Field label={say('console.tablet.name')} help={say(`console.tablet.name-help-${kind}`)}>
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
      <Button
        {...(kind === 'gate' ? { kind: 'first' as const } : {})}
        icon="qr-code"
        type="submit"
        disabled={work.busy}
      >
        {say('console.tablet.make')}
      </Button>
      <Problem error={work.failed} />
    </form>
  );
}
