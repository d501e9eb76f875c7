/** Of a device's two clocks, what is true and no device knows. */
export interface TrueClock {
  /** Milliseconds that its wall clock is ahead. */
  readonly aheadMs: number;
  /** True once somebody set its wall clock. */
  readonly wasSet: boolean;
  readonly crystals: { readonly wallPpm: number; readonly aheadMs: number };
}

/** What the protocol counts on: of a crystal, and of a wall clock that no receipt has confirmed yet. */
const COUNTED_ON = { ppm: 50, aheadMs: 30_000 };
/** A page that sees its two clocks go apart by more than this between two looks knows that somebody set one. */
const SET_MS = 5_000;
/** Whole seconds, and the moment between the answer and the look at the clock. */
const ROUNDED_MS = 1_500;

/** True where a device is as good as the protocol counts on: then its estimate is never worse than it says. */
export const isHonest = ({ wasSet, crystals }: TrueClock): boolean =>
  !wasSet && Math.abs(crystals.wallPpm) <= COUNTED_ON.ppm && Math.abs(crystals.aheadMs) < COUNTED_ON.aheadMs;

/** True where its crystal is worse than that. */
export const drifts = ({ crystals }: TrueClock): boolean => Math.abs(crystals.wallPpm) > COUNTED_ON.ppm;

export interface Told {
  readonly page: string;
  readonly atMs: number;
  /** Milliseconds that the wall clock was ahead then. */
  readonly aheadMs: number;
  /** Half of its way, forth and back. */
  readonly wayMs: number;
}

/** A page that looks at its clock. */
export interface Looking {
  readonly device: string;
  readonly page: string;
  readonly sinceMs: number;
  /** Milliseconds that the wall clock of its device is ahead of the truth now. */
  readonly aheadMs: number;
}

/** A time that a page may believe in, by how much it is ahead of the truth. */
export interface Belief {
  readonly wrongMs: number;
  readonly unsureMs: number;
}

export const isBelieved = (beliefs: readonly Belief[], wrongMs: number): boolean =>
  beliefs.some((belief) => Math.abs(wrongMs - belief.wrongMs) <= belief.unsureMs);

/**
 * How far the time of a gate may be from the truth: by what its wall clock has gone astray since a receipt told the time, and by half
 * the way of that receipt. Said from the true clocks alone, whatever the gate makes of them.
 */
export class ClocksTold {
  readonly #told = new Map<string, Told[]>();
  readonly #set: { readonly device: string; readonly atMs: number; readonly ms: number }[] = [];
  /** What each page made of its clock when it last judged somebody. */
  readonly #looked = new Map<string, { readonly atMs: number; readonly trusted: boolean }>();

  /** A receipt told a page of a device the time. */
  add(device: string, told: Told): void {
    const all = this.#told.get(device) ?? [];
    all.push(told);
    this.#told.set(device, all);
  }

  /**
   * How far ahead of the truth the time of a page may be that it works with from `sinceMs` until now. A receipt that came to this
   * page counts until the next one does. Before the first, it is any that ever came to this device, since a disk does not always keep
   * the newest, or the wall clock as it is.
   */
  beliefs({ device, page, sinceMs, aheadMs }: Looking): readonly Belief[] {
    const told = this.#told.get(device) ?? [];
    const own = told.filter((one) => one.page === page);
    const newest = own.findLastIndex(({ atMs }) => atMs <= sinceMs);
    const from = newest >= 0 ? own.slice(newest) : told;
    const beliefs = from.map((one) => ({ wrongMs: aheadMs - one.aheadMs, unsureMs: one.wayMs + ROUNDED_MS }));
    return newest >= 0 ? beliefs : [...beliefs, { wrongMs: aheadMs, unsureMs: ROUNDED_MS }];
  }

  has(device: string): boolean {
    return this.#told.has(device);
  }

  /** Somebody set the wall clock of a device. */
  set(device: string, atMs: number, ms: number): void {
    this.#set.push({ device, atMs, ms });
  }

  /**
   * True where this page must trust no clock: at its last verdict it trusted none, or the wall clock was set since, and no receipt
   * has told this device the time again. Two bad crystals may hide a part of what was set.
   */
  mustDistrust(device: string, page: string, atMs: number): boolean {
    const before = this.#looked.get(page);
    if (before === undefined) return false;
    const isTold = (sinceMs: number) =>
      (this.#told.get(device) ?? []).some(({ atMs: toldMs }) => toldMs >= sinceMs);
    if (!before.trusted) return !isTold(before.atMs);
    const [set, ...more] = this.#set.filter(
      (one) => one.device === device && one.atMs > before.atMs && one.atMs < atMs,
    );
    if (set === undefined || more.length > 0 || isTold(set.atMs)) return false;
    return Math.abs(set.ms) > SET_MS + 1_000 + (atMs - before.atMs) * 0.05;
  }

  looked(page: string, atMs: number, trusted: boolean): void {
    this.#looked.set(page, { atMs, trusted });
  }
}
