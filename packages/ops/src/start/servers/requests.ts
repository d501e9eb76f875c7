const WINDOW_MS = 2200;
const PATIENCE_MS = 1000;
const COUNTED = /^munjigi_requests_total\{([^}]*)\} (\d+)/gm;

/** How many requests a server says that it has answered, in the text of its metrics; those about its own health left out. */
export function requestsIn(text: string): number {
  let sum = 0;
  for (const [, labels, value] of text.matchAll(COUNTED))
    if (!/class="health"/.test(labels!)) sum += Number(value);
  return sum;
}

/** Requests a second of one server over the last seconds, out of its own metrics. */
export class Requests {
  readonly #now: () => number;
  #looks: { readonly at: number; readonly total: number }[] = [];

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Looks at the server's metrics once. What does not answer changes nothing. */
  async look(port: number): Promise<void> {
    const text = await fetch(`http://127.0.0.1:${port}/metrics`, {
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).then(
      (answer) => (answer.ok ? answer.text() : null),
      () => null,
    );
    if (text !== null) this.add(requestsIn(text));
  }

  add(total: number): void {
    const at = this.#now();
    this.#looks = [...this.#looks.filter((look) => look.at >= at - WINDOW_MS), { at, total }];
  }

  /** Its count begins anew with its process. */
  forget(): void {
    this.#looks = [];
  }

  /** Requests a second, with one decimal; 0 before the second look. */
  perSecond(): number {
    const [first, last] = [this.#looks[0], this.#looks.at(-1)];
    if (!first || !last || last.at <= first.at || last.at < this.#now() - WINDOW_MS) return 0;
    return Math.max(0, Math.round(((last.total - first.total) / (last.at - first.at)) * 10_000) / 10);
  }
}
