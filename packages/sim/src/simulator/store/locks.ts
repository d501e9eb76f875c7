import { StatementFailed } from '@munjigi/service/db';

/** Whoever holds locks: a transaction or a session. */
export interface Holder {
  /** The lock that it waits for now. */
  waitsFor: string | null;
  /** It holds nothing any more, and gets nothing. */
  ended: boolean;
}

interface Waiting {
  readonly holder: Holder;
  readonly done: () => void;
}

/** Row locks and advisory locks, exclusive and first come first served. Whoever would wait in a circle is refused (40P01). */
export class Locks {
  readonly #held = new Map<string, Holder>();
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #of = new Map<Holder, Set<string>>();

  /** @param wake runs what waited, as an event of the database's own */
  constructor(
    private readonly wake: (run: () => void) => void,
    private readonly noted: (what: string) => void = () => {},
  ) {}

  tryTake(holder: Holder, name: string): boolean {
    // Also where it would have to wait: what is given to nobody is never given back.
    if (holder.ended) throw new StatementFailed('57P01', 'terminating connection');
    const by = this.#held.get(name);
    if (by === holder) return true;
    if (by !== undefined) return false;
    this.#give(holder, name);
    return true;
  }

  /** Resolves when its turn has come. */
  async take(holder: Holder, name: string): Promise<void> {
    if (this.tryTake(holder, name)) return;
    if (this.#wouldCircle(holder, name)) {
      this.noted('two transactions waited for each other');
      throw new StatementFailed('40P01', 'deadlock detected');
    }
    this.noted('a transaction waited for another');
    holder.waitsFor = name;
    await new Promise<void>((done) => {
      const waiting = this.#waiting.get(name) ?? [];
      waiting.push({ holder, done });
      this.#waiting.set(name, waiting);
    });
  }

  release(holder: Holder): void {
    const names = this.#of.get(holder) ?? [];
    this.#of.delete(holder);
    holder.ended = true;
    if (holder.waitsFor !== null) {
      const waiting = this.#waiting.get(holder.waitsFor) ?? [];
      this.#waiting.set(
        holder.waitsFor,
        waiting.filter((one) => one.holder !== holder),
      );
      holder.waitsFor = null;
    }
    for (const name of names) {
      this.#held.delete(name);
      const next = this.#waiting.get(name)?.shift();
      if (next === undefined) continue;
      this.#give(next.holder, name);
      next.holder.waitsFor = null;
      this.wake(next.done);
    }
  }

  #give(holder: Holder, name: string): void {
    this.#held.set(name, holder);
    const names = this.#of.get(holder);
    if (names) names.add(name);
    else this.#of.set(holder, new Set([name]));
  }

  #wouldCircle(holder: Holder, name: string): boolean {
    for (let wanted: string | null = name; wanted !== null; ) {
      const by: Holder | undefined = this.#held.get(wanted);
      if (by === undefined) return false;
      if (by === holder) return true;
      wanted = by.waitsFor;
    }
    return false;
  }
}
