import { RECORD_CODES } from '@munjigi/core/chain';
import { addDays, calendarOf } from '@munjigi/core/rules';
import { openSubject } from '@munjigi/core/sealed/open';
import type { Bundle } from '@munjigi/core/trust';
import { makePrivateKey, openKeyFolder, publicPoint } from '@munjigi/service/crypto';
import type { Database } from '@munjigi/service/db';
import { type CallResult, takeOff } from '@munjigi/service/register';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallLimits } from '../packages/service/src/register/calls/index.ts';
import { OwnLayer } from '../packages/service/src/register/own-layer.ts';
import { type TestDatabase, tempFolder, testEngines } from './support/databases.ts';
import { korea } from './support/packs.ts';
import { newVenue, openRegister, STORY_MS, type TestRegister } from './support/register.ts';
import { OPERATOR } from './support/venues.ts';

const AT = STORY_MS / 1000;
let numbers = 0;
const calendar = calendarOf('Asia/Seoul');
const privateKey = makePrivateKey();
const receiptKey = makePrivateKey();
const today = calendar.dateOf(AT);
/** Day keys of the kept days, and of a week ahead; all of one private key. */
const bundle = {
  sequence: 4,
  dayKeys: Array.from({ length: 35 }, (_, i) => ({
    keyId: i + 1,
    day: addDays(today, i - 27),
    spare: false,
    publicKey: publicPoint(privateKey),
  })),
} as unknown as Bundle;

interface Stored {
  readonly gateNo: number;
  readonly counter: number;
  readonly at: number;
  readonly check: number;
  readonly record: number;
  readonly flags: number;
  readonly late: number;
  readonly subject: Uint8Array;
  readonly thumbprint: Uint8Array;
}

