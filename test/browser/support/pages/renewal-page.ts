import type { Entry, Head } from '@munjigi/core/chain';
import { fromHex, toHex } from '@munjigi/core/encoding';
import { keyThumbprint, type SubtleLike, webCrypto } from '@munjigi/core/signing';
import {
  ChainsSync,
  DeviceDatabase,
  deviceSigner,
  GateStore,
  makeDeviceKey,
  Outbox,
  openGateStore,
  type RegisterTransport,
  renewKey,
} from '@munjigi/offline';
import { TestRegister } from '../../../../packages/offline/test/register.ts';
import { asked, dump, MortalDatabase, putBack, Steps } from './mortal-storage.ts';

const VENUE = 7;
const NAME = 'munjigi-renewal';
const NOW = 1_641_445_080;
const LATER = NOW + 80 * 3600;

/** What became of one life of a device whose storage was put back, and that died at one step of it. */
export interface Life {
  /** True where it died; false where it had fewer steps. */
  readonly died: boolean;
  /** Chains on the device at the end. */
  readonly chains: number;
  /** Keys that the register was shown as successors. */
  readonly successors: number;
  /** Entries that were said to be saved, and of those the ones that the register does not have. */
  readonly saved: number;
  readonly lost: number;
  /** Entries that the register was given, counted by hash, and those of them that were never said to be saved. */
  readonly held: number;
  readonly invented: number;
  /** Entries of the written chain whose counter was taken twice. */
  readonly waiting: number;
}

export interface RenewalPage {
  /** One life. `dieAt` counts writes and calls from 1; `half` is whether that step is done before it dies. */
  live(dieAt: number, half: 'before' | 'after'): Promise<Life>;
  /** A device of before the second version of its database: what it kept is there, and is written on. */
  fromVersionOne(): Promise<{ readonly kept: number; readonly head: number; readonly sameKey: boolean }>;
  /** Two tabs write while one of them gives the device a new key: counters of the old chain and of the new one. */
  race(): Promise<{
    readonly old: number;
    readonly next: number;
    readonly told: number;
    readonly codes: number;
  }>;
  /** A register that only says that the chain stands elsewhere, without its signature: how many chains the device then has. */
  told(): Promise<number>;
  /** A register that lost by what the new key came to be, in a backup that was put back: what it lacks at the end. */
  forgotten(): Promise<{ readonly lost: number; readonly successors: number; readonly chains: number }>;
  /** After three days nothing of the old chain is left but what the new one needs. */
  end(): Promise<{ readonly before: number; readonly after: number; readonly chains: number }>;
}

const never = () => new Steps(0, 'before');
const shape = openGateStore(NAME).database.shape;
const crypto = webCrypto(globalThis.crypto.subtle as unknown as SubtleLike);

interface Device {
  readonly store: GateStore;
  readonly outbox: Outbox;
  readonly sync: ChainsSync;
}

function open(register: TestRegister, steps: Steps, now = NOW): Device {
  const store = new GateStore(new MortalDatabase(shape, steps));
  const through: RegisterTransport = {
    send: (batch) => steps.take(() => register.send(batch)),
    state: (gate, venue) => steps.take(() => register.state(gate, venue)),
    succeed: (old, shown) => steps.take(() => register.succeed(old, shown)),
  };
  return {
    store,
    outbox: new Outbox({
      chain: async () => {
        const chain = await store.current();
        return { store: chain, gate: (await chain.identity())!.thumbprint };
      },
      venueId: VENUE,
      anchor: async () => new Uint8Array(32),
    }),
    sync: new ChainsSync({
      store,
      transport: () => through,
      bundle: () => ({ sequence: 1, digest: new Uint8Array(32) }),
      registerKey: register.keyOf,
      crypto,
      random: () => 0,
      monotonicMs: () => 0,
      now: () => now,
      provedMs: () => now * 1000,
    }),
  };
}

