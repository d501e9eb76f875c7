import { StatementFailed } from '@munjigi/service/db';
import type { Kernel } from '../kernel/kernel.ts';
import type { Process } from '../kernel/process.ts';
import { type Holder, Locks } from './locks.ts';
import { makeTables, type Tables } from './schema.ts';
import type { StorePlant } from './statements/index.ts';
import type { Change } from './table.ts';
import { StoreTransaction } from './transaction.ts';

interface Commit {
  readonly atMs: number;
  readonly changes: readonly Change[];
}

/** How the database behaves now. */
export interface StoreTerms {
  /** Milliseconds from a commit to its standby's word. */
  standbyMs: number;
  flushMs: number;
  /** False: nobody confirms a commit; strictly synchronous commits wait until somebody does. */
  standby: boolean;
}

/**
 * The register's database as a server: committed rows, a log of commits, locks, a standby. What a commit answered survives every
 * crash; what a lossy failover or an older backup takes away is said by whoever does it.
 */
export class StoreServer {
  readonly tables: Tables = makeTables();
  readonly terms: StoreTerms = { standbyMs: 1, flushMs: 0.5, standby: true };
  locks: Locks;
  /** Null while nothing answers. */
  process: Process | null;
  readonly plant: StorePlant | null;
  readonly #log: Commit[] = [];
  /** Commits that are visible; what follows in the log is on the disk and is not, yet. */
  #applied = 0;
  /** Nothing takes away what was before this. */
  #floor = 0;
  #waiting: (() => void)[] = [];
  /** Told from which moment on commits were taken away. */
  onCut: (atMs: number) => void = () => {};
  /** Whoever waits for an answer, told when none will come. */
  readonly #asking = new Set<() => void>();

  constructor(
    readonly kernel: Kernel,
    private readonly start: () => Process,
    plant: StorePlant | null = null,
    readonly noted: (what: string) => void = () => {},
    /** Told of what no database would answer: the model itself is wrong then. */
    readonly isWrong: (error: unknown) => void = () => {},
  ) {
    this.plant = plant;
    this.process = start();
    this.locks = this.#newLocks(this.process);
  }

  begin(): StoreTransaction {
    return new StoreTransaction(this.tables, this.locks);
  }

  /** Makes a transaction last: on the disk, at the standby, then visible. Resolves when it may be answered. */
  async commit(transaction: StoreTransaction): Promise<void> {
    const { kernel, terms } = this;
    const process = this.process!;
    const changes = transaction.changes();
    if (changes.length > 0) {
      this.kernel.trace.note(kernel.nowMs, 'store', `commit ${changes.length}`);
      await kernel.pause(process, terms.flushMs);
      this.#log.push({ atMs: kernel.nowMs, changes });
      await this.#confirmed(process);
      this.#apply();
    }
    this.locks.release(transaction);
  }

  rollback(transaction: Holder): void {
    this.locks.release(transaction);
  }

  /** Ends at once: open transactions are gone, what is in the log comes back with the next start. */
  crash(): void {
    if (this.process === null) return;
    this.process.alive = false;
    this.process = null;
    this.#waiting = [];
    this.noted('the database crashed');
    for (const broken of this.#asking) broken();
    this.#asking.clear();
  }

  /** Notes that somebody waits for an answer; the answer ends it. */
  asking(broken: () => void): () => void {
    this.#asking.add(broken);
    return () => this.#asking.delete(broken);
  }

  /** Starts again, on the same log or on a standby's. `lost` commits at its end are not there, acknowledged or not. */
  restart(lost = 0): void {
    if (this.process !== null) return;
    this.#apply();
    if (lost > 0) {
      this.backTo(this.position - lost);
      this.noted('a failover lost its tail');
    }
    this.#begin();
  }

  /** Starts on a backup of a moment. */
  restartFrom(position: number): void {
    if (this.process !== null) return;
    this.#apply();
    this.backTo(position);
    this.#begin();
  }

  #begin(): void {
    this.process = this.start();
    this.locks = this.#newLocks(this.process);
  }

  /** How many commits there were: names a moment, as a backup does. */
  get position(): number {
    return this.#applied;
  }

  /** From here on everything was long ago: in every backup, and at every standby. */
  settle(): void {
    this.#floor = this.#applied;
  }

  /** Puts everything back as it was at a moment. Only while nothing runs. */
  backTo(position: number): void {
    let cutMs: number | null = null;
    while (this.#applied > Math.max(this.#floor, position)) {
      this.#applied -= 1;
      const commit = this.#log[this.#applied]!;
      for (const { table, group, key, before } of [...commit.changes].reverse())
        table.set(group, key, before);
      cutMs = commit.atMs;
    }
    this.#log.length = this.#applied;
    if (cutMs !== null) this.onCut(cutMs);
  }

  /** The standby is back: what waited for it goes on. */
  standbyIsBack(): void {
    this.terms.standby = true;
    for (const done of this.#waiting.splice(0)) if (this.process) this.kernel.after(this.process, 0, done);
  }

  #newLocks(process: Process): Locks {
    return new Locks((run) => this.kernel.after(process, 0, run), this.noted);
  }

  async #confirmed(process: Process): Promise<void> {
    if (!this.terms.standby) {
      this.noted('a commit waited for a standby');
      await new Promise<void>((done) => this.#waiting.push(done));
    }
    await this.kernel.pause(process, this.terms.standbyMs);
  }

  /** Shows every commit of the log, in its order. */
  #apply(): void {
    for (; this.#applied < this.#log.length; this.#applied++)
      for (const { table, group, key, after } of this.#log[this.#applied]!.changes)
        table.set(group, key, after);
  }
}

export const broken = (): StatementFailed =>
  new StatementFailed(
    '25P02',
    'current transaction is aborted, commands ignored until end of transaction block',
  );
