import { comeAgainSeconds } from '../lib/come-again.ts';

const REMEMBERED = 50_000;
/** How much the newest second weighs in the measured rate. */
const WEIGHT = 0.2;

/**
 * Tells senders that are turned away when to come again: spread at random over the time that the backlog needs, by what is
 * waiting here, what the gates say they still hold, and how fast entries have been stored lately.
 */
export class Pace {
  readonly #pending = new Map<string, number>();
  readonly #random: () => number;
  readonly #nowMs: () => number;
  #held = 0;
  #rate = 1_000;
  #since: number;
  #stored = 0;

  /** @param nowMs of a monotonic clock */
  constructor(random: () => number = Math.random, nowMs: () => number = () => performance.now()) {
    this.#random = random;
    this.#nowMs = nowMs;
    this.#since = nowMs();
  }

  /** A gate says how many entries it holds beyond the batch that it sends. */
  heard(chain: string, pending: number): void {
    this.#held += pending - (this.#pending.get(chain) ?? 0);
    this.#pending.delete(chain);
    if (pending === 0) return;
    if (this.#pending.size >= REMEMBERED) {
      const [oldest, count] = this.#pending.entries().next().value!;
      this.#pending.delete(oldest);
      this.#held -= count;
    }
    this.#pending.set(chain, pending);
  }

  /** Entries were stored. */
  stored(entries: number): void {
    this.#stored += entries;
    const passed = this.#nowMs() - this.#since;
    if (passed < 1_000) return;
    this.#rate += WEIGHT * ((this.#stored * 1_000) / passed - this.#rate);
    this.#since += passed;
    this.#stored = 0;
  }

  /** Seconds until everything that is known of is stored, as it goes now. */
  drainSeconds(waiting: number): number {
    return (waiting + this.#held) / Math.max(1, this.#rate);
  }

  /** Whole seconds for `Retry-After`: from 30 on, spread over the time that the backlog needs. */
  retryAfterSeconds(waiting: number): number {
    return comeAgainSeconds(this.#random(), this.drainSeconds(waiting));
  }
}
