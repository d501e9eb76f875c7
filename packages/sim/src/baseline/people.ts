/** How a tablet of that time asks, and when its operator gives up. */
export interface Patience {
  /** Milliseconds until a call is given up. */
  readonly timeoutMs: number;
  /** Tries in all. */
  readonly tries: number;
  /** Milliseconds before the next try. */
  readonly pauseMs: () => number;
}

/** What became of the people of a baseline; each person is counted once, however often the operator pressed. */
export interface People {
  readonly wanted: number;
  readonly answered: number;
  readonly refused: number;
  readonly answerMs: readonly number[];
  /** Guests who were told that they are written down. */
  readonly told: ReadonlySet<number>;
  readonly perSecond: readonly { readonly second: number; readonly answered: number }[];
}

/** People come at random instants that nobody's answer delays; each asks through the balancer until answered or out of patience. */
export class Asking {
  readonly #answerMs: number[] = [];
  readonly #told = new Set<number>();
  readonly #bySecond = new Map<number, number>();
  readonly #under: Promise<void>[] = [];
  readonly #begun = performance.now();
  #wanted = 0;
  #refused = 0;

  constructor(
    private readonly door: string,
    private readonly patience: Patience,
    private readonly random: () => number,
  ) {}

  async arrive(perSecond: number, seconds: number): Promise<void> {
    const begun = performance.now();
    let next = 0;
    for (;;) {
      next += (-Math.log(1 - this.random()) / perSecond) * 1000;
      if (next > seconds * 1000) return;
      const wait = begun + next - performance.now();
      if (wait > 0) await new Promise((go) => setTimeout(go, wait));
      this.#wanted += 1;
      this.#under.push(this.#ask(this.#wanted));
    }
  }

  /** When the last of them has an answer or has given up. */
  async end(): Promise<People> {
    await Promise.all(this.#under);
    return {
      wanted: this.#wanted,
      answered: this.#told.size,
      refused: this.#refused,
      answerMs: this.#answerMs,
      told: this.#told,
      perSecond: [...this.#bySecond]
        .map(([second, answered]) => ({ second, answered }))
        .sort((a, b) => a.second - b.second),
    };
  }

  async #ask(guest: number): Promise<void> {
    const { timeoutMs, tries, pauseMs } = this.patience;
    const came = performance.now();
    for (let one = 0; one < tries; one++) {
      if (one > 0) await new Promise((go) => setTimeout(go, pauseMs()));
      const answered = await fetch(`${this.door}/scan`, {
        method: 'POST',
        body: JSON.stringify({ guest, venue: guest % 200 }),
        signal: AbortSignal.timeout(timeoutMs),
      }).then(
        async (answer) => answer.ok && Boolean(await answer.text()),
        () => false,
      );
      if (!answered) continue;
      this.#answerMs.push(performance.now() - came);
      this.#told.add(guest);
      const second = Math.floor((performance.now() - this.#begun) / 1000);
      this.#bySecond.set(second, (this.#bySecond.get(second) ?? 0) + 1);
      return;
    }
    this.#refused += 1;
  }
}