describe.each(testEngines())('calls on $name', (engine) => {
  let test: TestDatabase;
  const keys = tempFolder('call-keys');
  const desks: TestRegister[] = [];

  /** A node: another desk of the same body on the same database, with a clock that stands at the story's beginning. */
  const node = async (
    db: Database = test.db,
    callLimits: Partial<CallLimits> = {},
  ): Promise<TestRegister> => {
    const one = await openRegister(db, {
      keys,
      privateKey: receiptKey,
      channels: {
        policy: korea,
        bundle: async () => ({ bundle, digest: new Uint8Array(32).fill(7) }),
        callLimits,
      },
    });
    desks.push(one);
    return one;
  };
  beforeAll(async () => {
    await engine.start();
    if (engine.missing() === null) test = await engine.fresh();
  });
  afterAll(async () => {
    for (const { desk } of desks) await desk.close();
    await engine.stop();
  });
  const on = (name: string, work: (number: string) => Promise<void>) =>
    it(name, async (context) => {
      const missing = engine.missing();
      if (missing !== null) return context.skip(missing);
      numbers += 1;
      await work(`080-123-${4500 + numbers}`);
    });

  const venueWith = async ({ desk }: TestRegister, number: string): Promise<number> => {
    const { venueId } = await newVenue(desk);
    await desk.calls!.setNumber(OPERATOR, venueId, number);
    return venueId;
  };
  const call = (
    one: TestRegister,
    calledNumber: string,
    callId: string,
    change: Partial<{ at: number; callerNumber: string; calledNumber: string }> = {},
  ): Promise<CallResult> =>
    one.desk.takeCall('tel-a', {
      callId,
      calledNumber,
      callerNumber: `010-0000-${String(callId.length * 7).padStart(4, '0')}`,
      at: AT,
      ...change,
    });
  const refusal = (doing: Promise<unknown>) =>
    doing.then(
      () => 'taken',
      (error: { code?: string }) => error.code ?? 'failed',
    );
  const stored = async ({ db }: TestRegister, venueId: number): Promise<Stored[]> => {
    const { rows } = await db.query<Stored>(
      `SELECT e.gate_no AS "gateNo", e.counter, extract(epoch FROM e.entered_at)::int8 AS at, e.check_code AS "check",
              e.record_code AS record, e.flags, e.late_s AS late, e.subject, g.thumbprint
       FROM entry e JOIN gate g ON g.venue_id = e.venue_id AND g.gate_no = e.gate_no WHERE e.venue_id = $1
       ORDER BY e.gate_no, e.counter`,
      [venueId],
    );
    return [...rows];
  };
  /** Takes both layers off, as a case does. */
  const opened = async (one: TestRegister, venueId: number, row: Stored) => {
    const layer = new OwnLayer(await openKeyFolder(one.keys));
    const day = calendar.dateOf(row.at);
    await layer.prepare([day]);
    const { thumbprint: gate, counter } = row;
    const box = takeOff(layer.keyOf(day), { venueId, gate, counter }, row.subject)!;
    const check = row.check === 0 ? 'not-made' : 'not-required';
    const place = { venueId, day, gate, counter, check, record: 'call', kind: 'entry' } as const;
    return openSubject({ box, place, privateKey });
  };

  on(
    'become entries of one chain, sealed with the number of the caller, receipted and verified like a gate’s',
    async (number) => {
      const one = await node();
      const venueId = await venueWith(one, number);
      expect(await call(one, number, 'a', { callerNumber: '+82 10-1234-5678' })).toBe('stored');
      one.at(STORY_MS + 60_000);
      expect(await call(one, number, 'b', { callerNumber: '004915123456789', at: AT + 58 })).toBe('stored');
      const rows = await stored(one, venueId);
      expect(rows).toMatchObject([
        { gateNo: 1, counter: 1, at: AT, check: 0, record: RECORD_CODES.call, flags: 0, late: 0 },
        { gateNo: 1, counter: 2, at: AT + 58, check: 0, record: RECORD_CODES.call, flags: 0, late: 2 },
      ]);
      expect(await opened(one, venueId, rows[0]!)).toEqual({ kind: 'phone', number: '01012345678' });
      expect(await opened(one, venueId, rows[1]!)).toEqual({ kind: 'phone', number: '+4915123456789' });
      expect(await one.desk.verifyChain(venueId, 1)).toMatchObject({ problems: [] });
      const standing = await one.desk.whereAmI(venueId, rows[0]!.thumbprint);
      expect(standing).toMatchObject({
        head: { counter: 2 },
        have: [[1, 2]],
        receipt: expect.any(Uint8Array),
      });
      // It is no device: nobody renames it, revokes it or wonders why it is silent.
      expect(await one.desk.venues.venue(OPERATOR, venueId)).toMatchObject({ gates: 0, devices: [] });
      expect(await one.desk.venues.gates(0, 10)).toEqual([]);
      await one.desk.rollUp();
      const hours = await one.db.query('SELECT * FROM venue_hour WHERE venue_id = $1', [venueId]);
      expect(hours.rows.length).toBeGreaterThan(0);
    },
  );

  on(
    'make one entry each, however often and at whichever node they are told, and never a second branch',
    async (number) => {
      const limits = { number: { most: 1_000, seconds: 60 } };
      const nodes = [await node(test.db, limits), await node((await test.again()) ?? test.db, limits)];
      const venueId = await venueWith(nodes[0]!, number);
      const ids = Array.from({ length: 30 }, (_, i) => `call-${i}`);
      const results = await Promise.all(
        [...ids, ...ids, ...ids].map((id, i) =>
          call(nodes[i % 2]!, number, id, { callerNumber: `0101000${id.slice(5).padStart(4, '0')}` }),
        ),
      );
      expect(results.filter((result) => result === 'stored')).toHaveLength(30);
      expect(results.filter((result) => result === 'already-stored')).toHaveLength(60);
      const rows = await stored(nodes[0]!, venueId);
      expect(rows.map(({ gateNo, counter }) => [gateNo, counter])).toEqual(ids.map((_, i) => [1, i + 1]));
      const subjects = await Promise.all(rows.map((row) => opened(nodes[0]!, venueId, row)));
      expect(new Set(subjects.map((one) => (one.kind === 'phone' ? one.number : ''))).size).toBe(30);
      expect(await nodes[1]!.desk.verifyChain(venueId, 1)).toMatchObject({ problems: [] });
      expect((await nodes[0]!.desk.status()).forks).toBe(0);
    },
  );

  on(
    'are refused without a trace where the caller is withheld, the number is nobody’s, or another provider’s',
    async (number) => {
      const one = await node();
      const venueId = await venueWith(one, number);
      expect(await one.desk.calls!.numberOf(venueId)).toMatchObject({ state: 'waiting', shown: number });
      const withheld = call(one, number, 'a', { callerNumber: 'anonymous' });
      expect(await refusal(withheld)).toBe('register.call-caller');
      expect(await refusal(call(one, '080-999-9999', 'a'))).toBe('register.call-number');
      expect(await stored(one, venueId)).toEqual([]);
      const taken = await one.db.query('SELECT * FROM call_taken WHERE venue_id = $1', [venueId]);
      expect(taken.rows).toEqual([]);
      expect(await call(one, number, 'a')).toBe('stored');
      expect(await one.desk.calls!.numberOf(venueId)).toMatchObject({ state: 'works' });
      const other = { callId: 'x', calledNumber: number, callerNumber: '01012345678', at: AT };
      expect(await refusal(one.desk.takeCall('tel-b', other))).toBe('register.call-number');
      const elsewhere = (await newVenue(one.desk)).venueId;
      const give = (what: string) => refusal(one.desk.calls!.setNumber(OPERATOR, elsewhere, what));
      expect(await give(number)).toBe('register.call-number-taken');
      expect(await give('010-1234-5678')).toBe('register.call-number-form');
    },
  );

  on(
    'are limited by caller, by number and by day, and a call that is told again costs nothing',
    async (number) => {
      const one = await node(test.db, { caller: { most: 2, seconds: 3_600 }, perDay: 5 });
      const venueId = await venueWith(one, number);
      const same = { callerNumber: '01055556666' };
      for (const id of ['a', 'a', 'b', 'a', 'b']) await call(one, number, id, same);
      expect(await refusal(call(one, number, 'c', same))).toBe('register.call-limit');
      for (const id of ['d', 'e', 'f'])
        await call(one, number, id, { callerNumber: `0107777000${'abcdef'.indexOf(id)}` });
      one.at(STORY_MS + 3_600_000);
      expect(await refusal(call(one, number, 'g'))).toBe('register.call-limit');
      expect(one.alarms.map(({ kind }) => kind)).toEqual(['call-cap']);
      expect(await stored(one, venueId)).toHaveLength(5);
    },
  );

  on(
    'keep the time of the call when they are told days late, and go to the venue whose number it was then',
    async (number) => {
      const one = await node();
      const first = await venueWith(one, number);
      await call(one, number, 'first');
      one.at(STORY_MS + 2 * 86_400_000);
      await one.desk.calls!.setNumber(OPERATOR, first, null);
      const second = await venueWith(one, number);
      expect(await call(one, number, 'late', { at: AT + 3_600 })).toBe('stored');
      const rows = await stored(one, first);
      expect(rows).toMatchObject([{ at: AT }, { at: AT + 3_600, late: 2 * 86_400 - 3_600 }]);
      expect(await stored(one, second)).toEqual([]);
      expect(await opened(one, first, rows[1]!)).toMatchObject({ kind: 'phone' });
      expect(await refusal(call(one, number, 'ahead', { at: AT + 3 * 86_400 }))).toBe('register.call-time');
      expect(await refusal(call(one, number, 'old', { at: AT - 40 * 86_400 }))).toBe('register.call-time');
      expect(await refusal(call(one, number, 'before', { at: AT - 3_600 }))).toBe('register.call-number');
    },
  );

  on('leave nothing where nothing is recorded, and end with their day', async (number) => {
    const one = await node();
    const venueId = await venueWith(one, number);
    await call(one, number, 'a');
    const after = Date.parse('2022-02-20T12:00:00+09:00');
    one.at(after);
    expect(await call(one, number, 'b', { at: after / 1000 })).toBe('not-wanted');
    await one.desk.retain();
    for (const table of ['entry', 'call_taken', 'call_day'])
      expect((await one.db.query(`SELECT * FROM ${table}`)).rows, table).toEqual([]);
    // The chain goes on where it stood.
    const { rows } = await one.db.query<{ thumbprint: Uint8Array }>(
      'SELECT thumbprint FROM channel WHERE venue_id = $1',
      [venueId],
    );
    expect(await one.desk.whereAmI(venueId, rows[0]!.thumbprint)).toMatchObject({ head: { counter: 1 } });
  });
});
