/** What a database of ours consists of: object stores with their keys. Upgrades only ever add. */
export interface StoreShape {
  readonly name: string;
  readonly keyPath?: string | readonly string[];
  readonly autoIncrement?: boolean;
}

export interface DatabaseShape {
  readonly name: string;
  readonly version: number;
  readonly stores: readonly StoreShape[];
}

/** Errors after which the old handle never helps again: the database is opened anew and the work done once more. */
const LOST = new Set(['UnknownError', 'InvalidStateError', 'AbortError']);

/** True where a write failed because the browser gives no more room. */
export const isStorageFull = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'QuotaExceededError';

/**
 * An IndexedDB database whose writes are durable when their promise resolves (`durability: 'strict'` flushes to the disk;
 * the browsers' default does not). Opens itself again when the browser drops the connection.
 */
export class DeviceDatabase {
  #open: Promise<IDBDatabase> | null = null;

  constructor(
    readonly shape: DatabaseShape,
    private readonly factory: IDBFactory = indexedDB,
  ) {}

  get name(): string {
    return this.shape.name;
  }

  /** One read; `work` makes one request in one transaction. */
  read<T>(stores: readonly string[], work: (transaction: IDBTransaction) => IDBRequest<T>): Promise<T> {
    return this.#again(async () => {
      const transaction = (await this.#database()).transaction([...stores], 'readonly');
      const request = work(transaction);
      return new Promise<T>((done, fail) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => fail(request.error);
        transaction.onabort = () =>
          fail(transaction.error ?? new DOMException('The read was aborted.', 'AbortError'));
      });
    });
  }

  /**
   * One strict write; resolves when the browser says that it is flushed. `work` runs again on a fresh transaction when the
   * connection was lost, so it must be safe to repeat. It may abort: then `false` comes back and nothing was written.
   */
  write(stores: readonly string[], work: (transaction: IDBTransaction) => void): Promise<boolean> {
    return this.#again(async () => {
      const transaction = (await this.#database()).transaction([...stores], 'readwrite', {
        durability: 'strict',
      });
      let ended = false;
      const abort = transaction.abort.bind(transaction);
      transaction.abort = () => {
        ended = true;
        abort();
      };
      const finished = new Promise<boolean>((done, fail) => {
        transaction.oncomplete = () => done(true);
        transaction.onabort = () =>
          ended
            ? done(false)
            : fail(transaction.error ?? new DOMException('The write was aborted.', 'AbortError'));
      });
      work(transaction);
      return finished;
    });
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    (await open?.catch(() => null))?.close();
  }

  /** Deletes the whole database: for a device that is enrolled anew. */
  async destroy(): Promise<void> {
    await this.close();
    await new Promise<void>((done, fail) => {
      const request = this.factory.deleteDatabase(this.shape.name);
      request.onsuccess = () => done();
      request.onerror = () => fail(request.error);
    });
  }

  async #again<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DOMException) || !LOST.has(error.name)) throw error;
      await this.close();
      return work();
    }
  }

  #database(): Promise<IDBDatabase> {
    this.#open ??= this.#opening().catch((error: unknown) => {
      this.#open = null;
      throw error;
    });
    return this.#open;
  }

  #opening(): Promise<IDBDatabase> {
    return new Promise((done, fail) => {
      const request = this.factory.open(this.shape.name, this.shape.version);
      request.onupgradeneeded = () => {
        for (const { name, keyPath, autoIncrement = false } of this.shape.stores) {
          if (!request.result.objectStoreNames.contains(name)) {
            const path = typeof keyPath === 'object' ? [...keyPath] : (keyPath ?? null);
            request.result.createObjectStore(name, { keyPath: path, autoIncrement });
          }
        }
      };
      request.onerror = () => fail(request.error);
      request.onsuccess = () => {
        const database = request.result;
        database.onclose = () => {
          this.#open = null;
        };
        // A newer version of the app in another tab wants to upgrade: give way, and open again on the next use.
        database.onversionchange = () => {
          database.close();
          this.#open = null;
        };
        done(database);
      };
    });
  }
}
