import { type Entry, entryHash, genesis } from '@munjigi/core/chain';
import { equalBytes, toHex } from '@munjigi/core/encoding';
import { keyThumbprint } from '@munjigi/core/signing';
import {
  DeviceDatabase,
  type GateStore,
  isStorageFull,
  Outbox,
  openGateStore,
  SeenBefore,
  storageSelfTest,
  WriterLock,
} from '@munjigi/offline';

const VENUE = 7;

/** What a test asks of a page that has a gate's outbox. */
export interface OutboxPage {
  open(): Promise<string>;
  /** Appends so many entries, telling each that is saved by `acknowledged` of the page. Answers the counters saved. */
  append(count: number, size?: number): Promise<number[]>;
  audit(): Promise<{
    readonly count: number;
    readonly head: number;
    readonly whole: boolean;
    readonly doubled: number;
  }>;
  unsaved(): number;
  retry(): Promise<number>;
  selfTest(): Promise<string>;
  tagTwice(): Promise<readonly [string, string]>;
  /** True where a tag is still known so many hours after it was seen, nothing scanned since. */
  knownAfter(hours: number): Promise<boolean>;
  keyIsSafe(): Promise<boolean>;
  relaxed(count: number): Promise<void>;
  lock(): Promise<boolean>;
  takeOver(): Promise<void>;
  isWriter(): boolean;
  destroy(): Promise<void>;
}

type Reporting = Window & { acknowledged?: (counter: number) => void; munjigiOutbox?: OutboxPage };

let store: GateStore = openGateStore();
let gate: Uint8Array = new Uint8Array(32);
let outbox: Outbox | null = null;
let lock: WriterLock | null = null;

const entryAt = (counter: number, anchor: Uint8Array, size: number): Entry => ({
  venueId: VENUE,
  counter,
  enteredAt: 1_641_445_080 + counter,
  check: 'scan',
  record: 'scan',
  kind: 'entry',
  dayKeyId: 1,
  subject: crypto.getRandomValues(new Uint8Array(size)),
  anchor,
  clockUnknown: false,
});

const page: OutboxPage = {
  async open() {
    store = openGateStore();
    const key = await store.ensureKey();
    gate = keyThumbprint(key.publicKey);
    outbox = new Outbox({
      chain: async () => ({ store: await store.current(), gate }),
      venueId: VENUE,
      anchor: async () => new Uint8Array(32),
      isFull: isStorageFull,
    });
    return toHex(gate);
  },

  async append(count, size = 193) {
    const saved: number[] = [];
    for (let i = 0; i < count; i++) {
      const done = await outbox!.append(async ({ counter, anchor }) => entryAt(counter, anchor, size));
      if (done.state === 'not-saved') {
        if (!done.full) throw done.cause;
        break;
      }
      saved.push(done.kept.counter);
      (window as Reporting).acknowledged?.(done.kept.counter);
    }
    return saved;
  },

  async audit() {
    let before = genesis(gate, VENUE);
    let count = 0;
    let whole = true;
    const counters = new Set<number>();
    for (let from = 1; ; ) {
      const entries = await store.entriesFrom(from, 2_000);
      if (entries.length === 0) break;
      for (const { counter, entry, hash } of entries) {
        count += 1;
        counters.add(counter);
        const own = entryHash(entry, gate, before);
        if (counter !== count || !equalBytes(own, hash)) whole = false;
        before = hash;
      }
      from = entries[entries.length - 1]!.counter + 1;
    }
    const head = await store.head();
    if (head && !equalBytes(head.hash, before)) whole = false;
    return { count, head: head?.counter ?? 0, whole, doubled: count - counters.size };
  },

  unsaved: () => outbox?.unsaved ?? 0,
  retry: () => outbox!.retryUnsaved(),
  selfTest: async () => (await storageSelfTest()).fitness,

  async tagTwice() {
    const handle = new Uint8Array(16).fill(7);
    const at = 1_641_445_080;
    const first = await new SeenBefore(store.database).tagOf('issuer', handle, at);
    await store.database.close();
    return [first, await new SeenBefore(store.database).tagOf('issuer', handle, at + 60)];
  },

  async knownAfter(hours) {
    const at = 1_641_445_080;
    const seen = new SeenBefore(store.database);
    const tag = await seen.tagOf('issuer', new Uint8Array(16), at);
    await seen.remember(tag, { at, counter: 1 });
    await seen.expire(at + hours * 3600);
    return (await seen.find(tag)) !== null;
  },

  async keyIsSafe() {
    const key = await store.gateKey();
    try {
      await crypto.subtle.exportKey('jwk', key!.pair.privateKey);
      return false;
    } catch {
      return true;
    }
  },

  /** The browser's default durability, for comparison. */
  relaxed: (count) =>
    new Promise((done, fail) => {
      const request = indexedDB.open('relaxed', 1);
      request.onupgradeneeded = () => request.result.createObjectStore('rows');
      request.onerror = () => fail(request.error);
      request.onsuccess = () => {
        let left = count;
        const next = () => {
          if (left-- === 0) return done();
          const transaction = request.result.transaction('rows', 'readwrite');
          transaction.objectStore('rows').put(new Uint8Array(193), left);
          transaction.oncomplete = next;
          transaction.onabort = () => fail(transaction.error);
        };
        next();
      };
    }),

  lock: () =>
    new Promise((done) => {
      lock = new WriterLock('test', (writer) => done(writer));
      lock.request();
      setTimeout(() => done(false), 500);
    }),
  takeOver: async () => lock?.takeOver(),
  isWriter: () => lock?.isWriter ?? false,
  destroy: () => store.destroy(),
};

(window as Reporting).munjigiOutbox = page;

export { DeviceDatabase };
