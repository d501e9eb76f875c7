import { genesis, type Head, voidEntry } from '@munjigi/core/chain';
import { keyThumbprint } from '@munjigi/core/signing';
import { checkStatement } from '@munjigi/core/statement';
import { beforeEach, describe, expect, it } from 'vitest';
import { crypto } from '../../../core/test/test-keys.ts';
import {
  DegradedHours,
  type DeviceKey,
  type Episode,
  type GateIdentity,
  MemoryOutboxStore,
  makeDeviceKey,
  makeStatement,
  Outbox,
  wroteSince,
} from '../index.ts';

const VENUE = 7;
const T0 = 1_641_445_200;
const NONE = new Uint8Array(0);

class Keep {
  readonly kept = new Map<string, unknown>();
  full = false;
  async setting<T>(name: string): Promise<T | undefined> {
    return structuredClone(this.kept.get(name)) as T | undefined;
  }
  async setSetting(name: string, value: unknown): Promise<void> {
    if (this.full) throw new DOMException('no room', 'QuotaExceededError');
    this.kept.set(name, structuredClone(value));
  }
}

let key: DeviceKey;
let gate: Uint8Array;
let store: MemoryOutboxStore;
let keep: Keep;
let at = T0;
let confirmed: Head | null = null;

const open = (): DegradedHours =>
  new DegradedHours(
    keep,
    async () => ({ name: 'first', head: confirmed, waitingSince: null }),
    ({ before }) => wroteSince(store, before, genesis(gate, VENUE)),
  );

const outbox = () =>
  new Outbox({
    chain: async () => ({ store, gate }),
    venueId: VENUE,
    anchor: async () => new Uint8Array(32),
  });

const guest = (check: 'scan' | 'eye') =>
  outbox().append(async ({ gate: _, ...place }) => ({
    ...place,
    venueId: VENUE,
    enteredAt: at,
    check,
    record: 'none',
    kind: 'entry',
    clockUnknown: false,
    dayKeyId: 0,
    subject: NONE,
  }));

const cancel = (counter: number) =>
  outbox().append(async ({ gate: _, ...place }) =>
    voidEntry({ ...place, venueId: VENUE, enteredAt: at, cancels: counter, clockUnknown: false }),
  );

const identity = (): GateIdentity => ({
  venueId: VENUE,
  gateNo: 1,
  name: '정문',
  venue: { name: '모퉁이 카페', kind: 'restaurant', region: 'seoul' },
  publicKey: key.publicKey,
  thumbprint: gate,
});

const stated = async (episode: Episode) => {
  const wrote = episode.wrote ?? (await wroteSince(store, episode.before, genesis(gate, VENUE)));
  const text = await makeStatement(episode, wrote, { identity: identity(), key, receipt: null }, at);
  return (await checkStatement(text, () => undefined, crypto)).statement;
};

beforeEach(async () => {
  key = await makeDeviceKey();
  gate = keyThumbprint(key.publicKey);
  store = new MemoryOutboxStore();
  keep = new Keep();
  at = T0;
  confirmed = null;
});

