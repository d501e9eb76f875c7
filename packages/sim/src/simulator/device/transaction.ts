import { cloned } from './clone.ts';
import { type Key, KeyRange } from './key-range.ts';
import type { Rows } from './object-store.ts';
import { Request } from './request.ts';

/** One transaction of IndexedDB: its requests run one after the other, each after the callback of the one before it. */
export class Transaction {
  oncomplete: (() => void) | null = null;
  onabort: (() => void) | null = null;
  error: DOMException | null = null;
  state: 'open' | 'committing' | 'ended' = 'open';
  /** True where something was put: a disk that is full minds nothing else. */
  wrote = false;
  readonly #waiting: (() => void)[] = [];
  readonly #undo: (() => void)[] = [];

  constructor(
    private readonly stores: ReadonlyMap<string, Rows>,
    private readonly scope: readonly string[],
    readonly mode: IDBTransactionMode,
    readonly strict: boolean,
  ) {}

  objectStore(name: string): Store {
    const rows = this.scope.includes(name) ? this.stores.get(name) : undefined;
    if (rows === undefined)
      throw new DOMException(`${name} is no store of this transaction.`, 'NotFoundError');
    return new Store(this, rows);
  }

  abort(): void {
    if (this.state !== 'open') throw new DOMException('The transaction has ended.', 'InvalidStateError');
    this.fail(null);
  }

  /** Takes everything back; the callback comes from whoever runs the transaction. */
  fail(error: DOMException | null): void {
    this.error = error;
    this.state = 'ended';
    this.undo();
  }

  undo(): void {
    for (const one of this.#undo.splice(0).reverse()) one();
  }

  changed(undo: () => void): void {
    this.wrote = true;
    this.#undo.push(undo);
  }

  ask(work: () => unknown): Request {
    if (this.state !== 'open')
      throw new DOMException('The transaction has ended.', 'TransactionInactiveError');
    const request = new Request();
    this.#waiting.push(() => {
      try {
        request.result = work();
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        request.error = error;
        request.onerror?.();
        if (this.state === 'open') this.fail(error);
        return;
      }
      request.onsuccess?.();
    });
    return request;
  }

  /** Asks again for the same request, as a cursor does. */
  again(request: Request, work: () => unknown): void {
    this.#waiting.push(() => {
      request.result = work();
      request.onsuccess?.();
    });
  }

  /** Runs until no request waits. */
  run(): void {
    for (let next = this.#waiting.shift(); next && this.state === 'open'; next = this.#waiting.shift())
      next();
  }
}

/** An IDBObjectStore inside a transaction. */
export class Store {
  constructor(
    private readonly transaction: Transaction,
    private readonly rows: Rows,
  ) {}

  get(key: Key): Request {
    return this.transaction.ask(() => this.rows.get(key));
  }

  getAll(query?: unknown, count = Number.POSITIVE_INFINITY): Request {
    const range = KeyRange.of(query);
    return this.transaction.ask(() =>
      this.rows
        .within(range)
        .slice(0, count)
        .map(({ value }) => cloned(value)),
    );
  }

  count(query?: unknown): Request {
    const range = KeyRange.of(query);
    return this.transaction.ask(() => this.rows.within(range).length);
  }

  put(value: unknown, key?: Key): Request {
    return this.#write(() => this.rows.put(value, key, false));
  }

  add(value: unknown, key?: Key): Request {
    return this.#write(() => this.rows.put(value, key, true));
  }

  delete(query: unknown): Request {
    const range = KeyRange.of(query);
    return this.#write(() => ({ key: undefined, undo: this.rows.delete(range) }));
  }

  clear(): Request {
    return this.#write(() => ({ key: undefined, undo: this.rows.delete(null) }));
  }

  openCursor(query?: unknown, direction: IDBCursorDirection = 'next'): Request {
    const found = [...this.rows.within(KeyRange.of(query))];
    if (direction === 'prev') found.reverse();
    let at = 0;
    const next = (): unknown => {
      const row = found[at++];
      if (row === undefined) return null;
      return {
        key: row.key,
        value: cloned(row.value),
        continue: () => this.transaction.again(request, next),
        delete: () => this.delete(row.key),
        update: (value: unknown) => this.put(value, this.rows.keyPath === null ? row.key : undefined),
      };
    };
    const request = this.transaction.ask(next);
    return request;
  }

  #write(work: () => { readonly key: Key | undefined; readonly undo: () => void }): Request {
    if (this.transaction.mode === 'readonly')
      throw new DOMException('This transaction only reads.', 'ReadOnlyError');
    return this.transaction.ask(() => {
      const { key, undo } = work();
      this.transaction.changed(undo);
      return key;
    });
  }
}
