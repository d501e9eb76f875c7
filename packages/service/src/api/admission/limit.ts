/** How one limit moves. */
export interface LimitTerms {
  /** Never below: even a slow server tries something. */
  readonly floor: number;
  readonly ceiling: number;
  /** A request that takes longer than this is a sign of too many at a time. */
  readonly slowMs: number;
}

const BACK_OFF = 0.9;
/** One step back for one disturbance: what was under way before it says nothing new. */
const PAUSE_MS = 100;
/** How much slower than the fastest of late counts as slow, where that is more than `slowMs`. */
const TIMES_FASTEST = 4;
/** The fastest of late is forgotten by so much a request, so that a server that became slower is not held to its youth. */
const FORGETTING = 1.001;

/**
 * How many requests of a kind are good at a time: one more for every round that went well while the limit was used, a tenth less
 * where requests take long (additive increase, multiplicative decrease). Starts at the floor, so a server that was just started
 * grows into its load. Refusals teach it nothing.
 */
export class AdaptiveLimit {
  #limit: number;
  #fastestMs = Number.POSITIVE_INFINITY;
  #backedOffAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly terms: LimitTerms) {
    this.#limit = terms.floor;
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  /**
   * A request has ended.
   * @param tookMs from its admission to its answer
   * @param atMs of a monotonic clock
   * @param running how many were under way with it
   */
  ended(tookMs: number, atMs: number, running: number): void {
    const { floor, ceiling, slowMs } = this.terms;
    this.#fastestMs = Math.min(tookMs, this.#fastestMs * FORGETTING);
    if (tookMs > Math.max(slowMs, this.#fastestMs * TIMES_FASTEST)) {
      if (atMs - this.#backedOffAt < PAUSE_MS) return;
      this.#backedOffAt = atMs;
      this.#limit = Math.max(floor, this.#limit * BACK_OFF);
    } else if (running >= this.#limit * 0.8) {
      this.#limit = Math.min(ceiling, this.#limit + 1 / this.#limit);
    }
  }
}
