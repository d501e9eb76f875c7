import type { StoryClock } from '@munjigi/core/trust';

/** The platform's two clocks: the wall (may be set by anybody) and the monotonic one (restarts, may stop in sleep). */
export interface PlatformClocks {
  /** Milliseconds since 1970, as the device believes. */
  wallMs(): number;
  /** Milliseconds since some start. */
  monotonicMs(): number;
}

export const browserClocks: PlatformClocks = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** What survives a reload: how far trusted time was from the wall, and how well that was known. */
export interface KeptClock {
  readonly offsetMs: number;
  readonly uncertaintyMs: number;
  readonly wallMs: number;
}

export interface Estimate {
  readonly ms: number;
  readonly uncertaintyMs: number;
}

/** A trusted time that answered our own request, with the monotonic instants of asking and answer. */
export interface ClockSample {
  readonly trustedMs: number;
  readonly sentMonotonicMs: number;
  readonly receivedMonotonicMs: number;
}

const LONGEST_ROUND_TRIP_MS = 10_000;
const LARGEST_DISAGREEMENT_MS = 5_000;
/** Of a wall clock that nothing has confirmed yet and nothing contradicts. */
const UNPROVEN_MS = 30_000;
/** Crystals of cheap tablets: 50 parts in a million. */
const DRIFT = 50 / 1_000_000;

/**
 * What time it is, and how sure that is (protocol A11). Verdicts use the best estimate; the age of the rules uses the
 * pessimistic one, so that nobody can make old rules young by setting a clock back.
 */
export class DeviceClock {
  #kept: KeptClock | null;
  #atMonotonicMs: number;
  #atWallMs: number;
  #void = false;
  #story: StoryClock | null = null;
  #floorMs = 0;
  #latestMs = 0;

  constructor(
    private readonly clocks: PlatformClocks = browserClocks,
    kept: KeptClock | null = null,
  ) {
    this.#kept = kept;
    this.#atMonotonicMs = clocks.monotonicMs();
    this.#atWallMs = clocks.wallMs();
  }

  /** Best estimate, or null where there is no clock that can be trusted. */
  estimate(): Estimate | null {
    const wall = this.clocks.wallMs();
    if (this.#story)
      return this.#seen({
        ms: this.#story.storyMs + (wall - this.#story.realMs) * this.#story.rate,
        uncertaintyMs: 1_000,
      });
    this.#watch();
    if (this.#void) return null;
    const best = this.#believed(wall);
    // Signed documents prove "not earlier than": a clock behind them is wrong, and stays so when it has gone on past them.
    if (best.ms + best.uncertaintyMs >= this.#floorMs - this.#leewayMs()) return this.#seen(best);
    this.#distrust();
    return null;
  }

  /** The latest that it may be, in milliseconds: what the age of rules is counted from. */
  pessimisticMs(): number {
    const best = this.estimate();
    return Math.max(
      this.#latestMs,
      this.#floorMs,
      best ? best.ms + best.uncertaintyMs : this.clocks.wallMs(),
    );
  }

  /** Corrected time minus the device's own, in milliseconds; null where the clock is not trusted. */
  offsetMs(): number | null {
    const best = this.estimate();
    return best ? best.ms - this.clocks.wallMs() : null;
  }

  /** Takes a sample; false where its round trip was too long to tell anything. */
  sample({ trustedMs, sentMonotonicMs, receivedMonotonicMs }: ClockSample): boolean {
    const roundTrip = receivedMonotonicMs - sentMonotonicMs;
    if (
      roundTrip < 0 ||
      roundTrip > LONGEST_ROUND_TRIP_MS ||
      trustedMs < this.#floorMs - LONGEST_ROUND_TRIP_MS
    )
      return false;
    const wall = this.clocks.wallMs();
    const sinceAnswer = this.clocks.monotonicMs() - receivedMonotonicMs;
    const offsetMs = trustedMs + roundTrip / 2 + sinceAnswer - wall;
    this.#kept = { offsetMs, uncertaintyMs: roundTrip / 2 + 500, wallMs: wall };
    this.#latestMs = 0;
    this.#anchor();
    return true;
  }

  /** A verified document was issued at this instant: it cannot be earlier. Milliseconds. */
  notBefore(ms: number): void {
    this.#floorMs = Math.max(this.#floorMs, ms);
  }

  /** The latest instant that something signed has shown: it is not earlier, whatever the device believes. 0 where nothing has. */
  get provedMs(): number {
    return this.#floorMs;
  }

  /**
   * Follows the signed story clock. To be called only where the pack in use is marked as an exercise; null ends it. A jump
   * by a new document is what it is for, so what was the latest before does not hold it.
   */
  follow(story: StoryClock | null): void {
    if (story?.sequence === this.#story?.sequence && story?.realMs === this.#story?.realMs) return;
    this.#story = story;
    this.#floorMs = 0;
    this.#latestMs = 0;
    this.#anchor();
  }

  get followsStory(): boolean {
    return this.#story !== null;
  }

  /** What to keep for after a reload; null where nothing was ever confirmed or it was voided. */
  keep(): KeptClock | null {
    return this.#void || this.#story ? null : this.#kept;
  }

  /** What time it is by the last receipt and the wall clock, or by the wall clock alone. */
  #believed(wall: number): Estimate {
    const kept = this.#kept;
    if (!kept) return { ms: wall, uncertaintyMs: UNPROVEN_MS };
    const since = Math.abs(wall - kept.wallMs);
    return { ms: wall + kept.offsetMs, uncertaintyMs: kept.uncertaintyMs + since * DRIFT };
  }

  /** Between the clocks of whoever signs documents and of whoever signs receipts, as a sample is taken with. */
  #leewayMs(): number {
    return this.#kept ? LONGEST_ROUND_TRIP_MS : 0;
  }

  /** Until a fresh receipt tells the time. */
  #distrust(): void {
    this.#void = true;
    this.#kept = null;
  }

  /** Somebody set the wall clock, or the device slept: then the difference to trusted time is not known any more. */
  #watch(): void {
    const apart = this.clocks.wallMs() - this.#atWallMs - (this.clocks.monotonicMs() - this.#atMonotonicMs);
    if (Math.abs(apart) > LARGEST_DISAGREEMENT_MS) this.#distrust();
    // Watched from one look to the next: the slow drift between two crystals is no disagreement.
    this.#atMonotonicMs = this.clocks.monotonicMs();
    this.#atWallMs = this.clocks.wallMs();
  }

  #anchor(): void {
    this.#void = false;
    this.#atMonotonicMs = this.clocks.monotonicMs();
    this.#atWallMs = this.clocks.wallMs();
  }

  #seen(estimate: Estimate): Estimate {
    this.#latestMs = Math.max(this.#latestMs, estimate.ms);
    return estimate;
  }
}
