import type { Clock } from '../../clock/index.ts';
import type { Role } from '../../contracts/index.ts';
import type { Database } from '../../db/index.ts';
import type { DeskName } from '../desk.ts';

/** An officer's key, as the bundle and the public log name it. */
export interface OfficerKey {
  readonly body: DeskName;
  readonly role: 'officer';
  readonly accountId: string;
  readonly credentialId: Uint8Array;
  /** P-256 point, 65 bytes. */
  readonly publicKey: Uint8Array;
  /** Seconds; in force from here. */
  readonly from: number;
  /** Seconds; in force until before this, or null while nobody ended it. */
  readonly until: number | null;
  /**
   * The accounts that made and that approved the invite; null for the operator of the machine, and for nobody where the
   * officer was the first. Null altogether where the officer added one more key.
   */
  readonly invited: { readonly madeBy: string | null; readonly approvedBy: string | null } | null;
}

export interface AccountsOptions {
  /** Migrated, the desk's own. */
  readonly db: Database;
  readonly body: DeskName;
  /** Where the body's console stands; see `origins.ts`. */
  readonly origins: readonly string[];
  /** The moment that is played: officers' keys begin and end by it, as the cases that they sign do. */
  readonly clock: Clock;
  /** The machine's time, milliseconds: sessions, invites and challenges end by it. */
  readonly realMs: () => number;
  /**
   * Told when an officer's key begins and when it ends, at least once each: a call that throws is made again with the
   * next change and at the next start.
   */
  readonly onOfficer?: (key: OfficerKey) => void | Promise<void>;
  /** Told of a call of `onOfficer` that threw. */
  readonly onTrouble?: (error: unknown) => void;
  /** Seconds that an officer's key counts as in force before it was enrolled: for exercises, whose story is replayed. */
  readonly leadSeconds?: number;
}

export interface Account {
  readonly accountId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly venueIds: readonly number[];
  /** Milliseconds, or null while the account stands. */
  readonly endedMs: number | null;
}

/** An account with its authenticators in force. */
export interface AccountListed extends Account {
  readonly passkeys: readonly { readonly credentialId: string; readonly addedMs: number }[];
}

export interface NewAccount {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly venueIds?: readonly number[];
}

/** A fresh invite. The code is told once; the database keeps its hash. */
export interface MadeInvite {
  readonly inviteId: string;
  readonly accountId: string;
  readonly code: string;
  /** Milliseconds. */
  readonly endsMs: number;
  /** True where another officer must approve it before it counts. */
  readonly needsApproval: boolean;
}

/** An invite that has neither been used nor ended. */
export interface OpenInvite {
  readonly inviteId: string;
  readonly accountId: string;
  readonly madeMs: number;
  readonly endsMs: number;
  readonly approved: boolean;
}

/** A sign-in: the token goes into the cookie, once. */
export interface NewSession {
  readonly token: string;
  readonly account: Account;
  readonly endsMs: number;
  /** True where the console is served over https, so that the cookie may say so. */
  readonly secure: boolean;
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const SESSION_MS = 12 * HOUR_MS;
export const INVITE_MS = 72 * HOUR_MS;
export const CHALLENGE_MS = 5 * MINUTE_MS;
/** How fresh a sign-in must be to add an authenticator with it. */
export const FRESH_MS = 10 * MINUTE_MS;
