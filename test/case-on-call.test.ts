import { fromBase64 } from '@munjigi/core/encoding';
import { readLine } from '@munjigi/core/log';
import { openPostgres } from '@munjigi/service/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OnCall } from '../packages/service/src/register/cases/on-call.ts';
import {
  approve,
  type CaseStand,
  type Officer,
  openedCase,
  startCaseStand,
  termsOf,
} from './support/case-stand.ts';
import { isThere, startPostgres } from './support/postgres.ts';
import { openRegister } from './support/register.ts';

const MINUTE = 60_000;

describe('the second signature is asked for, one officer after the other', () => {
  let stand: CaseStand;
  let opener: Officer;
  let approvers: Officer[];
  let venueId: number;

  beforeAll(async () => {
    stand = await startCaseStand();
    opener = await stand.officer('authority');
    approvers = [await stand.officer('register'), await stand.officer('register')];
    venueId = (await stand.venue()).venueId;
  });
  afterAll(() => stand.test.remove());

  const tend = () => stand.test.service.desks.register!.cases!.tend();
  const asked = async (id: string): Promise<string[]> =>
    (await approvers[0]!.call('GET', `/api/register/cases/${id}`)).json.asked.map(
      ({ accountId }: { accountId: string }) => accountId,
    );
  const alarms = (code: string) => stand.test.log.filter((line) => line.includes(`"${code}"`)).length;

  it('by the list, the next one after fifteen minutes, with an alarm; a last one when nobody is left', async () => {
    const [first, second] = approvers.map(({ accountId }) => accountId) as [string, string];
    const set = (accounts: string[]) => stand.test.operate('POST', '/api/register/on-call', { accounts });
    expect((await set([second, opener.accountId])).json.error).toBe('case.on-call');
    expect((await set([second, first])).json.accounts).toMatchObject([
      { accountId: second },
      { accountId: first },
    ]);
    const shown = await approvers[0]!.call('GET', '/api/register/on-call');
    expect(shown.json.accounts.map(({ accountId }: { accountId: string }) => accountId)).toEqual([
      second,
      first,
    ]);
    const { id } = await openedCase(stand, opener, venueId);
    expect(await asked(id)).toEqual([second]);
    stand.later(14 * MINUTE);
    await tend();
    expect(await asked(id)).toEqual([second]);
    expect(alarms('case-unanswered')).toBe(0);
    stand.later(2 * MINUTE);
    await tend();
    expect(await asked(id)).toEqual([second, first]);
    expect(alarms('case-unanswered')).toBe(1);
    await tend();
    expect(await asked(id)).toHaveLength(2);
    stand.later(16 * MINUTE);
    await tend();
    expect(alarms('case-nobody-on-call')).toBeGreaterThan(0);
    // Whoever was not asked may sign as well: a case never waits for one person.
    expect((await approve(approvers[0]!, id)).status).toBe(200);
  });

  it('and nobody is asked any more once somebody has signed', async () => {
    const { id } = await openedCase(stand, opener, venueId);
    await approve(approvers[0]!, id);
    stand.later(60 * MINUTE);
    await tend();
    expect(await asked(id)).toHaveLength(1);
  });

  it('the log holds each step of a case in order, as hashes and counts alone', async () => {
    const { id } = await openedCase(stand, opener, venueId);
    await approve(approvers[1]!, id);
    await opener.call('POST', `/api/authority/cases/${id}/open`);
    await opener.call('POST', `/api/authority/cases/${id}/close`);
    const { size } = (await stand.test.call('GET', '/api/authority/log/lines?from=0&limit=1')).json;
    const lines = (await stand.test.call('GET', `/api/authority/log/lines?from=${size - 5}`)).json
      .lines as string[];
    const read = lines.map((line) => readLine(fromBase64(line)));
    expect(read.map(({ kind }) => kind)).toEqual([
      'case-opened',
      'case-approved',
      'release',
      'opened',
      'case-closed',
    ]);
    for (const { fields } of read)
      for (const value of Object.values(fields))
        expect(typeof value === 'number' || (value instanceof Uint8Array && value.length === 32)).toBe(true);
  });

  it('an officer signs so many cases a day and no more; another one still can, and the next day begins anew', async () => {
    const second = await stand.officer('authority');
    let last = '';
    for (let i = 0; i < 21 && last === ''; i++) {
      const written = (await second.call('POST', '/api/authority/cases', termsOf(stand, venueId))).json;
      const answer = await second.call(
        'POST',
        `/api/authority/cases/${written.id}/approvals`,
        second.sign(written),
      );
      if (answer.status !== 200) last = `${i} ${answer.status} ${answer.json.error}`;
    }
    expect(last).toBe('20 429 case.quota');
    expect(alarms('case-quota')).toBe(1);
    await openedCase(stand, opener, venueId);
    stand.later(24 * 60 * MINUTE);
    await openedCase(stand, await second.again(), venueId);
  });
});

describe('the list of who is on call', () => {
  it('set twice at once is one of the two lists, on a database that does two things at a time', async (context) => {
    const server = await startPostgres();
    if (!isThere(server)) return context.skip(server.reason);
    const db = openPostgres({ url: await server.database('oncall'), connections: 4, deadlineMs: 10_000 });
    const register = await openRegister(db);
    try {
      const officers = ['a', 'b', 'c', 'd'];
      const onCall = new OnCall(db, async () => officers);
      for (let i = 0; i < 20; i++)
        await Promise.all([onCall.set(['a', 'b']), onCall.set(['c', 'd']), onCall.set(['b', 'a'])]);
      expect([
        ['a', 'b'],
        ['c', 'd'],
        ['b', 'a'],
      ]).toContainEqual(await onCall.list());
    } finally {
      await register.desk.close();
      await db.close();
      await server.remove();
    }
  });
});
