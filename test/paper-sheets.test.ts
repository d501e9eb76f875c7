import { RECORD_CODES } from '@munjigi/core/chain';
import { addDays, calendarOf } from '@munjigi/core/rules';
import { openSubject } from '@munjigi/core/sealed/open';
import type { Bundle } from '@munjigi/core/trust';
import { makePrivateKey, openKeyFolder, publicPoint } from '@munjigi/service/crypto';
import { takeOff } from '@munjigi/service/register';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OwnLayer } from '../packages/service/src/register/own-layer.ts';
import type { WrittenLine } from '../packages/service/src/register/sheets/index.ts';
import { sheetsNotTyped } from '../packages/service/src/register/sheets/store.ts';
import { type TestDatabase, tempFolder, testEngines } from './support/databases.ts';
import { korea } from './support/packs.ts';
import { newVenue, openRegister, STORY_MS, type TestRegister } from './support/register.ts';
import { OPERATOR } from './support/venues.ts';

const AT = STORY_MS / 1000;
const DAY_S = 86_400;
const calendar = calendarOf('Asia/Seoul');
const today = calendar.dateOf(AT);
const privateKey = makePrivateKey();
const receiptKey = makePrivateKey();
/** Day keys of the kept days, and of two months ahead; all of one private key. */
const bundle = {
  sequence: 4,
  dayKeys: Array.from({ length: 90 }, (_, i) => ({
    keyId: i + 1,
    day: addDays(today, i - 27),
    spare: false,
    publicKey: publicPoint(privateKey),
  })),
} as unknown as Bundle;

const line = (no: number, value: string, change: Partial<WrittenLine> = {}): WrittenLine => ({
  line: no,
  time: '11:40',
  kind: 'safety-code',
  value,
  check: 'eye',
  ...change,
});

