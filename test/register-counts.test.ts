import { voidEntry } from '@munjigi/core/chain';
import { openKeyFolder } from '@munjigi/service/crypto';
import type { Database } from '@munjigi/service/db';
import { hideSmall, OwnLayer, recount } from '@munjigi/service/register';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RetentionDays } from '../packages/service/src/register/retention-days.ts';
import { testEngines } from './support/databases.ts';
import {
  enrol,
  newVenue,
  openRegister,
  SEOUL,
  STORY_MS,
  type TestGate,
  type TestRegister,
} from './support/register.ts';

const AT = STORY_MS / 1000;
const DAY = 86_400;
const HOUR = Math.floor(AT / 3600) * 3600;

describe.each(testEngines())('the counts of a venue on $name', (engine) => {
  let register: TestRegister;
  let db: Database;
  beforeAll(async () => {
    await engine.start();
    if (engine.missing() !== null) return;
    db = (await engine.fresh()).db;
    register = await openRegister(db);
  });
  afterAll(async () => {
    await register?.desk.close();
    await engine.stop();
  });
  const on = (name: string, work: () => Promise<void>) =>
    it(name, async (context) => {
      const missing = engine.missing();
      if (missing !== null) return context.skip(missing);
      register.at(STORY_MS);
      await work();
    });
  const gateOf = async () => enrol(register.desk, await newVenue(register.desk));
  const cells = async (venueId: number) =>
    (
      await db.query<{ at: number; entries: number }>(
        `SELECT extract(epoch FROM hour)::int8 AS at, check_code AS "check", record_code AS record, entries FROM venue_hour
         WHERE venue_id = $1 ORDER BY 1, 2, 3`,
        [venueId],
      )
    ).rows;
  const cancel = (gate: TestGate, counter: number, at = AT) => {
    const place = { venueId: gate.venueId, counter: 0, enteredAt: at, cancels: counter };
    return gate.append(1, at, (n) =>
      voidEntry({ ...place, counter: n, anchor: gate.anchor, clockUnknown: false }),
    );
  };

  on('are by hour and kind, late entries at their true time, and nothing is counted twice', async () => {
    const gate = (await gateOf()).append(7, AT).append(6, AT, { check: 'eye', record: 'call' });
    await register.desk.ingest(await gate.batch(1, 10));
    expect(await register.desk.rollUp()).toBeGreaterThan(0);
    await register.desk.ingest(await gate.batch(11, 13));
    // Nine days late, and one that is too old to be kept at all.
    gate.append(5, AT - 9 * DAY).append(1, AT - 40 * DAY);
    await register.desk.ingest(await gate.batch(14, 19));
    await register.desk.rollUp();
    expect(await register.desk.rollUp()).toBe(0);
    expect(await cells(gate.venueId)).toEqual([
      { at: HOUR - 9 * DAY, check: 1, record: 1, entries: 5 },
      { at: HOUR, check: 1, record: 1, entries: 7 },
      { at: HOUR, check: 2, record: 3, entries: 6 },
    ]);
    const told = await register.desk.counts(gate.venueId, 14);
    expect(told.hours).toEqual([
      { at: HOUR - 9 * DAY, count: 5, late: 5 },
      { at: HOUR, count: 13 },
    ]);
    expect(told.days).toEqual([
      { day: '2021-12-28', check: 'scan', record: 'scan', count: 5 },
      { day: '2022-01-06', check: 'scan', record: 'scan', count: 7 },
      { day: '2022-01-06', check: 'eye', record: 'call', count: 6 },
    ]);
    expect(told.countedAtMs).toBe(STORY_MS);
    expect((await register.desk.counts(gate.venueId, 9)).hours).toEqual([{ at: HOUR, count: 13 }]);
  });

  on('lose what was cancelled, once, even on an earlier day and across a gap that closes later', async () => {
    const gate = (await gateOf()).append(6, AT - 2 * DAY).append(6, AT);
    cancel(gate, 2);
    cancel(gate, 8);
    cancel(gate, 8);
    await register.desk.ingest(await gate.batch(1, 12));
    await register.desk.rollUp();
    expect((await cells(gate.venueId)).map((one) => one.entries)).toEqual([6, 6]);
    await register.desk.ingest(await gate.batch(13, 15));
    await register.desk.rollUp();
    expect((await cells(gate.venueId)).map((one) => one.entries)).toEqual([5, 5]);

    // The void comes first, what it cancels comes with the gap.
    const late = (await gateOf()).append(6, AT - DAY);
    cancel(late, 3);
    await register.desk.ingest(await late.batch(5, 7));
    await register.desk.rollUp();
    expect((await cells(late.venueId)).map((one) => one.entries)).toEqual([2]);
    await register.desk.ingest(await late.batch(1, 4));
    await register.desk.rollUp();
    expect((await cells(late.venueId)).map((one) => one.entries)).toEqual([5]);
  });

  on('are the same when they are made anew from the rows', async () => {
    const all = () => db.query('SELECT * FROM venue_hour ORDER BY 1, 2, 3, 4');
    const before = (await all()).rows;
    expect(before.length).toBeGreaterThan(4);
    const layer = new OwnLayer(await openKeyFolder(register.keys));
    const days = new RetentionDays(SEOUL.timeZone, SEOUL.retentionDays);
    days.moveTo(AT);
    await layer.prepare(days.days.map(({ day }) => day));
    await db.query('UPDATE venue_hour SET entries = entries + 100');
    await recount({ db, layer, days, nowMs: () => STORY_MS });
    expect((await all()).rows).toEqual(before);
  });

  on('hide what is small, and what would give it away', async () => {
    const gate = (await gateOf())
      .append(3, AT - 7200)
      .append(6, AT - 3600)
      .append(20, AT);
    await register.desk.ingest(await gate.batch());
    await register.desk.rollUp();
    expect((await register.desk.counts(gate.venueId, 1)).hours.map(({ count }) => count)).toEqual([
      null,
      null,
      20,
    ]);
  });
});

describe('hiding small counts', () => {
  it('never tells one below five, and never leaves one that subtraction would tell', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 24 }), (counts) => {
        const told = hideSmall(counts);
        const hidden = counts.filter((_, i) => told[i] === null);
        expect(told.every((one) => one === null || one >= 5)).toBe(true);
        if (hidden.length > 0 && hidden.length < counts.length) {
          expect(hidden.length).toBeGreaterThan(1);
          expect(hidden.reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(5);
        }
        if (counts.every((count) => count >= 5)) expect(told).toEqual(counts);
      }),
    );
  });
});
