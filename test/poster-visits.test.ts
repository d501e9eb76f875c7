import { CHECK_CODES, RECORD_CODES } from '@munjigi/core/chain';
import { toBase64url } from '@munjigi/core/encoding';
import { openPoster, posterIn, signPoster } from '@munjigi/core/poster';
import { calendarOf } from '@munjigi/core/rules';
import { openSubject } from '@munjigi/core/sealed/open';
import { makePrivateKey, nodeCrypto, nodeSigner, openKeyFolder } from '@munjigi/service/crypto';
import type { Database } from '@munjigi/service/db';
import { takeOff } from '@munjigi/service/register';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OwnLayer } from '../packages/service/src/register/own-layer.ts';
import type { PosterLimits } from '../packages/service/src/register/posters/index.ts';
import { type TestDatabase, tempFolder, testEngines } from './support/databases.ts';
import { DAY_PRIVATE, lineSigner, posterChannels, visitBy, WALLET } from './support/posters.ts';
import { isThere, startPostgres } from './support/postgres.ts';
import { drawnBoxes, readCodes } from './support/printed.ts';
import { newVenue, openRegister, STORY_MS, type TestRegister } from './support/register.ts';
import { startRegister } from './support/register-process.ts';
import { OPERATOR } from './support/venues.ts';

const AT = STORY_MS / 1000;
const DAY_MS = 86_400_000;
const calendar = calendarOf('Asia/Seoul');
const receiptKey = makePrivateKey();
const refusal = (doing: Promise<unknown>) =>
  doing.then(
    (answer) => String(answer),
    (error: { code?: string }) => error.code ?? String(error),
  );

interface Stored {
  readonly gateNo: number;
  readonly counter: number;
  readonly at: number;
  readonly check: number;
  readonly record: number;
  readonly late: number;
  readonly subject: Uint8Array;
  readonly thumbprint: Uint8Array;
}

