import { createHmac, randomBytes } from 'node:crypto';

/** So many at once, and as many again in so many seconds. */
export interface Cap {
  readonly most: number;
  readonly seconds: number;
}

const MOST_KEYS = 50_000;

/**
 * How often one of many may do something: kept in this process's memory alone, under a key that was drawn at its start, so that
 * no row and no dump of it says who called where. Each node counts for itself.
 */
export class Caps {
  readonly #key = randomBytes(32);
  readonly #left = new Map<string, { readonly left: number; readonly at: number }>();

  constructor(private readonly cap: Cap) {}

  /** Seconds to wait, or 0 where it may be done now, which is then counted. */
  take(who: string, nowMs: number): number {
    const { most, seconds } = this.cap;
    const name = createHmac('sha256', this.#key).update(who).digest('base64');
    const known = this.#left.get(name);
    const grown = known ? ((nowMs - known.at) / 1000 / seconds) * most : 0;
    const left = known ? Math.min(most, known.left + Math.max(0, grown)) : most;
    this.#left.delete(name);
    if (this.#left.size >= MOST_KEYS) this.#left.delete(this.#left.keys().next().value!);
    const may = left >= 1;
    this.#left.set(name, { left: may ? left - 1 : left, at: nowMs });
    return may ? 0 : Math.ceil(((1 - left) / most) * seconds);
  }
}
