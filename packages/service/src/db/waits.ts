/** What ended is remembered so long, so that whoever asks now and then does not miss it. Milliseconds. */
const REMEMBERED = 30_000;
const LONG = 1_000;

/** How long statements of a database wait for their end: a commit that no standby confirms is seen by nothing else. */
export class Waits {
  readonly #running = new Set<{ readonly since: number }>();
  #ended: readonly { readonly at: number; readonly tookMs: number }[] = [];

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** One begins; the answer is called when it has ended, in whatever way. */
  begin(): () => void {
    const one = { since: this.nowMs() };
    this.#running.add(one);
    return () => {
      const at = this.nowMs();
      this.#running.delete(one);
      if (at - one.since > LONG) this.#ended = [...this.#lately(at), { at, tookMs: at - one.since }];
    };
  }

  /** The longest in milliseconds: of those that run, and of those that ended within half a minute. 0 where all were quick. */
  longestMs(): number {
    const at = this.nowMs();
    const running = [...this.#running].map(({ since }) => at - since).filter((ms) => ms > LONG);
    return Math.max(0, ...running, ...this.#lately(at).map(({ tookMs }) => tookMs));
  }

  #lately(at: number) {
    return this.#ended.filter((one) => at - one.at < REMEMBERED).slice(-100);
  }
}
