import { ApiError } from '../contracts/index.ts';
import { DatabaseUnavailable } from '../db/index.ts';
import { Pace } from './pace.ts';
import type { Grouping } from './types.ts';

interface Waiting<T, R> {
  readonly item: T;
  readonly since: number;
  /** Gives up waiting; cleared when its transaction begins. */
  readonly timer: NodeJS.Timeout;
  readonly done: (result: R) => void;
  readonly fail: (error: unknown) => void;
}

/** What came of one item of a group. */
export type Outcome<R> =
  | { readonly ok: true; readonly value: R }
  | { readonly ok: false; readonly error: unknown };

/**
 * Group commit: items that are ready go into one transaction together. The first lane starts at once when nothing runs; the
 * others start when a group is full or its oldest item has waited long enough, so that load makes groups larger instead of
 * transactions more. Of one chain only one item is under way at a time.
 */
export class GroupCommit<T extends { readonly key: string; readonly size: number }, R> {
  readonly #waiting: Waiting<T, R>[] = [];
  readonly #underWay = new Set<string>();
  readonly #grouping: Grouping;
  readonly #run: (items: readonly T[]) => Promise<readonly Outcome<R>[]>;
  #lanes = 0;
  #timer: NodeJS.Timeout | null = null;
  #idle: (() => void)[] = [];
  readonly #pace: Pace;

  constructor(
    grouping: Grouping,
    run: (items: readonly T[]) => Promise<readonly Outcome<R>[]>,
    pace: Pace = new Pace(),
  ) {
    this.#grouping = grouping;
    this.#run = run;
    this.#pace = pace;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Adds an item; resolves when its transaction has committed. Throws `service.full` where too many wait, or where its turn did
   * not come in time: then nothing of it was begun.
   */
  add(item: T): Promise<R> {
    if (this.#waiting.length >= this.#grouping.waiting) return Promise.reject(this.#full());
    return new Promise((done, fail) => {
      const timer = setTimeout(() => this.#giveUp(one), this.#grouping.longestMs);
      const one: Waiting<T, R> = { item, since: performance.now(), timer, done, fail };
      this.#waiting.push(one);
      this.#start();
    });
  }

  #full(): ApiError {
    const waiting = this.#waiting.reduce((sum, { item }) => sum + item.size, 0);
    return new ApiError('service.full', { retryAfterSeconds: this.#pace.retryAfterSeconds(waiting) });
  }

  #giveUp(one: Waiting<T, R>): void {
    const place = this.#waiting.indexOf(one);
    if (place < 0) return;
    this.#waiting.splice(place, 1);
    one.fail(this.#full());
    this.#settle();
  }

  #settle(): void {
    if (this.#waiting.length === 0 && this.#lanes === 0) for (const done of this.#idle.splice(0)) done();
  }

  /** Resolves when nothing waits and nothing runs. */
  drained(): Promise<void> {
    if (this.#waiting.length === 0 && this.#lanes === 0) return Promise.resolve();
    return new Promise((done) => this.#idle.push(done));
  }

  #start(): void {
    while (this.#lanes < this.#grouping.lanes) {
      const group = this.#ready();
      if (group.length === 0) return;
      void this.#flush(group);
    }
  }

  /** The next group, or nothing where it is better to wait for company. */
  #ready(): Waiting<T, R>[] {
    const { gates, entries, waitMs } = this.#grouping;
    const group: Waiting<T, R>[] = [];
    const chains = new Set<string>();
    let size = 0;
    for (const one of this.#waiting) {
      if (group.length >= gates || size >= entries) break;
      if (chains.has(one.item.key) || this.#underWay.has(one.item.key)) continue;
      chains.add(one.item.key);
      group.push(one);
      size += one.item.size;
    }
    if (group.length === 0) return group;
    const waited = performance.now() - group[0]!.since;
    const full = group.length >= gates || size >= entries;
    if (this.#lanes > 0 && !full && waited < waitMs) {
      this.#timer ??= setTimeout(() => {
        this.#timer = null;
        this.#start();
      }, waitMs - waited);
      return [];
    }
    for (const { timer } of group) clearTimeout(timer);
    const taken = new Set(group);
    const left = this.#waiting.filter((one) => !taken.has(one));
    this.#waiting.splice(0, this.#waiting.length, ...left);
    return group;
  }

  async #flush(group: readonly Waiting<T, R>[]): Promise<void> {
    this.#lanes += 1;
    for (const { item } of group) this.#underWay.add(item.key);
    try {
      const outcomes = await this.#attempt(group.map(({ item }) => item));
      this.#pace.stored(group.reduce((sum, { item }, i) => sum + (outcomes[i]!.ok ? item.size : 0), 0));
      group.forEach(({ done, fail }, i) => {
        const outcome = outcomes[i]!;
        if (outcome.ok) done(outcome.value);
        else fail(outcome.error);
      });
    } finally {
      this.#lanes -= 1;
      for (const { item } of group) this.#underWay.delete(item.key);
      this.#start();
      this.#settle();
    }
  }

  /** The poison rule: where a group fails, its items run one by one, so that one bad item fails alone. */
  async #attempt(items: readonly T[]): Promise<readonly Outcome<R>[]> {
    try {
      return await this.#run(items);
    } catch (error) {
      if (items.length === 1 || error instanceof DatabaseUnavailable)
        return items.map(() => ({ ok: false, error }));
    }
    const outcomes: Outcome<R>[] = [];
    for (const item of items) {
      const [outcome] = await this.#run([item]).catch((error: unknown): Outcome<R>[] => [
        { ok: false, error },
      ]);
      outcomes.push(outcome!);
    }
    return outcomes;
  }
}
