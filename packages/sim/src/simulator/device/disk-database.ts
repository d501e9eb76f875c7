import type { Process } from '../kernel/process.ts';
import type { Disk } from './disk.ts';
import { Rows } from './object-store.ts';
import { Transaction } from './transaction.ts';

export interface Shape {
  version: number;
  handle(process: Process): unknown;
}

interface Begun {
  readonly transaction: Transaction;
  readonly process: Process;
}

/** What is not flushed at once is flushed by then. */
const LAZY_MS = 30_000;
const ABORT = () => new DOMException('The connection was lost.', 'AbortError');

/** One IndexedDB database: one transaction after the other, as the product's writes to one store are. */
export class DiskDatabase implements Shape {
  version = 0;
  readonly #stores = new Map<string, Rows>();
  #queue: Begun[] = [];
  #running: Begun | null = null;

  constructor(private readonly disk: Disk) {}

  handle(process: Process) {
    return {
      objectStoreNames: { contains: (name: string) => this.#stores.has(name) },
      createObjectStore: (
        name: string,
        {
          keyPath,
          autoIncrement = false,
        }: { keyPath?: string | readonly string[] | null; autoIncrement?: boolean },
      ) => void this.#stores.set(name, new Rows(keyPath ?? null, autoIncrement)),
      transaction: (
        stores: readonly string[],
        mode: IDBTransactionMode = 'readonly',
        { durability = 'default' }: { durability?: string } = {},
      ) => {
        const transaction = new Transaction(this.#stores, stores, mode, durability === 'strict');
        if (!process.asks(mode === 'readonly' ? 'read' : 'write')) return transaction;
        this.#queue.push({ transaction, process });
        this.#pump();
        return transaction;
      },
      close: () => {},
      onclose: null,
      onversionchange: null,
    };
  }

  abandon(process: Process): void {
    this.#queue = this.#queue.filter((one) => one.process !== process);
    const running = this.#running;
    if (running?.process !== process || running.transaction.state !== 'open') return;
    running.transaction.fail(null);
    this.#next();
  }

  /** The device starts again: nothing waits. */
  restart(): void {
    this.#queue = [];
    this.#running = null;
  }

  copyFor(disk: Disk): DiskDatabase {
    const copy = new DiskDatabase(disk);
    copy.version = this.version;
    for (const [name, rows] of this.#stores) copy.#stores.set(name, rows.copy());
    return copy;
  }

  #pump(): void {
    if (this.#running !== null) return;
    const next = this.#queue.shift();
    if (next === undefined) return;
    this.#running = next;
    const { kernel, terms } = this.disk;
    kernel.after(next.process, terms.writeMs / 10, () => this.#run(next));
  }

  #next(): void {
    this.#running = null;
    this.#pump();
  }

  #run({ transaction, process }: Begun): void {
    const { disk } = this;
    const { terms, kernel } = disk;
    const random = disk.host.random;
    transaction.run();
    if (transaction.state === 'open' && transaction.mode !== 'readonly') {
      if (random.chance(terms.lostBefore)) {
        transaction.fail(ABORT());
        disk.noted('connection lost before a write');
      } else if (terms.full && transaction.wrote)
        transaction.fail(new DOMException('There is no room.', 'QuotaExceededError'));
    }
    if (transaction.state === 'ended') {
      this.#next();
      transaction.onabort?.();
      return;
    }
    if (transaction.mode === 'readonly') {
      transaction.state = 'ended';
      this.#next();
      transaction.oncomplete?.();
      return;
    }
    transaction.state = 'committing';
    disk.committed(transaction);
    const done = () => {
      transaction.state = 'ended';
      this.#next();
      const lost = random.chance(terms.lostAfter);
      if (lost) disk.noted('connection lost after a write');
      kernel.after(process, 0, () => {
        if (!lost) return transaction.oncomplete?.();
        transaction.error = ABORT();
        transaction.onabort?.();
      });
    };
    const flushed = () => disk.flushed(transaction);
    if (!transaction.strict) {
      kernel.after(disk.host, LAZY_MS, flushed);
      done();
      return;
    }
    kernel.after(disk.host, terms.writeMs, () => {
      flushed();
      done();
    });
  }
}
