import { type DatabaseShape, DeviceDatabase } from '@munjigi/offline';

/** The device is dead: nothing works any more. */
export class Died extends Error {}

/** Steps of a life: each is a write to the storage or a call to the register. */
export class Steps {
  #count = 0;
  dead = false;
  constructor(
    private readonly dieAt: number,
    private readonly half: 'before' | 'after',
  ) {}

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.dead) throw new Died();
    this.#count += 1;
    if (this.#count !== this.dieAt) return work();
    if (this.half === 'after') await work();
    this.dead = true;
    throw new Died();
  }

  alive(): void {
    if (this.dead) throw new Died();
  }
}

/** A device's database that dies at a step of its life. */
export class MortalDatabase extends DeviceDatabase {
  constructor(
    shape: DatabaseShape,
    private readonly steps: Steps,
  ) {
    super(shape);
  }
  override read<T>(stores: readonly string[], work: (t: IDBTransaction) => IDBRequest<T>): Promise<T> {
    this.steps.alive();
    return super.read(stores, work);
  }
  override write(stores: readonly string[], work: (t: IDBTransaction) => void): Promise<boolean> {
    return this.steps.take(() => super.write(stores, work));
  }
}

export type Dump = Map<string, { readonly keys: IDBValidKey[]; readonly rows: unknown[] }>;
export const asked = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
const opened = (name: string): Promise<IDBDatabase> => asked(indexedDB.open(name));

/** Everything that the storage holds, and the storage put back to it: what a restored device is. */
export async function dump(called: string): Promise<Dump> {
  const database = await opened(called);
  const all: Dump = new Map();
  for (const name of database.objectStoreNames) {
    const rows = database.transaction(name).objectStore(name);
    const [keys, values] = [await asked(rows.getAllKeys()), await asked(rows.getAll())];
    all.set(name, { keys, rows: values });
  }
  database.close();
  return all;
}
export async function putBack(called: string, all: Dump): Promise<void> {
  const database = await opened(called);
  for (const [name, { keys, rows }] of all) {
    const store = database.transaction(name, 'readwrite').objectStore(name);
    await asked(store.clear());
    for (const [i, row] of rows.entries())
      await asked(store.keyPath === null ? store.put(row, keys[i]) : store.put(row));
  }
  database.close();
}
