import type { HeldPass } from '../world/wallet.ts';
import { type Belief, ClocksTold } from './clocks.ts';

/** What a guest came with, known by how it was made. */
export type GuestKind =
  | 'valid'
  /** Of a class that counts until the rules change. */
  | 'until-change'
  | 'ended'
  /** Of an issuer key that may be withdrawn by now. */
  | 'withdrawn'
  | 'forged'
  /** Of an issuer that nobody lists. */
  | 'stranger'
  /** A picture of a code, minutes old. */
  | 'picture'
  /** Their phone's clock is far off. */
  | 'wrong-clock';

/** An entry as it was written: where, and under which hash. */
export interface Written {
  readonly gate: string;
  readonly counter: number;
  readonly hash: string;
  readonly enteredAt: number;
  readonly clockUnknown: boolean;
}

/** One guest before one gate: what was true, what was said, what was promised. */
export interface Visit {
  readonly number: number;
  readonly kind: GuestKind;
  readonly pass: HeldPass;
  readonly device: string;
  readonly venueId: number;
  readonly atMs: number;
  readonly drawnAt: number;
  /** Milliseconds that the phone's clock was ahead. */
  readonly phoneAheadMs: number;
  verdict: string | null;
  reason: string | null;
  sameEntry: boolean;
  /** Places that an entry was made for; the last one counts where it was saved. */
  readonly made: Written[];
  /** Where the device said: saved. */
  saved: Written | null;
  /** True where the device said that it could not. */
  notSaved: boolean;
  /** True where the device itself was put back or lost since: what only it had is gone with it. */
  withDevice: boolean;
  /** From the code to the verdict, in true milliseconds. */
  tookMs: number | null;
  /** By how much the gate thought that its clock might be wrong; null where it trusted none. */
  unsureMs: number | null;
  /** When the verdict was there, and how far the wall clock of the device was ahead then. */
  answeredMs: number | null;
  wallAheadMs: number | null;
  /** How far from the truth its time might be then. */
  beliefs: readonly Belief[];
}

/** Who a guest is at a door, as a box tells it: holder key and drawing. */
export const subjectName = (device: string, holderKey: Uint8Array, drawnAt: number): string =>
  `${device} ${Buffer.from(holderKey).toString('hex')} ${drawnAt}`;

/** Keeps what truly happened, apart from everything that the product keeps. */
export class Ledger {
  readonly visits: Visit[] = [];
  readonly bySubject = new Map<string, Visit[]>();
  /** Device of each gate key that ever came into use, by its thumbprint in hexadecimal. */
  readonly devices = new Map<string, string>();
  readonly failures: string[] = [];
  /** When each device last judged by a clock that was wrong without its knowing. */
  readonly wrongClock = new Map<string, number>();
  readonly clocksTold = new ClocksTold();
  readonly reached = new Map<string, number>();

  add(visit: Visit, subject: string): void {
    this.visits.push(visit);
    this.bySubject.set(subject, [...(this.bySubject.get(subject) ?? []), visit]);
  }

  /** A rule was broken. */
  fail(what: string): void {
    if (this.failures.length < 50 && !this.failures.includes(what)) this.failures.push(what);
  }

  /** Something rare happened: a set of runs must reach all of them. */
  reach = (what: string): void => {
    this.reached.set(what, (this.reached.get(what) ?? 0) + 1);
  };

  /** Earlier visits of the same pass at the same device. */
  earlier({ device, pass, number }: Visit): Visit[] {
    return this.visits.filter((one) => one.device === device && one.pass === pass && one.number < number);
  }
}