describe('hours in which servers did not answer', () => {
  it('are stated with the guests of that time, and with nobody before or after', async () => {
    await guest('scan');
    confirmed = await store.head();
    const hours = open();
    await hours.asked('register', false, T0);
    for (let one = 0; one < 30; one++) await guest('scan');
    await guest('eye');
    await cancel(5);
    at = T0 + 19_200;
    await hours.asked('register', true, at);
    await guest('scan');
    const [episode] = await hours.list();
    expect(await stated(episode!)).toMatchObject({
      from: T0,
      to: T0 + 19_200,
      ongoing: false,
      saved: 31,
      cancelled: 1,
      checks: { scan: 29, eye: 1, verbal: 0, notRequired: 0, notMade: 0 },
      before: { counter: 1 },
      after: { counter: 33 },
    });
  });

  it('begin with the guest whose entry found nobody listening', async () => {
    await guest('scan');
    const hours = new DegradedHours(
      keep,
      async () => ({ name: 'first', head: null, waitingSince: T0 - 2 }),
      async () => null,
    );
    await hours.asked('register', false, T0);
    expect(await hours.list()).toMatchObject([{ from: T0 - 2, spans: [{ from: T0 - 2 }] }]);
  });

  it('go on after the tab was closed and opened in the middle of them', async () => {
    await open().asked('register', false, T0);
    await guest('scan');
    const again = open();
    await again.asked('mirrors', false, T0 + 100);
    await again.letIn('scan', 'not-saved');
    await again.letIn('eye', 'unrecorded');
    await again.asked('register', true, T0 + 200);
    expect((await again.list())[0]?.to).toBeNull();
    at = T0 + 300;
    expect(await stated((await again.list())[0]!)).toMatchObject({
      ongoing: true,
      to: T0 + 300,
      notSaved: 1,
      saved: 1,
      checks: { scan: 2, eye: 1 },
      spans: [
        { what: 'register', from: T0, to: T0 + 200 },
        { what: 'mirrors', from: T0 + 100, to: null },
      ],
    });
  });

  it('count what was seen by eye while they last, over a reload, and put none of it into a statement', async () => {
    const hours = open();
    await hours.saw('paper');
    await hours.asked('register', false, T0);
    for (const kind of ['paper', 'sticker', 'paper']) await hours.saw(kind);
    const [episode] = await open().list();
    expect(episode?.seen).toEqual({ paper: 2, sticker: 1 });
    at = T0 + 60;
    expect(JSON.stringify(await stated(episode!))).not.toMatch(/paper|sticker/);
  });

  it('tell what was said while they lasted, each with its time, and not the news that came with the end', async () => {
    const usual = { notice: null, obligation: 'usual', sequence: 40 };
    const down = { notice: 'app-down', obligation: 'check-by-eye' };
    const hours = open();
    await hours.counts({ ...usual, from: T0 - 500 });
    await hours.asked('register', false, T0);
    await hours.counts({ ...down, sequence: 41, from: T0 + 130 });
    await hours.counts({ ...down, sequence: 42, from: T0 + 430 });
    await hours.counts({ notice: 'app-back', obligation: 'usual', sequence: 43, from: T0 + 19_180 });
    at = T0 + 19_190;
    const meanwhile = [
      { ...usual, from: T0 },
      { ...down, sequence: 41, from: T0 + 130 },
    ];
    const going = (await stated((await hours.list())[0]!)).counted;
    expect(going, 'it still stands').toEqual([...meanwhile, expect.objectContaining({ notice: 'app-back' })]);
    await hours.asked('register', true, T0 + 19_200);
    at = T0 + 19_260;
    expect((await stated((await hours.list())[0]!)).counted).toEqual(meanwhile);
  });

  it('tell the longest of what was said where nothing stood for a minute', async () => {
    const hours = open();
    await hours.asked('register', false, T0);
    await hours.counts({ notice: 'app-down', obligation: 'check-by-eye', sequence: 1, from: T0 + 10 });
    await hours.counts({ notice: null, obligation: 'usual', sequence: 2, from: T0 + 50 });
    await hours.asked('register', true, T0 + 65);
    at = T0 + 70;
    const [said, ...more] = (await stated((await hours.list())[0]!)).counted;
    expect([said?.notice, more]).toEqual(['app-down', []]);
  });

  it('tell no more notices than a statement holds, and no time out of order though the clock was put back', async () => {
    const hours = open();
    await hours.asked('register', false, T0);
    for (let i = 0; i < 20; i++) {
      const from = T0 + 100 * (i % 2 ? i : 20 - i);
      await hours.counts({ notice: `notice-${i}`, obligation: 'usual', sequence: i, from });
    }
    await hours.asked('register', true, T0 + 2000);
    at = T0 + 2000;
    expect((await stated((await hours.list())[0]!)).counted.length).toBeGreaterThan(0);
  });

  it('that were kept by an earlier version are stated still', async () => {
    const hours = open();
    await hours.asked('register', false, T0);
    await hours.asked('register', true, T0 + 400);
    const [kept] = (await keep.setting<Episode[]>('degraded-hours'))!;
    const counted = { notice: 'app-down', obligation: 'check-by-eye', sequence: 7 };
    await keep.setSetting('degraded-hours', [
      { ...kept, counted },
      { ...kept, from: T0 - 9000, counted: null },
    ]);
    at = T0 + 500;
    const [one, older] = await open().list();
    expect((await stated(one!)).counted).toEqual([{ ...counted, from: T0 }]);
    expect((await stated(older!)).counted).toEqual([]);
  });

  it('are one disturbance while it flaps, and another one after five quiet minutes', async () => {
    const hours = open();
    for (const second of [0, 60, 120]) {
      await hours.asked('register', false, T0 + second);
      await hours.asked('register', true, T0 + second + 30);
    }
    expect(await hours.list()).toMatchObject([{ from: T0, to: T0 + 150 }]);
    await hours.asked('register', false, T0 + 451);
    await hours.asked('register', true, T0 + 600);
    expect((await hours.list()).map(({ from }) => from)).toEqual([T0 + 451, T0]);
  });

  it('never hold more stretches than a statement does, however long it flaps', async () => {
    const hours = open();
    for (let second = 0; second < 4000; second += 100) {
      await hours.asked('register', false, T0 + second);
      await hours.asked('register', true, T0 + second + 50);
    }
    at = T0 + 4000;
    for (const episode of await hours.list())
      expect((await stated(episode)).spans.length).toBeLessThanOrEqual(16);
  });

  it('keep what the chain said when its entries are forgotten', async () => {
    const hours = open();
    await hours.asked('register', false, T0);
    await guest('eye');
    at = T0 + 400;
    await hours.asked('register', true, at);
    await store.forget(1, at);
    expect(await stated((await hours.list())[0]!)).toMatchObject({ saved: 1, checks: { eye: 1 } });
  });

  it('never hold up a guest where the device has no room to keep them', async () => {
    keep.full = true;
    const hours = open();
    await hours.asked('register', false, T0);
    await hours.letIn('scan', 'not-saved');
    expect(await hours.list()).toMatchObject([{ notSaved: 1 }]);
  });

  it('are forgotten after the time that the pack keeps anything', async () => {
    const hours = open();
    await hours.asked('register', false, T0);
    await hours.asked('register', true, T0 + 400);
    await hours.expire(T0 + 401);
    expect(await hours.list()).toEqual([]);
    expect(await open().list()).toEqual([]);
  });
});