// The embedded database takes them in test/http-posters.test.ts.
describe.each(testEngines().filter(({ name }) => name === 'PostgreSQL'))(
  'visits by a poster on $name',
  (engine) => {
    let test: TestDatabase;
    const keys = tempFolder('poster-keys');
    const desks: TestRegister[] = [];
    const node = async (
      db: Database = test.db,
      limits: Partial<PosterLimits> = {},
    ): Promise<TestRegister> => {
      const one = await openRegister(db, {
        keys,
        privateKey: receiptKey,
        channels: posterChannels(limits),
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
    const on = (name: string, work: () => Promise<void>) =>
      it(name, async (context) => {
        const missing = engine.missing();
        if (missing !== null) return context.skip(missing);
        await work();
      });
    /** Makes a venue's next poster, and reads its code off the printed page as a camera does. */
    const printed = async ({ desk }: TestRegister, venueId: number): Promise<Uint8Array> => {
      await desk.posters!.change(OPERATOR, venueId, true);
      const page = await desk.posters!.page(OPERATOR, venueId);
      const [text] = await readCodes(drawnBoxes(page));
      expect(text).toMatch(new RegExp(`^${WALLET}#poster=`));
      return posterIn(text!)!;
    };
    const stored = async ({ db }: TestRegister, venueId: number): Promise<Stored[]> => {
      const { rows } = await db.query<Stored>(
        `SELECT e.gate_no AS "gateNo", e.counter, extract(epoch FROM e.entered_at)::int8 AS at, e.check_code AS "check",
              e.record_code AS record, e.late_s AS late, e.subject, g.thumbprint
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
      const place = {
        venueId,
        day,
        gate,
        counter,
        check: 'not-made',
        record: 'poster',
        kind: 'entry',
      } as const;
      return openSubject({ box, place, privateKey: DAY_PRIVATE });
    };

    on(
      'become entries of one chain by the code of the printed page, and open for the authority alone',
      async () => {
        const one = await node();
        const { venueId } = await newVenue(one.desk);
        expect(await one.desk.posters!.posterOf(venueId)).toBeNull();
        const code = await printed(one, venueId);
        expect(await one.desk.posters!.posterOf(venueId)).toEqual({ posterNo: 1, madeMs: STORY_MS });
        const page = () => one.desk.posters!.page(OPERATOR, venueId);
        expect(await page(), 'the same poster is the same bytes').toEqual(await page());
        expect(await one.desk.takeVisit(await visitBy(code, AT))).toBe('stored');
        expect(await one.desk.takeVisit(await visitBy(code, AT + 60, '01099998888'))).toBe('stored');
        const rows = await stored(one, venueId);
        const like = { gateNo: 1, check: CHECK_CODES['not-made'], record: RECORD_CODES.poster };
        expect(rows).toMatchObject([
          { ...like, counter: 1, at: AT },
          { ...like, counter: 2, at: AT + 60 },
        ]);
        expect(await opened(one, venueId, rows[0]!)).toEqual({ kind: 'phone', number: '01012345678' });
        expect(await opened(one, venueId, rows[1]!)).toEqual({ kind: 'phone', number: '01099998888' });
        expect(await one.desk.verifyChain(venueId, 1)).toMatchObject({ problems: [] });
        expect(await one.desk.venues.venue(OPERATOR, venueId)).toMatchObject({ gates: 0, devices: [] });
      },
    );

    on(
      'are one entry each, however often, from however many tabs and to whichever node they are told',
      async () => {
        const limits = { poster: { most: 1_000, seconds: 60 } };
        const nodes = [await node(test.db, limits), await node((await test.again()) ?? test.db, limits)];
        const { venueId } = await newVenue(nodes[0]!.desk);
        const code = await printed(nodes[0]!, venueId);
        const visits = await Promise.all(Array.from({ length: 20 }, () => visitBy(code, AT)));
        const results = await Promise.all(
          [...visits, ...visits, ...visits].map((visit, i) => nodes[i % 2]!.desk.takeVisit(visit)),
        );
        expect(results.filter((result) => result === 'stored')).toHaveLength(20);
        expect(results.filter((result) => result === 'already-stored')).toHaveLength(40);
        expect((await stored(nodes[0]!, venueId)).map(({ gateNo, counter }) => [gateNo, counter])).toEqual(
          visits.map((_, i) => [1, i + 1]),
        );
        expect(await nodes[1]!.desk.verifyChain(venueId, 1)).toMatchObject({ problems: [] });
        expect((await nodes[0]!.desk.status()).forks).toBe(0);
      },
    );

    on(
      'are refused without a trace where the code is forged, altered, another body’s or another chain’s',
      async () => {
        const one = await node();
        const { venueId } = await newVenue(one.desk);
        const code = await printed(one, venueId);
        const visit = await visitBy(code, AT);
        const poster = await openPoster(code, [lineSigner.publicKey], nodeCrypto());
        const with_ = async (other: Uint8Array) => refusal(one.desk.takeVisit({ ...visit, code: other }));
        const bent = code.slice();
        bent[code.length - 1]! ^= 1;
        expect(await with_(bent)).toBe('register.poster-code');
        expect(await with_(await signPoster(poster, nodeSigner(makePrivateKey())))).toBe(
          'register.poster-code',
        );
        expect(await with_(new Uint8Array(40))).toBe('register.poster-code');
        const elsewhere = await signPoster({ ...poster, channel: new Uint8Array(32) }, lineSigner);
        expect(await with_(elsewhere), 'sealed for a chain that is no more').toBe('register.poster-ended');
        const nowhere = { ...poster, venueId: 999_999 };
        expect(await with_(await signPoster(nowhere, lineSigner))).toBe('register.poster-ended');
        expect(await stored(one, venueId)).toEqual([]);
        expect(
          (await one.db.query('SELECT * FROM poster_taken WHERE venue_id = $1', [venueId])).rows,
        ).toEqual([]);
      },
    );

    on(
      'by a poster that was replaced count until its day is over, and by a given-up one no longer',
      async () => {
        const one = await node();
        const { venueId } = await newVenue(one.desk);
        const first = await printed(one, venueId);
        const second = await printed(one, venueId);
        expect(toBase64url(second)).not.toBe(toBase64url(first));
        expect(await one.desk.takeVisit(await visitBy(first, AT))).toBe('stored');
        one.at(STORY_MS + DAY_MS);
        const tomorrow = AT + 86_400;
        expect(await refusal(one.desk.takeVisit(await visitBy(first, tomorrow)))).toBe(
          'register.poster-ended',
        );
        expect(await one.desk.takeVisit(await visitBy(second, tomorrow))).toBe('stored');
        expect(await one.desk.takeVisit(await visitBy(first, AT + 3_600)), 'told a day late').toBe('stored');
        expect(await one.desk.posters!.change(OPERATOR, venueId, false)).toBeNull();
        expect(await refusal(one.desk.posters!.page(OPERATOR, venueId))).toBe('register.poster-none');
        one.at(STORY_MS + 2 * DAY_MS);
        expect(await refusal(one.desk.takeVisit(await visitBy(second, AT + 2 * 86_400)))).toBe(
          'register.poster-ended',
        );
        expect(await refusal(one.desk.posters!.change(null, venueId, true))).toBe('register.not-yours');
      },
    );

    on('that are invented are bounded, cost a newer poster nothing, and raise one alarm', async () => {
      const one = await node(test.db, { poster: { most: 8, seconds: 60 }, perDay: 5 });
      const { venueId } = await newVenue(one.desk);
      const first = await printed(one, venueId);
      const flood = [];
      for (let i = 0; i < 20; i++) flood.push(await refusal(one.desk.takeVisit(await visitBy(first, AT))));
      expect(flood.filter((result) => result === 'stored')).toHaveLength(5);
      expect(new Set(flood.slice(5))).toEqual(new Set(['register.poster-limit']));
      expect(one.alarms.map(({ kind }) => kind)).toEqual(['poster-cap']);
      const second = await printed(one, venueId);
      expect(await one.desk.takeVisit(await visitBy(second, AT))).toBe('stored');
      expect(await stored(one, venueId)).toHaveLength(6);
    });

    on(
      'keep their own time when they are told days late, and are refused outside of what is kept',
      async () => {
        const one = await node();
        const { venueId } = await newVenue(one.desk);
        const code = await printed(one, venueId);
        one.at(STORY_MS + 3 * DAY_MS);
        expect(await one.desk.takeVisit(await visitBy(code, AT + 60))).toBe('stored');
        expect(await stored(one, venueId)).toMatchObject([{ at: AT + 60, late: 3 * 86_400 - 60 }]);
        const told = async (at: number) => refusal(one.desk.takeVisit(await visitBy(code, at)));
        expect(await told(AT - 26 * 86_400)).toBe('register.poster-time');
        // Of a phone whose clock is ahead: it is told again, and taken when its time has come.
        const early = await visitBy(code, AT + 4 * 86_400);
        expect(await refusal(one.desk.takeVisit(early))).toBe('register.poster-early');
        one.at(STORY_MS + 4 * DAY_MS);
        expect(await one.desk.takeVisit(early)).toBe('stored');
      },
    );

    on('leave nothing where nothing is recorded, and end with their day', async () => {
      const one = await node();
      const { venueId } = await newVenue(one.desk);
      const code = await printed(one, venueId);
      await one.desk.takeVisit(await visitBy(code, AT));
      const after = Date.parse('2022-02-20T12:00:00+09:00');
      one.at(after);
      expect(await one.desk.takeVisit(await visitBy(code, after / 1000))).toBe('not-wanted');
      await one.desk.retain();
      for (const table of ['entry', 'poster_taken', 'poster_day'])
        expect((await one.db.query(`SELECT * FROM ${table}`)).rows, table).toEqual([]);
      expect(await one.desk.posters!.posterOf(venueId)).toMatchObject({ posterNo: 1 });
    });
  },
);

it('a visit whose answer a killed node took with it is one entry at the next node', async ({ skip }) => {
  const postgres = await startPostgres();
  if (!isThere(postgres)) return skip(postgres.reason);
  const keys = tempFolder('poster-killed');
  const args = [await postgres.database('register'), keys, toBase64url(receiptKey), 'posters'];
  const [first, second] = [await startRegister(args), await startRegister(args)];
  try {
    const venue = { name: 'Sikdang', kind: 'restaurant', region: 'seoul' };
    const { venueId } = (await first.ask({ op: 'venue', venue })) as { venueId: number };
    const code = (await first.ask({ op: 'poster', venueId })) as string;
    const visits = await Promise.all(
      Array.from({ length: 30 }, async () => {
        const { visit, at, dayKeyId, box } = await visitBy(Buffer.from(code, 'base64url'), AT);
        return { code, visit: toBase64url(visit), at, dayKeyId, box: toBase64url(box) };
      }),
    );
    const told = visits.map((visit) => first.ask({ op: 'visit', visit }).catch(() => 'lost'));
    // Some are answered; the rest is under way, committed or not, when the node goes.
    await Promise.any(told);
    await first.kill();
    const heard = await Promise.all(told);
    const again = await Promise.all(visits.map((visit) => second.ask({ op: 'visit', visit })));
    expect(again.every((result) => result === 'stored' || result === 'already-stored')).toBe(true);
    again.forEach((result, i) => {
      if (heard[i] === 'stored') expect(result, 'what was answered is there').toBe('already-stored');
    });
    const rows = (await second.ask({ op: 'stored', venueId })) as { counter: number; times: number }[];
    expect(rows.map(({ counter }) => counter).sort((a, b) => a - b)).toEqual(visits.map((_, i) => i + 1));
    expect(rows.every(({ times }) => Number(times) === 1)).toBe(true);
  } finally {
    await first.kill();
    await second.kill();
    await postgres.remove();
  }
});
