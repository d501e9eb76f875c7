const WINDOW_MS = 4000;

/** Counts requests over the last seconds. */
export class LoadMeter {
  readonly #now: () => number;
  #times: number[] = [];

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  count(): void {
    this.#trim();
    this.#times.push(this.#now());
  }

  /** Requests a second, with one decimal. */
  perSecond(): number {
    this.#trim();
    return Math.round((this.#times.length / WINDOW_MS) * 10_000) / 10;
  }

  #trim(): void {
    const since = this.#now() - WINDOW_MS;
    while (this.#times.length > 0 && this.#times[0]! < since) this.#times.shift();
  }
}
