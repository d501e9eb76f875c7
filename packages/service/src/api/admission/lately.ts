const SECONDS = 60;
/** Of the newest seconds: what an agent's answer goes by. */
const NEWEST = 3;

/** How many were served and how many turned away, second by second over the last minute. */
export class Lately {
  readonly #done = new Array<number>(SECONDS).fill(0);
  readonly #refused = new Array<number>(SECONDS).fill(0);
  #second: number;

  /** @param nowMs of a monotonic clock */
  constructor(private readonly nowMs: () => number) {
    this.#second = Math.floor(nowMs() / 1000);
  }

  done(): void {
    this.#done[this.#place()]! += 1;
  }

  refused(): void {
    this.#refused[this.#place()]! += 1;
  }

  /** Of the newest few seconds. */
  counts(): { readonly done: number; readonly refused: number } {
    this.#place();
    let [done, refused] = [0, 0];
    for (let back = 0; back < NEWEST; back++) {
      const place = (this.#second - back + SECONDS * 2) % SECONDS;
      done += this.#done[place]!;
      refused += this.#refused[place]!;
    }
    return { done, refused };
  }

  /** How many were served a second, over the newest whole seconds. */
  perSecond(): number {
    this.#place();
    let done = 0;
    for (let back = 1; back <= NEWEST; back++)
      done += this.#done[(this.#second - back + SECONDS * 2) % SECONDS]!;
    return done / NEWEST;
  }

  /** Seconds to serve everybody who was turned away in the last minute, as fast as it went. */
  backlogSeconds(): number {
    this.#place();
    const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0);
    return sum(this.#refused) / Math.max(1 / SECONDS, sum(this.#done) / SECONDS);
  }

  /** The place of this second; those that nobody wrote meanwhile are empty. */
  #place(): number {
    const second = Math.floor(this.nowMs() / 1000);
    for (let next = Math.max(this.#second + 1, second - SECONDS + 1); next <= second; next++) {
      this.#done[next % SECONDS] = 0;
      this.#refused[next % SECONDS] = 0;
    }
    this.#second = Math.max(this.#second, second);
    return this.#second % SECONDS;
  }
}
