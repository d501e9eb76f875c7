import type { Entry } from '@munjigi/core/chain';
import { sha256, utf8Encode } from '@munjigi/core/encoding';
import { keyThumbprint } from '@munjigi/core/signing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crypto, testKey } from '../../../core/test/test-keys.ts';
import { TestRegister } from '../../test/register.ts';
import {
  MemoryOutboxStore,
  nextToSend,
  Outbox,
  ServerError,
  type SyncEvents,
  SyncLoop,
  waitAfterFailure,
} from '../index.ts';

const signer = testKey('mj1 test gate');
const gate = keyThumbprint(signer.publicKey);
const VENUE = 7;
const T0 = 1_641_445_080;

function setUp(events: SyncEvents = {}, more: Partial<ConstructorParameters<typeof SyncLoop>[0]> = {}) {
  const register = new TestRegister(testKey('mj1 test register'), crypto);
  const store = new MemoryOutboxStore();
  const outbox = new Outbox({
    chain: async () => ({ store, gate }),
    venueId: VENUE,
    anchor: async () => new Uint8Array(32),
  });
  const clock = { monotonicMs: 0, now: T0 };
  const loop = new SyncLoop({
    store,
    transport: register,
    signer,
    gate,
    venueId: VENUE,
    bundle: () => ({ sequence: 1, digest: new Uint8Array(32) }),
    registerKey: register.keyOf,
    crypto,
    random: () => 0.5,
    monotonicMs: () => clock.monotonicMs,
    now: () => clock.now,
    events,
    ...more,
  });
  const add = async (count: number) => {
    for (let i = 0; i < count; i++) {
      await outbox.append(
        async ({ counter, anchor }): Promise<Entry> => ({
          venueId: VENUE,
          counter,
          enteredAt: T0 + counter,
          check: 'scan',
          record: 'scan',
          kind: 'entry',
          dayKeyId: 1,
          subject: new Uint8Array(193).fill(counter % 251),
          anchor,
          clockUnknown: false,
        }),
      );
    }
  };
  const drain = async () => {
    const seen = [];
    for (;;) {
      const round = await loop.round();
      seen.push(round);
      if (round.state !== 'sent') return seen;
    }
  };
  const rows = () => register.chain(gate, VENUE).rows;
  const confirmed = async () => (await store.newestReceipt())?.counter ?? 0;
  return { register, store, outbox, loop, add, drain, rows, confirmed, clock };
}

