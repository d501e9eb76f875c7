import type { Demo } from '../demo.ts';
import { say } from '../texts.ts';
import { Device } from './Device.tsx';
import { PaperSheet } from './PaperSheet.tsx';

/** Left: whose phone it is, the phone itself, and the way it is held to the tablet. */
export function WalletColumn({ demo }: { readonly demo: Demo }) {
  const language = demo.language.value;
  const chosen = demo.people.find(({ id }) => id === demo.person.value);
  const paper = chosen?.shows === 'paper';
  const id = demo.person.value;
  const first =
    demo.tablet.value === 0 ? '' : (demo.people.find(({ shows }) => shows === 'wallet')?.id ?? '');
  return (
    <section class="col wallet" aria-label={say(language, 'wallet.title')}>
      <h2>{say(language, 'wallet.title')}</h2>
      {paper && chosen && <PaperSheet demo={demo} person={chosen} />}
      <div class="holder" hidden={paper}>
        <Device
          kind="phone"
          title={say(language, 'wallet.title')}
          src={first === '' ? '' : `/wallet/?stage&person=${first}&lang=${demo.openedIn}${themeQuery()}`}
          reload={String(demo.tablet.value)}
          attach={(frame) => {
            frame.addEventListener('load', () => spaceIn(frame, demo));
            return demo.attachWallet(frame);
          }}
        />
      </div>
      <fieldset class="who" aria-label={say(language, 'people')}>
        {demo.people.map((person) => (
          <button
            type="button"
            key={person.id}
            data-person={person.id}
            aria-pressed={person.id === id}
            onClick={() => demo.choose(person.id)}
          >
            {person.name[language]}
            <small>{person.tag[language]}</small>
          </button>
        ))}
      </fieldset>
      <button
        type="button"
        class="hold"
        disabled={demo.holding.value || id === ''}
        onClick={() => void demo.hold()}
      >
        <kbd>Space</kbd>
        {say(language, paper ? 'hold.paper' : 'hold')}
      </button>
    </section>
  );
}

/** The look that was asked of this page goes on to the devices in it. */
export function themeQuery(): string {
  const query = new URLSearchParams(location.search);
  return ['theme', 'contrast'].map((name) => (query.get(name) ? `&${name}=${query.get(name)}` : '')).join('');
}

/** The space bar holds the phone to the tablet, wherever the focus is, save on something that the bar itself presses. */
export function onSpace(event: KeyboardEvent, demo: Demo): void {
  if (event.code !== 'Space' || event.repeat) return;
  const at = event.target as Element | null;
  if (
    at?.closest?.('button, input:not([type=range]), textarea, select, a, [role=switch]') &&
    !at.closest('.hold, .who [aria-pressed=true]')
  )
    return;
  event.preventDefault();
  void demo.hold();
}

export function spaceIn(frame: HTMLIFrameElement, demo: Demo): void {
  frame.contentWindow?.addEventListener('keydown', (event) => onSpace(event, demo));
}
