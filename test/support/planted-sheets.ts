import { expect } from 'vitest';
import { STORY_SECONDS, type TestService } from './service.ts';

/** Two guests who wrote themselves onto a sheet of paper, in the syntax that the policy takes. */
export const PAPER_CODE = '38라61마';
export const PAPER_PHONE = '010-9274-6158';
const DAY = '2022-01-06';

/**
 * A venue has sheets printed, and somebody types what stands on them: taken, typed again, unreadable, wrong in every field, and while
 * the database fails. Answers what was answered, and how many lines became entries.
 */
export async function plantSheets(
  test: TestService,
  venueName: string,
): Promise<{ readonly answers: string[]; readonly entries: number }> {
  const register = test.databases.get('register')!;
  const { rows } = await register.query<{ venueId: number }>(
    'SELECT venue_id AS "venueId" FROM venue WHERE name = $1',
    [venueName],
  );
  const sheets = `/api/register/venues/${rows[0]!.venueId}/sheets`;
  const answers: string[] = [];
  const ask = async (method: 'GET' | 'POST', path: string, body?: unknown) => {
    const answer = await test.operate(method, sheets + path, body);
    answers.push(`${answer.text}${JSON.stringify(answer.headers)}`);
    return answer;
  };
  const line = (no: number, kind: string, value: string, change: object = {}) => ({
    ...{ line: no, time: '11:40', kind, value, check: 'eye' },
    ...change,
  });
  const type = (lines: readonly object[], change: object = {}) =>
    ask('POST', '/1/lines', { day: DAY, lines, done: false, ...change });

  expect((await ask('POST', '', { count: 2, day: DAY })).json).toEqual({ sheets: [1, 2] });
  const written = [
    line(1, 'safety-code', PAPER_CODE),
    line(2, 'phone', PAPER_PHONE),
    line(3, 'sheet-line', PAPER_PHONE),
  ];
  const results = async (lines: readonly object[]) =>
    (await type(lines)).json.lines.map(({ result }: { result: string }) => result);
  expect(await results(written)).toEqual(['stored', 'stored', 'stored']);
  expect(await results(written)).toEqual(Array(3).fill('already-stored'));

  // A number in the field of a code, a code in that of a number, either of them where a time stands.
  const odd = [line(4, 'safety-code', PAPER_PHONE), line(5, 'phone', PAPER_CODE)];
  expect(await results(odd)).toEqual(['wrong', 'wrong']);
  for (const value of [PAPER_CODE, PAPER_PHONE]) {
    const refused = [
      await type([line(6, 'phone', value, { time: value })]),
      await type([line(6, value, value)]),
      await type([line(6, 'phone', value, { check: value })]),
      await type([line(6, 'phone', value, { [value]: value })]),
      await type(written, { day: value }),
      await ask('POST', `/${encodeURIComponent(value)}/lines`, { day: DAY, lines: written, done: true }),
    ];
    for (const { status } of refused) expect(status).toBeGreaterThanOrEqual(400);
  }

  // After it was sealed: the line is taken, and then its entry cannot be written, nor can the line itself.
  for (const table of ['sheet_line', 'entry']) {
    const check = table === 'entry' ? 'record_code < 0' : 'line < 0';
    await register.script(`ALTER TABLE ${table} ADD CONSTRAINT never CHECK (${check}) NOT VALID`);
    const failed = await type([line(7, 'phone', PAPER_PHONE), line(8, 'safety-code', PAPER_CODE)]);
    expect([failed.status, failed.json.error], table).toEqual([500, 'service.failed']);
    await register.script(`ALTER TABLE ${table} DROP CONSTRAINT never`);
  }
  await ask('GET', '');
  await ask('GET', '/pages?from=1&to=2');
  await ask('POST', '/2/lines', { day: DAY, lines: [], done: true });
  expect((await ask('POST', '/destroyed', { sheets: [2] })).status).toBe(200);
  const { rows: paper } = await register.query<{ entries: number }>(
    'SELECT count(*)::int AS entries FROM sheet_line WHERE day_start <= $1',
    [new Date(STORY_SECONDS * 1000)],
  );
  return { answers, entries: paper[0]!.entries };
}
