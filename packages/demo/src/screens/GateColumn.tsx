import type { Demo } from '../demo.ts';
import { say } from '../texts.ts';
import { Device } from './Device.tsx';
import { Ghost } from './Ghost.tsx';
import { spaceIn, themeQuery } from './WalletColumn.tsx';

/** Middle: the venue's tablet, and under it how it was done then. */
export function GateColumn({ demo }: { readonly demo: Demo }) {
  const language = demo.language.value;
  const setup = demo.setup.value;
  const venue = demo.story.value?.venue.name[language] ?? setup?.venueName ?? '';
  const src =
    setup && demo.tablet.value > 0
      ? `/gate/?stage&lang=${demo.openedIn}${themeQuery()}#venue=${setup.venueId}&enrol=${setup.enrolmentCode}&name=${encodeURIComponent(say(demo.openedIn, 'device.name'))}`
      : '';
  return (
    <section class="col gate" aria-label={venue}>
      <h2>
        {venue}
        <span>
          {say(language, 'device')}
          <button type="button" class="reload" onClick={() => demo.reloadTablet()}>
            {say(language, 'button.reload')}
          </button>
        </span>
      </h2>
      <Device
        kind="tablet"
        title={venue}
        src={src}
        reload={String(demo.tablet.value)}
        attach={(frame) => {
          frame.addEventListener('load', () => spaceIn(frame, demo));
          return demo.attachGate(frame);
        }}
      />
      <Ghost demo={demo} />
    </section>
  );
}