describe('sending what the gate saved', () => {
  it('sends the oldest first in batches of 500, each entry once, until a receipt covers all', async () => {
    const t = setUp();
    await t.add(1_203);
    await t.drain();
    expect(t.register.batches.map((b) => b.entries.length)).toEqual([500, 500, 203]);
    expect(t.register.batches.map((b) => b.pending)).toEqual([703, 203, 0]);
    expect([...t.rows().values()].every((row) => row.stored === 1)).toBe(true);
    expect(await t.confirmed()).toBe(1_203);
  });

  it('repeats a batch whose answer was lost, and the register keeps every entry once', async () => {
    const t = setUp();
    await t.add(5);
    t.register.lostAnswers = 1;
    expect((await t.drain()).at(-1)).toMatchObject({ state: 'failed', code: 'network' });
    expect(await t.confirmed()).toBe(0);
    await t.drain();
    expect(t.rows().size).toBe(5);
    expect(await t.confirmed()).toBe(5);
  });

  it('sends everything again that a register restored from a backup has lost, and says so once', async () => {
    const regressed: number[] = [];
    const t = setUp({ regressed: (from) => regressed.push(from) });
    await t.add(40);
    await t.drain();
    t.register.restore(gate, VENUE, 25);
    await t.add(1);
    await t.drain();
    await t.drain();
    expect([...t.rows().keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 41 }, (_, i) => i + 1));
    expect(regressed).toEqual([26]);
    expect(await t.confirmed()).toBe(41);
  });

  it('finds out by itself that a register lost something, when there is nothing new to send', async () => {
    const t = setUp();
    await t.add(10);
    await t.drain();
    t.register.restore(gate, VENUE, 4);
    t.clock.monotonicMs += 599_000;
    await t.drain();
    expect(t.rows().size).toBe(4);
    t.clock.monotonicMs += 2_000;
    await t.drain();
    expect(t.rows().size).toBe(10);
  });

  it('tries at once when it hears that the network is back in the middle of an attempt that fails', async () => {
    const t = setUp();
    await t.add(2);
    const done = new Promise<void>((arrived) => {
      const confirm = t.store.saveReceipt.bind(t.store);
      t.store.saveReceipt = async (receipt) => {
        await confirm(receipt);
        arrived();
      };
    });
    t.register.failures.push(new ServerError(503, 'service.full', 3_600));
    t.loop.start();
    t.loop.nudge(true);
    await done;
    t.loop.stop();
    expect(await t.confirmed()).toBe(2);
  });

  it('fills the gaps that a register lists, oldest first', async () => {
    const t = setUp();
    await t.add(30);
    await t.drain();
    t.register.lose(gate, VENUE, [5, 6, 20]);
    await t.add(1);
    await t.drain();
    expect(t.rows().size).toBe(31);
  });

  it('waits as long as the register asks, and asks where the chain stands before it sends on', async () => {
    const t = setUp();
    await t.add(3);
    t.register.failures.push(new ServerError(503, 'service.full', 17));
    expect(await t.loop.round()).toEqual({ state: 'failed', waitMs: 17_000, code: 'service.full' });
    await t.drain();
    expect(await t.confirmed()).toBe(3);
  });

  it('believes no receipt of a key that the bundle does not list', async () => {
    const t = setUp();
    await t.add(2);
    const forger = new TestRegister(testKey('mj1 forger'), crypto);
    t.register.send = (json) => forger.send(json);
    expect((await t.drain()).at(-1)).toMatchObject({ state: 'failed', code: 'signing.unknown-key' });
    expect(await t.confirmed()).toBe(0);
  });

  it('forgets nothing before the safe mark and before 72 hours', async () => {
    const t = setUp();
    await t.add(10);
    t.register.safeCounter = 6;
    await t.drain();
    expect(t.store.entries.size).toBe(10);
    t.clock.now = T0 + 72 * 3600 + 60;
    t.register.nowMs = t.clock.now * 1000;
    await t.add(1);
    await t.drain();
    expect([...t.store.entries.keys()]).toEqual([7, 8, 9, 10, 11]);
  });

  it('forgets nothing by a clock that is weeks ahead and does not know it: the register may yet come back from a backup', async () => {
    let provedMs = 0;
    const t = setUp({}, { provedMs: () => provedMs });
    t.register.nowMs = T0 * 1000;
    await t.add(3);
    await t.drain();
    t.clock.now = T0 + 30 * 86_400;
    const askAgain = async () => {
      t.clock.monotonicMs += 601_000;
      await t.drain();
    };
    await askAgain();
    expect(t.store.entries.size).toBe(3);
    t.register.restore(gate, VENUE, 0);
    await askAgain();
    expect(t.rows().size).toBe(3);
    // A signed word of so late a time says the same, where no new receipt comes.
    provedMs = t.clock.now * 1000;
    await askAgain();
    expect(t.store.entries.size).toBe(0);
  });

  it('takes the time only from a receipt that was made for this request', async () => {
    const samples: number[] = [];
    const t = setUp({ sample: ({ trustedMs }) => samples.push(trustedMs) });
    await t.add(2);
    t.register.lostAnswers = 1;
    await t.drain();
    await t.drain();
    expect(samples).toEqual([]);
    await t.add(1);
    t.register.nowMs += 5_000;
    await t.drain();
    expect(samples).toEqual([t.register.nowMs]);
  });

  it('introduces itself before anything else, sends nothing while that is refused, and loses nothing by it', async () => {
    let refused = true;
    const { loop, add, drain, rows } = setUp(
      {},
      {
        introduce: async () => {
          if (refused) throw new ServerError(403, 'register.delegation-key', null);
        },
      },
    );
    await add(3);
    expect(await loop.round()).toMatchObject({ state: 'failed', code: 'register.delegation-key' });
    expect(rows().size).toBe(0);
    refused = false;
    await drain();
    expect(rows().size).toBe(3);
  });

  it('stays quiet where there is nothing to send', async () => {
    const t = setUp();
    expect(await t.drain()).toEqual([{ state: 'idle' }]);
    expect(t.register.batches).toEqual([]);
  });

  it('loses and doubles nothing whatever fails, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('add', 'send', 'lost', 'down', 'restore', 'gap'), {
          minLength: 5,
          maxLength: 40,
        }),
        async (steps) => {
          const t = setUp();
          for (const step of steps) {
            if (step === 'add') await t.add(3);
            else if (step === 'send') await t.drain();
            else if (step === 'lost') t.register.lostAnswers += 1;
            else if (step === 'down') t.register.failures.push(new ServerError(503, 'service.full', 1));
            else if (step === 'restore')
              t.register.restore(gate, VENUE, Math.floor(t.register.chain(gate, VENUE).head.counter / 2));
            else t.register.lose(gate, VENUE, [2, 3]);
          }
          t.register.failures.length = 0;
          t.register.lostAnswers = 0;
          await t.add(1);
          await t.drain();
          const head = await t.outbox.head();
          expect(t.rows().size).toBe(head.counter);
          expect(t.register.chain(gate, VENUE).rows.get(head.counter)?.hash).toEqual(head.hash);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('where to send from', () => {
  const head = { counter: 9, hash: sha256(utf8Encode('x')) };
  it('is after the register head, its first gap, or where it asks, among what the gate holds', () => {
    expect(nextToSend({ head, have: [], resendFrom: null })).toBe(10);
    expect(nextToSend({ head, have: [[1, 9]], resendFrom: null })).toBe(10);
    expect(
      nextToSend({
        head,
        have: [
          [6, 9],
          [1, 3],
        ],
        resendFrom: null,
      }),
    ).toBe(4);
    expect(nextToSend({ head, have: [[2, 9]], resendFrom: null })).toBe(1);
    expect(nextToSend({ head, have: [[2, 9]], resendFrom: null }, 3)).toBe(10);
    expect(nextToSend({ head, have: [[1, 9]], resendFrom: 5 })).toBe(5);
    expect(nextToSend({ head, have: [[1, 9]], resendFrom: 2 }, 5)).toBe(10);
  });
});

describe('waiting after a failure', () => {
  it('spreads over the whole span, is capped by a tenth of the outage, and believes the server up to an hour', () => {
    expect(waitAfterFailure(1, 0, null, () => 1)).toBe(2_000);
    expect(waitAfterFailure(20, 0, null, () => 1)).toBe(60_000);
    expect(waitAfterFailure(20, 3_000_000, null, () => 1)).toBe(300_000);
    expect(waitAfterFailure(20, 90_000_000, null, () => 1)).toBe(600_000);
    expect(waitAfterFailure(20, 90_000_000, null, () => 0)).toBe(0);
    expect(waitAfterFailure(3, 0, 90, () => 0)).toBe(90_000);
    expect(waitAfterFailure(3, 0, 99_999, () => 0)).toBe(3_600_000);
  });
});