async function enrolled(register: TestRegister): Promise<Device> {
  await openGateStore(NAME).destroy();
  const device = open(register, never());
  const { publicKey } = await device.store.ensureKey();
  const thumbprint = keyThumbprint(publicKey);
  register.known = new Set([toHex(thumbprint)]);
  const venue = { name: 'Cafe', kind: 'cafe', region: 'seoul' };
  await device.store.enrol({ venueId: VENUE, gateNo: 1, name: 'door', venue, publicKey, thumbprint });
  return device;
}

/** Lets guests in; answers the hashes of the entries that were said to be saved. */
async function enter({ outbox }: Device, count: number, saved: Set<string>, tag?: string): Promise<void> {
  for (let i = 0; i < count; i++) {
    const make = async (place: { counter: number; anchor: Uint8Array }): Promise<Entry> => ({
      venueId: VENUE,
      counter: place.counter,
      enteredAt: NOW,
      check: 'scan',
      record: 'scan',
      kind: 'entry',
      dayKeyId: 1,
      subject: globalThis.crypto.getRandomValues(new Uint8Array(193)),
      anchor: place.anchor,
      clockUnknown: false,
    });
    const done = await outbox.append(make, tag === undefined ? undefined : { tag: `${tag}${i}`, at: NOW });
    if (done.state === 'not-saved') throw done.cause;
    saved.add(toHex(done.kept.hash));
  }
}

/** Rounds until every chain is idle; a fork takes a few. */
async function settle({ sync }: Device): Promise<void> {
  for (let i = 0; i < 40; i++) {
    const states = await sync.rounds();
    if (states.every((state) => state === 'idle')) return;
  }
  throw new Error('It never came to rest.');
}

const newRegister = async () => new TestRegister(deviceSigner(await makeDeviceKey()), crypto);

/** A device with eight entries at the register whose storage is put back to where it had five. */
async function restored(register: TestRegister, saved: Set<string>): Promise<void> {
  const first = await enrolled(register);
  await enter(first, 5, saved);
  await settle(first);
  const then = await dump(NAME);
  await enter(first, 3, saved);
  await settle(first);
  await first.store.database.close();
  await putBack(NAME, then);
}

function audit(register: TestRegister, saved: ReadonlySet<string>) {
  const held: string[] = [];
  for (const gate of register.known!) held.push(...register.hashesOf(fromHex(gate)));
  return {
    saved: saved.size,
    lost: [...saved].filter((hash) => !held.includes(hash)).length,
    held: held.length,
    invented: held.filter((hash) => !saved.has(hash)).length,
  };
}

