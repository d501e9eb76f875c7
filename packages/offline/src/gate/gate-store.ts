import type { Head } from '@munjigi/core/chain';
import { sameHead } from '../outbox/outbox.ts';
import type {
  GateIdentity,
  KeptEntry,
  KeptReceipt,
  KeyStore,
  OutboxStore,
  SeenMark,
} from '../outbox/types.ts';
import { DeviceDatabase } from '../storage/database.ts';
import { type DeviceKey, makeDeviceKey } from '../storage/device-key.ts';

const STORES = [
  { name: 'meta' },
  { name: 'entries', keyPath: 'counter' },
  { name: 'receipts', keyPath: 'counter' },
  { name: 'trust' },
  { name: 'seen' },
];

/** Everything a gate keeps: its key, its chain, its receipts, what it trusts, and the tags of codes it has seen. */
export class GateStore implements OutboxStore, KeyStore {
  constructor(readonly database: DeviceDatabase) {}

  setting<T>(name: string): Promise<T | undefined> {
    return this.database.read(['meta'], (t) => t.objectStore('meta').get(name)) as Promise<T | undefined>;
  }

  async setSetting(name: string, value: unknown): Promise<void> {
    await this.database.write(['meta'], (t) => t.objectStore('meta').put(value, name));
  }

  async gateKey(): Promise<DeviceKey | null> {
    return (await this.setting<DeviceKey>('key')) ?? null;
  }

  async identity(): Promise<GateIdentity | null> {
    return (await this.setting<GateIdentity>('identity')) ?? null;
  }

  /** The key of this gate, made at its first start. It cannot leave the browser. */
  async ensureKey(): Promise<DeviceKey> {
    const kept = await this.gateKey();
    if (kept) return kept;
    const key = await makeDeviceKey();
    // Of two tabs that start together the first wins, and both use its key.
    const refused = await this.database
      .write(['meta'], (t) => t.objectStore('meta').add(key, 'key'))
      .then(
        () => null,
        (error: unknown) => error,
      );
    const stored = await this.gateKey();
    // A browser that keeps no keys (private windows) can be no gate: its chain would break at the next reload.
    if (!stored) throw refused ?? new Error('This browser does not keep keys.');
    return stored;
  }

  /** Keeps who the gate is, once it is enrolled. */
  enrol(identity: GateIdentity): Promise<void> {
    return this.setSetting('identity', identity);
  }

  async head(): Promise<Head | null> {
    return (await this.setting<Head>('head')) ?? null;
  }

  async append(kept: KeptEntry, expected: Head, mark?: SeenMark): Promise<'saved' | 'lost-race'> {
    let ours = false;
    const saved = await this.database
      .write(['meta', 'entries', 'seen'], (t) => {
        const meta = t.objectStore('meta');
        const request = meta.get('head') as IDBRequest<Head | undefined>;
        request.onsuccess = () => {
          const head = request.result ?? { counter: 0, hash: expected.hash };
          // The connection was lost after this very entry had been written: it is there.
          ours = sameHead(head, kept);
          if (!sameHead(head, expected)) return t.abort();
          t.objectStore('entries').add(kept);
          if (mark) t.objectStore('seen').put({ at: mark.at, counter: kept.counter }, mark.tag);
          meta.put({ counter: kept.counter, hash: kept.hash }, 'head');
        };
      })
      .catch((error: unknown) => {
        if (error instanceof DOMException && error.name === 'ConstraintError') return false;
        throw error;
      });
    return saved || ours ? 'saved' : 'lost-race';
  }

  async entriesFrom(counter: number, limit: number): Promise<readonly KeptEntry[]> {
    const range = IDBKeyRange.lowerBound(counter);
    return (await this.database.read(['entries'], (t) =>
      t.objectStore('entries').getAll(range, limit),
    )) as KeptEntry[];
  }

  async newestReceipt(): Promise<KeptReceipt | null> {
    const cursor = await this.database.read(['receipts'], (t) =>
      t.objectStore('receipts').openCursor(null, 'prev'),
    );
    return (cursor?.value as KeptReceipt | undefined) ?? null;
  }

  async saveReceipt(receipt: KeptReceipt): Promise<void> {
    await this.database.write(['receipts'], (t) => t.objectStore('receipts').put(receipt));
  }

  async forget(upTo: number, before: number): Promise<number> {
    const range = IDBKeyRange.upperBound(upTo);
    const old = (
      (await this.database.read(['entries'], (t) =>
        t.objectStore('entries').getAll(range, 1_000),
      )) as KeptEntry[]
    ).filter((kept) => kept.entry.enteredAt < before);
    if (old.length === 0) return 0;
    await this.database.write(['entries'], (t) => {
      for (const { counter } of old) t.objectStore('entries').delete(counter);
    });
    return old.length;
  }

  /** Forgets everything, key included: the device becomes a new gate. */
  destroy(): Promise<void> {
    return this.database.destroy();
  }
}

/** The store of this device's gate. */
export const openGateStore = (name = 'munjigi-gate', factory?: IDBFactory): GateStore =>
  new GateStore(new DeviceDatabase({ name, version: 1, stores: STORES }, factory));
