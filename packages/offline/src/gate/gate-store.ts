import type { Head } from '@munjigi/core/chain';
import { sameHead } from '../outbox/outbox.ts';
import type { GateIdentity, KeptEntry, KeptReceipt, KeyStore } from '../outbox/types.ts';
import { DeviceDatabase } from '../storage/database.ts';
import { type DeviceKey, makeDeviceKey } from '../storage/device-key.ts';
import { CHAINS, ChainStore, chainsIn, FIRST_CHAIN, nameIn } from './chain-store.ts';

const STORES = [
  { name: 'meta' },
  { name: 'entries', keyPath: 'counter' },
  { name: 'receipts', keyPath: 'counter' },
  { name: 'trust' },
  { name: 'seen' },
  // Of every chain after the first one, since version 2.
  { name: 'later-entries', keyPath: ['chain', 'counter'] },
  { name: 'later-receipts', keyPath: ['chain', 'counter'] },
];

/**
 * Everything a gate keeps: its chains with their keys and receipts, what it trusts, and the tags of codes it has seen. What is
 * asked of it without naming a chain is asked of the one that is written now.
 */
export class GateStore implements KeyStore {
  constructor(readonly database: DeviceDatabase) {}

  setting<T>(name: string): Promise<T | undefined> {
    return this.database.read(['meta'], (t) => t.objectStore('meta').get(name)) as Promise<T | undefined>;
  }

  async setSetting(name: string, value: unknown): Promise<void> {
    await this.database.write(['meta'], (t) => t.objectStore('meta').put(value, name));
  }

  /** All chains that are kept here, oldest first; the last one is written. */
  async chains(): Promise<readonly ChainStore[]> {
    return chainsIn(await this.setting(CHAINS)).map((name) => new ChainStore(this.database, name));
  }

  /** The chain that is written now. */
  async current(): Promise<ChainStore> {
    return (await this.chains()).at(-1)!;
  }

  async gateKey(): Promise<DeviceKey | null> {
    return (await this.current()).key();
  }

  async identity(): Promise<GateIdentity | null> {
    return (await this.current()).identity();
  }

  /** The key of this gate, made at its first start. It cannot leave the browser. */
  async ensureKey(): Promise<DeviceKey> {
    const kept = await this.gateKey();
    if (kept) return kept;
    const key = await makeDeviceKey();
    // Of two tabs that start together the first wins, and both use its key.
    const refused = await this.database
      .write(['meta'], (t) => t.objectStore('meta').add(key, nameIn(FIRST_CHAIN, 'key')))
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
  async enrol(identity: GateIdentity): Promise<void> {
    await (await this.current()).enrol(identity);
  }

  /**
   * From here on a new chain is written, under a new key: all of it or nothing, in one write. Only where the old chain is the last
   * one and stands at `head` still; else false, and nothing has changed. Nothing of the old chain is touched.
   */
  async renew(
    old: ChainStore,
    head: Head | null,
    next: { readonly chain: string; readonly key: DeviceKey; readonly identity: GateIdentity },
  ): Promise<boolean> {
    let done = false;
    const written = await this.database.write(['meta', 'seen'], (t) => {
      const meta = t.objectStore('meta');
      const chains = meta.get(CHAINS);
      const stands = meta.get(nameIn(old.chain, 'head')) as IDBRequest<Head | undefined>;
      stands.onsuccess = () => {
        const names = chainsIn(chains.result);
        // The connection was lost after this very write.
        done = names.at(-1) === next.chain;
        const moved = stands.result ? !head || !sameHead(stands.result, head) : head !== null;
        if (done || moved || names.at(-1) !== old.chain) return t.abort();
        meta.put(next.key, nameIn(next.chain, 'key'));
        meta.put(next.identity, nameIn(next.chain, 'identity'));
        meta.put([...names, next.chain], CHAINS);
        forgetCounters(t.objectStore('seen'));
      };
    });
    return written || done;
  }

  async head(): Promise<Head | null> {
    return (await this.current()).head();
  }

  async entriesFrom(counter: number, limit: number): Promise<readonly KeptEntry[]> {
    return (await this.current()).entriesFrom(counter, limit);
  }

  async newestReceipt(): Promise<KeptReceipt | null> {
    return (await this.current()).newestReceipt();
  }

  /** Forgets everything, key included: the device becomes a new gate. */
  destroy(): Promise<void> {
    return this.database.destroy();
  }
}

/** Codes that were seen stay known; the counters beside them are of a chain that is closed, and mean other entries in the next. */
function forgetCounters(seen: IDBObjectStore): void {
  const request = seen.openCursor();
  request.onsuccess = () => {
    const cursor = request.result;
    if (!cursor) return;
    if (typeof cursor.value?.counter === 'number') cursor.update({ ...cursor.value, counter: null });
    cursor.continue();
  };
}

/** The store of this device's gate. */
export const openGateStore = (name = 'munjigi-gate', factory?: IDBFactory): GateStore =>
  new GateStore(new DeviceDatabase({ name, version: 2, stores: STORES }, factory));
