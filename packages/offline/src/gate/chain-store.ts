import type { Head } from '@munjigi/core/chain';
import { sameHead } from '../outbox/outbox.ts';
import type { GateIdentity, KeptEntry, KeptReceipt, OutboxStore, SeenMark } from '../outbox/types.ts';
import type { DeviceDatabase } from '../storage/database.ts';
import type { DeviceKey } from '../storage/device-key.ts';

/** The name of a device's first chain. Later ones have the thumbprint of their key, in hexadecimal. */
export const FIRST_CHAIN = '';

/** The chains that a device keeps, oldest first; the last one is written. Devices of before have the first alone. */
export const CHAINS = 'chains';
export const chainsIn = (kept: unknown): readonly string[] => (kept as string[] | undefined) ?? [FIRST_CHAIN];

/** Where a chain has its key, its identity and its head among the settings. */
export const nameIn = (chain: string, what: 'key' | 'identity' | 'head'): string =>
  chain === FIRST_CHAIN ? what : `${what}:${chain}`;

/** Object stores of the first chain, and of all that came after it. */
const storesOf = (chain: string) =>
  chain === FIRST_CHAIN
    ? { entries: 'entries', receipts: 'receipts' }
    : { entries: 'later-entries', receipts: 'later-receipts' };

/** One chain of a device, under one key: its entries, receipts and head. */
export class ChainStore implements OutboxStore {
  readonly #entries: string;
  readonly #receipts: string;

  constructor(
    readonly database: DeviceDatabase,
    readonly chain: string,
  ) {
    const { entries, receipts } = storesOf(chain);
    this.#entries = entries;
    this.#receipts = receipts;
  }

  async key(): Promise<DeviceKey | null> {
    return (await this.#setting<DeviceKey>('key')) ?? null;
  }

  async identity(): Promise<GateIdentity | null> {
    return (await this.#setting<GateIdentity>('identity')) ?? null;
  }

  async enrol(identity: GateIdentity): Promise<void> {
    await this.database.write(['meta'], (t) =>
      t.objectStore('meta').put(identity, nameIn(this.chain, 'identity')),
    );
  }

  async head(): Promise<Head | null> {
    return (await this.#setting<Head>('head')) ?? null;
  }

  /** A chain that is not the device's last one any more takes nothing on: that is a lost race as well. */
  async append(kept: KeptEntry, expected: Head, mark?: SeenMark): Promise<'saved' | 'lost-race'> {
    let ours = false;
    const saved = await this.database
      .write(['meta', this.#entries, 'seen'], (t) => {
        const meta = t.objectStore('meta');
        const chains = meta.get(CHAINS);
        const request = meta.get(nameIn(this.chain, 'head')) as IDBRequest<Head | undefined>;
        request.onsuccess = () => {
          const head = request.result ?? { counter: 0, hash: expected.hash };
          // The connection was lost after this very entry had been written: it is there.
          ours = sameHead(head, kept);
          if (!sameHead(head, expected) || chainsIn(chains.result).at(-1) !== this.chain) return t.abort();
          t.objectStore(this.#entries).add(this.#placed(kept));
          if (mark) t.objectStore('seen').put({ at: mark.at, counter: kept.counter }, mark.tag);
          meta.put({ counter: kept.counter, hash: kept.hash }, nameIn(this.chain, 'head'));
        };
      })
      .catch((error: unknown) => {
        if (error instanceof DOMException && error.name === 'ConstraintError') return false;
        throw error;
      });
    return saved || ours ? 'saved' : 'lost-race';
  }

  async entriesFrom(counter: number, limit: number): Promise<readonly KeptEntry[]> {
    return (await this.database.read([this.#entries], (t) =>
      t.objectStore(this.#entries).getAll(this.#range(counter, Number.MAX_SAFE_INTEGER), limit),
    )) as KeptEntry[];
  }

  async newestReceipt(): Promise<KeptReceipt | null> {
    const cursor = await this.database.read([this.#receipts], (t) =>
      t.objectStore(this.#receipts).openCursor(this.#range(0, Number.MAX_SAFE_INTEGER), 'prev'),
    );
    return (cursor?.value as KeptReceipt | undefined) ?? null;
  }

  async saveReceipt(receipt: KeptReceipt): Promise<void> {
    await this.database.write([this.#receipts], (t) =>
      t.objectStore(this.#receipts).put(this.#placed(receipt)),
    );
  }

  async forget(upTo: number, before: number): Promise<number> {
    const old = (
      (await this.database.read([this.#entries], (t) =>
        t.objectStore(this.#entries).getAll(this.#range(0, upTo), 1_000),
      )) as KeptEntry[]
    ).filter((kept) => kept.entry.enteredAt < before);
    if (old.length === 0) return 0;
    await this.database.write([this.#entries], (t) => {
      for (const { counter } of old) t.objectStore(this.#entries).delete(this.#at(counter));
    });
    return old.length;
  }

  /** Forgets a chain that has nothing left but its key. False where something is left, or where it is the last one. */
  drop(): Promise<boolean> {
    const all = this.#range(0, Number.MAX_SAFE_INTEGER);
    return this.database.write(['meta', this.#entries, this.#receipts], (t) => {
      const meta = t.objectStore('meta');
      const chains = meta.get(CHAINS);
      const left = t.objectStore(this.#entries).count(all);
      left.onsuccess = () => {
        const names = chainsIn(chains.result);
        if (left.result > 0 || names.at(-1) === this.chain) return t.abort();
        t.objectStore(this.#receipts).delete(all);
        for (const what of ['key', 'identity', 'head'] as const) meta.delete(nameIn(this.chain, what));
        meta.put(
          names.filter((name) => name !== this.chain),
          CHAINS,
        );
      };
    });
  }

  #setting<T>(what: 'key' | 'identity' | 'head'): Promise<T | undefined> {
    return this.database.read(['meta'], (t) =>
      t.objectStore('meta').get(nameIn(this.chain, what)),
    ) as Promise<T | undefined>;
  }

  #placed<T extends object>(row: T): T {
    return this.chain === FIRST_CHAIN ? row : { ...row, chain: this.chain };
  }

  #at(counter: number): IDBValidKey {
    return this.chain === FIRST_CHAIN ? counter : [this.chain, counter];
  }

  #range(from: number, to: number): IDBKeyRange {
    return IDBKeyRange.bound(this.#at(from), this.#at(to));
  }
}
