import type { Kernel } from '../kernel/kernel.ts';
import type { Process } from '../kernel/process.ts';
import { DiskDatabase, type Shape } from './disk-database.ts';
import { Request } from './request.ts';
import type { Transaction } from './transaction.ts';

/** How a disk behaves now. */
export interface DiskTerms {
  /** Milliseconds of a flush; of anything else a tenth. */
  writeMs: number;
  full: boolean;
  /** Of so many transactions the browser loses its connection: before anything is written, or after all of it is. */
  lostBefore: number;
  lostAfter: number;
}

/**
 * The storage of one device as browsers give it: what a strict transaction has completed outlives a dead battery; what others
 * have completed outlives a closed tab, and is flushed a while later.
 */
export class Disk {
  readonly terms: DiskTerms = { writeMs: 4, full: false, lostBefore: 0, lostAfter: 0 };
  readonly #databases = new Map<string, DiskDatabase>();
  /** Committed and not flushed, oldest first. */
  readonly #unflushed: Transaction[] = [];

  constructor(
    readonly kernel: Kernel,
    /** The device itself, which outlives its tabs. */
    public host: Process,
    /** What is remarkable of what happened here. */
    readonly noted: (what: string) => void = () => {},
  ) {}

  /** An IDBFactory for the pages of one process. */
  factoryFor(process: Process): IDBFactory {
    const factory = {
      open: (name: string, version: number) => this.#open(process, name, version),
      deleteDatabase: (name: string) => {
        const request = new Request();
        this.#databases.delete(name);
        this.kernel.after(process, 1, () => request.onsuccess?.());
        return request;
      },
    };
    return factory as unknown as IDBFactory;
  }

  /** A tab is gone: what it had begun and not committed is taken back. */
  abandon(process: Process): void {
    for (const database of this.#databases.values()) database.abandon(process);
  }

  /** The battery is dead: of what was not flushed a part is there, and never a later one without the earlier. */
  losePower(): void {
    const { random } = this.host;
    const kept = random.below(this.#unflushed.length + 1);
    const lost = this.#unflushed.splice(kept);
    if (lost.some(({ strict }) => strict)) this.noted('power lost during a strict write');
    if (lost.some(({ strict }) => !strict)) this.noted('power lost what was not strict');
    for (const transaction of lost.reverse()) transaction.undo();
    this.#unflushed.splice(0);
    for (const database of this.#databases.values()) database.restart();
  }

  /** A copy of everything, as a backup of the whole device would hold it. */
  copyTo(other: Disk): void {
    for (const [name, database] of this.#databases) other.#databases.set(name, database.copyFor(other));
  }

  committed(transaction: Transaction): void {
    if (transaction.wrote) this.#unflushed.push(transaction);
  }

  /** Everything up to a transaction is on the disk. */
  flushed(transaction: Transaction): void {
    const at = this.#unflushed.indexOf(transaction);
    if (at >= 0) this.#unflushed.splice(0, at + 1);
  }

  #open(process: Process, name: string, version: number): Request {
    const request = new Request();
    process.asks('read');
    let database = this.#databases.get(name);
    if (!database) {
      database = new DiskDatabase(this);
      this.#databases.set(name, database);
    }
    const shape: Shape = database;
    this.kernel.after(process, this.terms.writeMs / 10, () => {
      request.result = shape.handle(process);
      if (shape.version < version) {
        shape.version = version;
        request.onupgradeneeded?.();
      }
      request.onsuccess?.();
    });
    return request;
  }
}
