import { type Database, openPostgres } from '@munjigi/service/db';
import { dayTables } from '@munjigi/service/register';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testEngines } from './support/databases.ts';
import { isThere, type PrivatePostgres, startPostgres } from './support/postgres.ts';
import { enrol, newVenue, openRegister, STORY_MS, type TestRegister } from './support/register.ts';

const AT = STORY_MS / 1000;
const DAY = 86_400;

describe.each(testEngines())('days past retention on $name', (engine) => {
  let fresh: TestDatabase;
  let register: TestRegister;
  let db: Database;
  beforeAll(async () => {
    await engine.start();
    if (engine.missing() !== null) return;
    fresh = await engine.fresh();
    db = fresh.db;
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
      await work();
    });
  const gateOf = async () => enrol(register.desk, await newVenue(register.desk));
  const countOf = async (table: string, venueId: number): Promise<number> =>
    (await db.query<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE venue_id = $1`, [venueId]))
      .rows[0]!.n;

  on(
    'are dropped, and the chain of what is kept is still proved, day by day, to the last entry',
    async () => {
      register.at(STORY_MS);
      const gate = await gateOf();
      // One batch over four days, one of them late, with an entry between that is too old to be kept.
      gate.append(3, AT - 3 * DAY).append(2, AT - 2 * DAY);
      gate
        .append(1, AT - 50 * DAY)
        .append(2, AT - 2 * DAY)
        .append(4, AT);
      await register.desk.ingest(await gate.batch(1, 12));
      for (let day = 1; day <= 30; day++) {
        register.at(STORY_MS + day * DAY * 1000);
        gate.append(2, AT + day * DAY);
        if (day % 5 === 0) gate.append(1, AT + (day - 4) * DAY);
        await register.desk.ingest(await gate.batch(gate.head.counter - (day % 5 === 0 ? 2 : 1)));
        const { left } = await register.desk.retain();
        expect(left).toEqual([]);
        const report = (await register.desk.verifyChain(gate.venueId, 1))!;
        expect(report.problems).toEqual([]);
        expect(report.gone + report.verified + report.unproved).toBeLessThanOrEqual(gate.head.counter);
        const kept = await countOf('entry', gate.venueId);
        expect([report.verified, report.boxes, report.unproved]).toEqual([kept, kept, 0]);
        // Refused ones stand by themselves until they are as old; then they are among what is gone.
        expect(report.gone + kept + (await countOf('rejected', gate.venueId))).toBe(gate.head.counter);
      }
      expect(await register.desk.oldTables()).toEqual([]);
      expect((await dayTables(db)).every(({ state }) => state === 'attached')).toBe(true);
      // What went leaves one run of numbers for a gate, and no hashes or anchors that nobody needs.
      const runs = (
        await db.query('SELECT from_counter, to_counter FROM gone WHERE venue_id = $1', [gate.venueId])
      ).rows;
      expect(runs.length).toBeLessThanOrEqual(3);
      expect(await countOf('rejected', gate.venueId)).toBe(0);
      expect(await countOf('receipt', gate.venueId)).toBeLessThan(31);
    },
  );

  on('leave nothing by which a changed, missing or exchanged row could hide', async () => {
    register.at(STORY_MS + 31 * DAY * 1000);
    const now = AT + 31 * DAY;
    const gate = (await gateOf()).append(20, now).append(20, now + 60);
    await register.desk.ingest(await gate.batch(1, 20));
    await register.desk.ingest(await gate.batch(21, 40));
    const verify = async () => (await register.desk.verifyChain(gate.venueId, 1))!;
    expect(await verify()).toMatchObject({ verified: 40, boxes: 40, problems: [] });
    const at = (counter: number) => [gate.venueId, counter];
    const swap = `UPDATE entry e SET subject_hash = o.subject_hash FROM entry o
      WHERE e.venue_id = $1 AND o.venue_id = $1 AND e.counter + o.counter = 2 * $2 - 1 AND abs(e.counter - o.counter) = 1`;

    await db.query('UPDATE entry SET check_code = 2 WHERE venue_id = $1 AND counter = $2', at(7));
    expect((await verify()).problems).toEqual([{ kind: 'changed', from: 1, to: 20 }]);
    await db.query('UPDATE entry SET check_code = 1 WHERE venue_id = $1 AND counter = $2', at(7));

    await db.query(swap, at(30));
    const swapped = (await verify()).problems;
    expect(swapped.map(({ kind }) => kind).sort()).toEqual(['box', 'box', 'changed']);
    await db.query(swap, at(30));
    expect((await verify()).problems).toEqual([]);

    // The boxes of two rows exchanged, hashes untouched: each opens only at its own place.
    const boxes = swap.replaceAll('subject_hash', 'subject');
    await db.query(boxes, at(30));
    expect((await verify()).problems.map(({ kind }) => kind)).toEqual(['box', 'box']);
    await db.query(boxes, at(30));

    await db.query(
      'UPDATE receipt SET signed = set_byte(signed, 70, 1) WHERE venue_id = $1 AND counter = $2',
      [...at(20)],
    );
    expect((await verify()).problems).toEqual([{ kind: 'receipt', from: 20, to: 20 }]);

    await db.query('DELETE FROM entry WHERE venue_id = $1 AND counter = $2', at(35));
    expect((await verify()).problems).toContainEqual({ kind: 'missing', from: 35, to: 35 });
    await db.query('DELETE FROM entry WHERE venue_id = $1 AND counter >= $2', at(39));
    expect((await verify()).problems).toContainEqual({ kind: 'missing', from: 39, to: 40 });
    expect(await register.desk.verifyChain(gate.venueId, 9)).toBeNull();
  });

  on('are found and dropped when a crash left them half taken off', async () => {
    const start = STORY_MS + 40 * DAY * 1000;
    register.at(start);
    const gate = (await gateOf()).append(3, start / 1000);
    await register.desk.ingest(await gate.batch());
    register.at(start + 28 * DAY * 1000);
    await register.desk.rows(gate.venueId);
    await db.script('ALTER TABLE entry DETACH PARTITION entry_2022_02_15');
    expect(await register.desk.oldTables()).toContainEqual({
      name: 'entry_2022_02_15',
      day: '2022-02-15',
      state: 'detached',
    });
    // The clock was wrong and is set back: the day is put back with what it holds.
    register.at(start);
    expect((await register.desk.rows(gate.venueId)).total).toBe(3);
    register.at(start + 28 * DAY * 1000);
    await db.script('ALTER TABLE entry DETACH PARTITION entry_2022_02_15');
    const { dropped, left } = await register.desk.retain();
    expect([dropped.includes('2022-02-15'), left]).toEqual([true, []]);
    expect(await register.desk.verifyChain(gate.venueId, 1)).toMatchObject({ gone: 3, problems: [] });
  });
});

describe('retention under a long trace', () => {
  let server: PrivatePostgres | null = null;
  let reason: string | null = null;
  let url = '';
  let register: TestRegister;
  const clients: pg.Client[] = [];
  const client = async () => {
    const one = new pg.Client(url);
    await one.connect();
    clients.push(one);
    return one;
  };

  beforeAll(async () => {
    const started = await startPostgres();
    if (!isThere(started)) {
      reason = started.reason;
      return;
    }
    server = started;
    url = await server.database('retention');
    register = await openRegister(openPostgres({ url, connections: 4 }));
  });
  afterAll(async () => {
    await register?.desk.close();
    for (const one of clients) await one.end().catch(() => {});
    await register?.db.close();
    await server?.remove();
  });
  const on = (name: string, work: () => Promise<void>) =>
    it(name, async (context) => (reason === null ? work() : context.skip(reason)));
  const until = async (what: () => Promise<boolean>) => {
    while (!(await what())) await new Promise((again) => setTimeout(again, 20));
  };
  /** A trace that reads an old day and does not end. */
  const longTrace = async () => {
    const reader = await client();
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await reader.query('SELECT count(*) FROM entry');
    return reader;
  };

  on(
    'ingest waits for nobody while a day is taken off under a reader, and the day goes when it ends',
    async () => {
      const gate = await enrol(register.desk, await newVenue(register.desk));
      gate.append(3, AT - 27 * DAY).append(3, AT);
      await register.desk.ingest(await gate.batch());
      register.at(STORY_MS + DAY * 1000);
      const reader = await longTrace();
      const retaining = register.desk.retain();
      const watch = await client();
      const state = async () =>
        (
          await watch.query(
            "SELECT inhdetachpending AS p FROM pg_inherits WHERE inhrelid = 'entry_2021_12_10'::regclass",
          )
        ).rows[0]?.p;
      await until(async () => (await state()) === true);
      // The day is on its way out and held by the reader; ingest, new days and readings go on all the same.
      for (let i = 0; i < 20; i++) {
        gate.append(5, AT + DAY);
        const answer = await register.desk.ingest(await gate.batch(gate.head.counter - 4));
        expect(answer.results.every(({ result }) => result === 'stored')).toBe(true);
        const waiting = await watch.query(
          `SELECT count(*)::int AS n FROM pg_locks l JOIN pg_stat_activity a USING (pid)
         WHERE NOT l.granted AND a.query NOT LIKE '%DETACH%' AND a.query NOT LIKE '%entry_2021_12_10%'`,
        );
        expect(waiting.rows[0].n).toBe(0);
      }
      expect((await register.desk.rows(gate.venueId)).total).toBe(103);
      expect(await state()).toBe(true);
      await reader.query('COMMIT');
      const first = await retaining;
      const { left } = first.left.length > 0 ? await register.desk.retain() : first;
      expect(left).toEqual([]);
      expect((await watch.query("SELECT to_regclass('entry_2021_12_10') AS t")).rows[0].t).toBeNull();
      expect(await register.desk.verifyChain(gate.venueId, 1)).toMatchObject({
        gone: 3,
        verified: 103,
        problems: [],
      });
    },
  );

  on('where it is broken off in the middle, the next run ends it', async () => {
    register.at(STORY_MS + 2 * DAY * 1000);
    await register.desk.rows(1);
    const reader = await longTrace();
    const breaker = await client();
    await breaker.query("SET lock_timeout = '50ms'");
    await expect(
      breaker.query('ALTER TABLE entry DETACH PARTITION entry_2021_12_11 CONCURRENTLY'),
    ).rejects.toMatchObject({ code: '55P03' });
    expect((await register.desk.oldTables()).map(({ state }) => state)).toEqual(['detaching']);
    await reader.query('COMMIT');
    expect(await register.desk.retain()).toMatchObject({ dropped: ['2021-12-11'], left: [] });
  });

  on('a plain DROP stops ingest behind the reader: that is what this is for', async () => {
    const gate = await enrol(register.desk, await newVenue(register.desk));
    gate.append(1, AT + 2 * DAY);
    const reader = await longTrace();
    const naive = await client();
    const watch = await client();
    const dropping = naive.query('DROP TABLE entry_2021_12_12');
    const waitsFor = async (word: string) =>
      (
        await watch.query(
          `SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE $1 AND cardinality(pg_blocking_pids(pid)) > 0 AND pid <> pg_backend_pid()`,
          [`%${word}%`],
        )
      ).rows[0].n > 0;
    await until(() => waitsFor('DROP TABLE'));
    const ingest = register.desk.ingest(await gate.batch());
    await until(() => waitsFor('FROM ingest('));
    await reader.query('COMMIT');
    await dropping;
    expect((await ingest).results[0]!.result).toBe('stored');
  });
});