describe.each(testEngines())('sheets of paper on $name', (engine) => {
  let test: TestDatabase;
  const keys = tempFolder('sheet-keys');
  const desks: TestRegister[] = [];
  const node = async (): Promise<TestRegister> => {
    const one = await openRegister(test.db, {
      keys,
      privateKey: receiptKey,
      channels: { policy: korea, bundle: async () => ({ bundle, digest: new Uint8Array(32).fill(7) }) },
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
  const refusal = (doing: Promise<unknown>) =>
    doing.then(
      () => 'taken',
      (error: { code?: string }) => error.code ?? String(error),
    );
  const sheetsFor = async ({ desk }: TestRegister, count: number, day: string | null = null) => {
    const { venueId } = await newVenue(desk);
    const numbers = await desk.sheets!.print(OPERATOR, venueId, { count, day });
    return { venueId, numbers };
  };
  const stored = async (venueId: number) =>
    (
      await test.db.query<{ counter: number; record: number; subject: Uint8Array; thumbprint: Uint8Array }>(
        `SELECT e.counter, e.record_code AS record, e.subject, g.thumbprint FROM entry e
         JOIN gate g ON g.venue_id = e.venue_id AND g.gate_no = e.gate_no WHERE e.venue_id = $1 ORDER BY e.counter`,
        [venueId],
      )
    ).rows;

  on('lie ready for a gate until they are typed, shredded, or of another day', async () => {
    const one = await node();
    const sheets = one.desk.sheets!;
    const { venueId } = await sheetsFor(one, 1, addDays(today, 1));
    const ready = () => sheets.lieReady(venueId);
    expect(await ready(), 'those of tomorrow').toBe(false);
    const [loose] = await sheets.print(OPERATOR, venueId, { count: 1, day: null });
    expect(await ready()).toBe(true);
    await sheets.destroyed(OPERATOR, venueId, [loose!]);
    expect(await ready()).toBe(false);
    const [todays] = await sheets.print(OPERATOR, venueId, { count: 1, day: today });
    expect(await ready()).toBe(true);
    expect(await sheets.lieReady((await newVenue(one.desk)).venueId), 'of another venue').toBe(false);
    await sheets.type(OPERATOR, venueId, todays!, { day: today, lines: [], done: true });
    expect(await ready()).toBe(false);
  });

  on('become entries of one chain, sealed, receipted and verified like a gate’s', async () => {
    const one = await node();
    const { venueId, numbers } = await sheetsFor(one, 2);
    expect(numbers).toEqual([1, 2]);
    const written = [line(1, '12가34나'), line(2, '010-1234-5678', { kind: 'phone', check: 'not-made' })];
    const typed = { day: today, lines: written, done: true };
    expect(await one.desk.sheets!.type(OPERATOR, venueId, 1, typed)).toEqual([
      { line: 1, result: 'stored' },
      { line: 2, result: 'stored' },
    ]);
    const rows = await stored(venueId);
    expect(rows.map(({ record }) => record)).toEqual([RECORD_CODES.paper, RECORD_CODES.paper]);
    const layer = new OwnLayer(await openKeyFolder(one.keys));
    await layer.prepare([today]);
    const { counter, thumbprint: gate, subject } = rows[0]!;
    const box = takeOff(layer.keyOf(today), { venueId, gate, counter }, subject)!;
    const place = {
      venueId,
      day: today,
      gate,
      counter,
      check: 'eye',
      record: 'paper',
      kind: 'entry',
    } as const;
    expect(await openSubject({ box, place, privateKey })).toEqual({ kind: 'safety-code', code: '12가34나' });
    expect(await one.desk.verifyChain(venueId, 1)).toMatchObject({ problems: [] });
    expect((await one.desk.sheets!.list(OPERATOR, venueId)).sheets).toMatchObject([
      { sheetNo: 2, state: 'printed', day: null },
      { sheetNo: 1, state: 'transcribed', day: today, typed: [1, 2] },
    ]);
  });

  on('do not double when two people type the same sheet at two nodes at once, and again', async () => {
    const [a, b] = [await node(), await node()];
    const { venueId } = await sheetsFor(a, 1);
    const lines = Array.from({ length: 10 }, (_, i) => line(i + 1, `1${i}가34나`));
    const typed = { day: today, lines, done: true };
    const answers = await Promise.all(
      [a, b, a, b].map(({ desk }) => desk.sheets!.type(OPERATOR, venueId, 1, typed)),
    );
    const results = answers.flat().map(({ result }) => result);
    expect(results.filter((result) => result === 'stored')).toHaveLength(10);
    expect(results.filter((result) => result === 'already-stored')).toHaveLength(30);
    expect(await stored(venueId)).toHaveLength(10);
    expect(await a.desk.verifyChain(venueId, 1)).toMatchObject({ problems: [] });
  });

  on('stay open while a line cannot be read as it was typed, and keep the lines that can', async () => {
    const one = await node();
    const { venueId } = await sheetsFor(one, 1);
    const lines = [line(1, '12가34나'), line(2, 'nonsense'), line(3, '12가35나', { time: '25:00' })];
    const answer = await one.desk.sheets!.type(OPERATOR, venueId, 1, { day: today, lines, done: true });
    expect(answer.map(({ result }) => result)).toEqual(['stored', 'wrong', 'wrong']);
    expect((await one.desk.sheets!.list(OPERATOR, venueId)).sheets[0]).toMatchObject({ state: 'in-use' });
    const rest = [line(2, '', { kind: 'sheet-line' }), line(3, '12가35나')];
    const mended = await one.desk.sheets!.type(OPERATOR, venueId, 1, { day: today, lines: rest, done: true });
    expect(mended.map(({ result }) => result)).toEqual(['stored', 'stored']);
    expect(await stored(venueId)).toHaveLength(3);
  });

  on('are refused by name where they are another day’s, nobody’s, or gone', async () => {
    const one = await node();
    const { venueId } = await sheetsFor(one, 2, today);
    const type = (sheetNo: number, day: string) =>
      refusal(one.desk.sheets!.type(OPERATOR, venueId, sheetNo, { day, lines: [], done: true }));
    expect(await type(1, addDays(today, -1))).toBe('register.sheet-used');
    expect(await type(9, today)).toBe('register.sheet-unknown');
    expect(await refusal(one.desk.sheets!.destroyed(OPERATOR, venueId, [1]))).toBe(
      'register.sheet-not-typed',
    );
    expect(await refusal(one.desk.sheets!.print(null, venueId, { count: 1, day: null }))).toBe(
      'register.not-yours',
    );
    expect(await type(1, today)).toBe('taken');
    await one.desk.sheets!.destroyed(OPERATOR, venueId, [1]);
    expect(await type(1, today)).toBe('register.sheet-destroyed');
  });

  on('are known to a case of their hours until they are typed', async () => {
    const one = await node();
    const { venueId } = await sheetsFor(one, 3, today);
    const count = (from: number) =>
      sheetsNotTyped(test.db, { venueId, from, until: from + 3600 }, (at) => calendar.dateOf(at));
    expect([await count(AT), await count(AT - 2 * DAY_S)]).toEqual([3, 0]);
    await one.desk.sheets!.type(OPERATOR, venueId, 2, {
      day: today,
      lines: [line(1, '12가34나')],
      done: true,
    });
    expect(await count(AT)).toBe(2);
  });

  on(
    'are reminded of once the days of the pack are over, and what was typed is forgotten with them',
    async () => {
      const one = await node();
      const { venueId } = await sheetsFor(one, 2, today);
      await one.desk.sheets!.type(OPERATOR, venueId, 1, {
        day: today,
        lines: [line(1, '12가34나')],
        done: true,
      });
      const overdue = async () =>
        (await one.desk.sheets!.list(OPERATOR, venueId)).sheets.map((sheet) => sheet.overdue);
      const last = korea.retentionDays - 1;
      one.at(STORY_MS + last * DAY_S * 1000);
      expect(await overdue()).toEqual([false, false]);
      one.at(STORY_MS + (last + 1) * DAY_S * 1000);
      expect(await overdue()).toEqual([true, true]);
      const listed = await one.desk.sheets!.list(OPERATOR, venueId);
      expect(listed.sheets[0]!.keepUntil).toBe(addDays(today, last));
      expect(
        await refusal(one.desk.sheets!.type(OPERATOR, venueId, 2, { day: today, lines: [], done: true })),
      ).toBe('register.sheet-day');
      await one.desk.sheets!.destroyed(OPERATOR, venueId, [1, 2]);
      expect(await overdue()).toEqual([false, false]);
      await one.desk.retain();
      const { rows } = await test.db.query('SELECT 1 FROM sheet_line WHERE venue_id = $1', [venueId]);
      expect(rows).toEqual([]);
      one.at(STORY_MS + (last + 1 + 366) * DAY_S * 1000);
      await one.desk.sheets!.forget();
      const kept = (
        await test.db.query<{ no: number }>('SELECT sheet_no AS no FROM sheet WHERE venue_id = $1', [venueId])
      ).rows;
      expect(kept, 'the newest number is not given twice').toEqual([{ no: 2 }]);
    },
  );

  on(
    'print as PDF with the embedded part of a font, the same bytes each time, and nobody’s number',
    async () => {
      const one = await node();
      const { venueId } = await sheetsFor(one, 3);
      const pages = await one.desk.sheets!.pages(OPERATOR, venueId, 1, 3);
      expect(await one.desk.sheets!.pages(OPERATOR, venueId, 1, 3)).toEqual(pages);
      const text = Buffer.from(pages).toString('latin1');
      expect(text.slice(0, 8)).toBe('%PDF-1.7');
      expect(text).toContain('/Count 3');
      expect(text).toContain('/FontFile2');
      expect(pages.length).toBeLessThan(400_000);
      expect(await refusal(one.desk.sheets!.pages(OPERATOR, venueId, 3, 4))).toBe('register.sheet-unknown');
    },
  );
});