const page: RenewalPage = {
  async live(dieAt, half) {
    const register = await newRegister();
    const saved = new Set<string>();
    await restored(register, saved);
    const steps = new Steps(dieAt, half);
    const device = open(register, steps);
    await (async () => {
      await enter(device, 2, saved);
      for (let i = 0; i < 4; i++) {
        await device.sync.rounds();
        await enter(device, 1, saved);
      }
      await settle(device);
    })().catch((error: unknown) => {
      if (!steps.dead) throw error;
    });
    await device.store.database.close();
    // It is opened again, whatever it died in; what was written in its last moment counts as written.
    const again = open(register, never());
    const written = await Promise.all(
      (await again.store.chains()).map((chain) => chain.entriesFrom(1, 1000)),
    );
    for (const kept of written.flat()) saved.add(toHex(kept.hash));
    await settle(again);
    await enter(again, 2, saved);
    await settle(again);
    const successors = [...register.successors.values()].flat().length;
    const chains = await again.store.chains();
    let waiting = 0;
    for (const chain of chains) {
      const at: Head | null = await chain.head();
      waiting += (at?.counter ?? 0) - ((await chain.newestReceipt())?.counter ?? 0);
    }
    await again.store.database.close();
    return { died: steps.dead, chains: chains.length, successors, waiting, ...audit(register, saved) };
  },

  async fromVersionOne() {
    await openGateStore(NAME).destroy();
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const name of ['meta', 'trust', 'seen']) request.result.createObjectStore(name);
      for (const name of ['entries', 'receipts'])
        request.result.createObjectStore(name, { keyPath: 'counter' });
    };
    (await asked(request)).close();
    const register = await newRegister();
    const old = new GateStore(new DeviceDatabase({ ...shape, version: 1, stores: [] }));
    const { publicKey } = await old.ensureKey();
    const thumbprint = keyThumbprint(publicKey);
    register.known = new Set([toHex(thumbprint)]);
    const venue = { name: 'Cafe', kind: 'cafe', region: 'seoul' };
    await old.enrol({ venueId: VENUE, gateNo: 1, name: 'door', venue, publicKey, thumbprint });
    const saved = new Set<string>();
    await enter({ ...open(register, never()), ...{ outbox: outboxOf(old) } }, 4, saved);
    await old.database.close();
    const device = open(register, never());
    await enter(device, 2, saved);
    await settle(device);
    const { held, lost } = audit(register, saved);
    const head = await device.store.head();
    const key = await device.store.gateKey();
    await device.store.database.close();
    return {
      kept: held - lost,
      head: head?.counter ?? 0,
      sameKey: toHex(key!.publicKey) === toHex(publicKey),
    };
  },

  async race() {
    const register = await newRegister();
    const saved = new Set<string>();
    const one = await enrolled(register);
    const two = open(register, never());
    await enter(one, 3, saved, 'before');
    await Promise.all([enter(one, 30, saved, 'one'), enter(two, 30, saved, 'two'), renewKey(one.store, NOW)]);
    const [old, next] = await one.store.chains();
    const counts = [await old!.entriesFrom(1, 1000), await next!.entriesFrom(1, 1000)];
    // Codes of the old chain stay known; their counters mean nothing in the new one.
    const rows = (await dump(NAME)).get('seen')!.rows as { counter: number | null }[];
    await one.store.database.close();
    await two.store.database.close();
    return {
      old: counts[0]!.length,
      next: counts[1]!.length,
      told: saved.size,
      codes: rows.filter(({ counter }) => counter === null).length,
    };
  },

  async told() {
    const register = await newRegister();
    const device = await enrolled(register);
    await enter(device, 3, new Set());
    await settle(device);
    const state = register.state.bind(register);
    register.state = async (gate, venue) => {
      const answer = await state(gate, venue);
      return { ...answer, head: { counter: 9, hash: new Uint8Array(32).fill(9) }, receipt: null };
    };
    await device.store.database.close();
    const again = open(register, never());
    for (let i = 0; i < 3; i++) await again.sync.rounds();
    const { length } = await again.store.chains();
    await again.store.database.close();
    return length;
  },

  async forgotten() {
    const register = await newRegister();
    const saved = new Set<string>();
    await restored(register, saved);
    const device = open(register, never());
    await enter(device, 2, saved);
    await settle(device);
    const { thumbprint } = (await device.store.identity())!;
    register.known!.delete(toHex(thumbprint));
    register.successors.clear();
    register.chains.delete(toHex(thumbprint));
    await enter(device, 2, saved);
    await settle(device);
    const successors = [...register.successors.values()].flat().length;
    const chains = (await device.store.chains()).length;
    await device.store.database.close();
    return { lost: audit(register, saved).lost, successors, chains };
  },

  async end() {
    const register = await newRegister();
    const saved = new Set<string>();
    await restored(register, saved);
    const device = open(register, never());
    await enter(device, 2, saved);
    await settle(device);
    const old = (await device.store.chains())[0]!;
    const before = (await old.entriesFrom(1, 1000)).length;
    await device.store.database.close();
    const later = open(register, never(), LATER);
    await settle(later);
    await later.sync.rounds();
    const after = (await old.entriesFrom(1, 1000)).length;
    const chains = (await later.store.chains()).length;
    await later.store.database.close();
    return { before, after, chains };
  },
};

function outboxOf(store: GateStore): Outbox {
  return new Outbox({
    chain: async () => ({ store: await store.current(), gate: (await store.identity())!.thumbprint }),
    venueId: VENUE,
    anchor: async () => new Uint8Array(32),
  });
}

Object.defineProperty(window, 'munjigiRenewal', { value: page });
