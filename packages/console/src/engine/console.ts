import type { Crypto } from '@munjigi/core/signing';
import type { Appearance } from '@munjigi/ui/appearance';
import { type Signal, signal } from '@preact/signals';
import type { Desk } from './desk.ts';
import type { Authenticator } from './passkeys.ts';
import { openSession, type Session } from './session.ts';
import { EMPTY_WORLD, type World } from './world.ts';

/** Everything a screen is given: its desk, its session, what the mirror says, and where in the console it stands. */
export interface Console {
  readonly desk: Desk;
  readonly session: Session;
  readonly authenticator: Authenticator;
  readonly crypto: Crypto;
  readonly look: Appearance;
  readonly world: Signal<World>;
  /** The path behind `#/`, without it: `venue/7/tablet`. */
  readonly place: Signal<string>;
  /** True once the person went from one place to another: from then on a new screen takes the focus. */
  readonly moved: Signal<boolean>;
  go(place: string): void;
  /** Asks the desk, and notices a session that has ended. */
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  /** Reads the public log, which every host passes on: whoever serves it, this page verifies what it says. */
  publicLog<T>(path: string): Promise<T>;
}

export interface ConsoleParts {
  readonly desk: Desk;
  readonly authenticator: Authenticator;
  readonly crypto: Crypto;
  readonly look: Appearance;
}

export function openConsole({ desk, authenticator, crypto, look }: ConsoleParts): Console {
  const session = openSession(desk, authenticator);
  const place = signal('');
  const moved = signal(false);
  return {
    desk,
    session,
    authenticator,
    crypto,
    look,
    world: signal<World>(EMPTY_WORLD),
    place,
    moved,
    go(next) {
      moved.value = true;
      place.value = next;
      if (location.hash !== `#/${next}`) history.pushState(null, '', `#/${next}`);
    },
    get: (path) => session.watch(desk.get(path)),
    post: (path, body) => session.watch(desk.post(path, body)),
    publicLog: (path) => desk.publicLog(path),
  };
}
