import { type Signal, signal } from '@preact/signals';
import { type Desk, DeskError } from './desk.ts';
import {
  type Authenticator,
  type CreateJson,
  makePasskey,
  type RequestJson,
  usePasskey,
} from './passkeys.ts';

export type Role = 'owner' | 'staff' | 'inspector' | 'officer' | 'operator';

/** Who is signed in here, as the desk says it. */
export interface Who {
  readonly accountId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly venueIds: readonly number[];
  /** How many authenticators the account has. */
  readonly passkeys: number;
  readonly advice: readonly string[];
}

/**
 * The session of this page. `who` is undefined until the desk was asked, null where nobody is signed in. A session that ran
 * out leaves `who` as it was and raises `expired`: what was typed stays on the screen while its owner signs in again.
 */
export interface Session {
  readonly who: Signal<Who | null | undefined>;
  readonly expired: Signal<boolean>;
  /** Asks the desk who is signed in. */
  look(): Promise<void>;
  signIn(): Promise<void>;
  /** Makes the passkey that an invite asks for, and signs in. Without a code: one more for who is signed in. */
  enrol(code: string | null): Promise<void>;
  signOut(): Promise<void>;
  /** Passes work through; where the desk says that the session has ended, raises `expired` and throws on. */
  watch<T>(work: Promise<T>): Promise<T>;
}

interface OptionsJson<T> {
  readonly options: T;
}

export function openSession(desk: Desk, authenticator: Authenticator): Session {
  const who = signal<Who | null | undefined>(undefined);
  const expired = signal(false);
  const signedIn = (account: Who): void => {
    expired.value = false;
    who.value = account;
  };

  return {
    who,
    expired,
    async look() {
      const { account } = await desk.get<{ account: Who | null }>('session');
      if (account) signedIn(account);
      else who.value = null;
    },
    async signIn() {
      const { options } = await desk.post<OptionsJson<RequestJson>>('session/options', {});
      signedIn(
        await desk.post<Who>('session/sign-in', { response: await usePasskey(authenticator, options) }),
      );
    },
    async enrol(code) {
      const asked = code === null ? {} : { code };
      const { options } = await desk.post<OptionsJson<CreateJson>>('session/enrol-options', asked);
      signedIn(
        await desk.post<Who>('session/enrol', { response: await makePasskey(authenticator, options) }),
      );
    },
    async signOut() {
      await desk.post('session/sign-out', {}).catch((error: unknown) => {
        if (!(error instanceof DeskError) || !error.signedOut) throw error;
      });
      expired.value = false;
      who.value = null;
    },
    async watch(work) {
      try {
        return await work;
      } catch (error) {
        if (error instanceof DeskError && error.signedOut && who.value) expired.value = true;
        throw error;
      }
    },
  };
}
