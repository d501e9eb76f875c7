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
/** Whole seconds, and the moment between the answer and the look at the clock. */
const ROUNDED_MS = 1_500;

/** True where a device is as good as the protocol counts on: then its estimate is never worse than it says. */
export const isHonest = ({ wasSet, crystals }: TrueClock): boolean =>
  !wasSet && Math.abs(crystals.wallPpm) <= COUNTED_ON.ppm && Math.abs(crystals.aheadMs) < COUNTED_ON.aheadMs;

/** True where its crystal is worse than that. */
export const drifts = ({ crystals }: TrueClock): boolean => Math.abs(crystals.wallPpm) > COUNTED_ON.ppm;

/**
 * How far the time of a gate may be from the truth: by what its wall clock has gone astray since a receipt told the time, and by half
 * the way of that receipt. Said from the true clocks alone, whatever the gate makes of them.
 */
export class ClocksTold {
  readonly #told = new Map<string, { readonly aheadMs: number; readonly wayMs: number }[]>();

  /** A receipt told a device the time, while its wall clock was so far ahead. */
  add(device: string, aheadMs: number, roundTripMs: number): void {
    const told = this.#told.get(device) ?? [];
    told.push({ aheadMs, wayMs: roundTripMs / 2 });
    this.#told.set(device, told);
  }

  /**
   * True where a device may believe in a time that is `wrongMs` ahead of the truth, while its wall clock is `aheadMs` ahead. What
   * the disk did not keep is forgotten with the page, so that any receipt may be the last one that it remembers, or none.
   */
  explains(device: string, wrongMs: number, aheadMs: number): boolean {
    const isNear = (off: number, wayMs: number) => Math.abs(wrongMs - off) <= wayMs + ROUNDED_MS;
    return (
      isNear(aheadMs, 0) ||
      (this.#told.get(device) ?? []).some((told) => isNear(aheadMs - told.aheadMs, told.wayMs))
    );
  }

  has(device: string): boolean {
    return this.#told.has(device);
  }
}
