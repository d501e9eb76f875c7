import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { compilePolicy } from '@munjigi/core/rules';
import { createService, openLog, readSettings, SettingError, TableError } from '@munjigi/service';
import { type Database, DatabaseUnavailable, migrate } from '@munjigi/service/db';
import { describe, expect, it } from 'vitest';
import { answerTo } from '../packages/service/src/api/answer-error.ts';
import { networkOf, rateLimit } from '../packages/service/src/api/limits.ts';
import { operatorCheck } from '../packages/service/src/api/operator.ts';
import { readPackFolder } from '../packages/service/src/config/pack-folder.ts';
import { csvEvidence, demonstrationProvider } from '../packages/service/src/issuer/index.ts';
import { readTable } from '../packages/service/src/lib/csv.ts';
import { openTestEmbedded, tempFolder } from './support/databases.ts';
import { POLICY } from './support/service.ts';

describe('errors', () => {
  it('answer 503 with a moment to come again where the database is away, and never its words', () => {
    const gone = (
      ['database.down', 'database.deadline', 'database.not-acknowledged', 'database.closed'] as const
    ).map((code) => new DatabaseUnavailable(code, 'secret host db7 refused user munjigi'));
    for (const error of gone) {
      const answer = answerTo(error);
      expect([answer.status, answer.code]).toEqual([503, 'service.database-down']);
      expect(answer.message).not.toMatch(/db7/);
      expect(answer.retryAfterSeconds).toBeGreaterThanOrEqual(30);
    }
  });

  it('tell nothing of a failure that nobody foresaw', () => {
    for (const error of [
      new Error('김하늘 1988-03-12'),
      'a text',
      null,
      { code: '23505', detail: 'Key (name)=(김하늘)' },
    ]) {
      const answer = answerTo(error);
      expect([answer.status, answer.code]).toEqual([500, 'service.failed']);
      expect(JSON.stringify(answer)).not.toContain('김하늘');
    }
  });
});

describe('the log', () => {
  it('drops fields that are not on its list, and the words of errors, however they are handed in', () => {
    const lines: string[] = [];
    const log = openLog('debug', { write: (line: string) => lines.push(line) });
    const error = Object.assign(new Error('Key (name)=(김하늘) exists'), { code: '23505' });
    log.error(error);
    log.error(error, error.message);
    log.error({ err: error }, error.message);
    log.error({ error, body: { phone: '010-8471-2936' } });
    log.info({ ip: '203.0.113.9', url: '/x?phone=010-8471-2936', operation: 'enrol' }, 'done');
    log
      .child({ reqId: 'a' })
      .warn({ req: { headers: { authorization: 'Bearer token' } }, err: error }, 'odd');
    const text = lines.join('');
    expect(lines).toHaveLength(6);
    expect(text).not.toMatch(/김하늘|8471|203\.0\.113|Bearer/);
    expect(text).toContain('"operation":"enrol"');
    expect(text).toContain('23505');
  });
});

describe('the operator token', () => {
  it('is taken only whole, as a bearer token', () => {
    const isOperator = operatorCheck('a-token-of-some-length');
    expect(isOperator('Bearer a-token-of-some-length')).toBe(true);
    for (const wrong of [
      undefined,
      '',
      'Bearer',
      'Bearer a-token-of-some-lengt',
      'bearer a-token-of-some-length',
      'Bearer a-token-of-some-length x',
      'a-token-of-some-length',
    ]) {
      expect(isOperator(wrong)).toBe(false);
    }
  });
});

describe('the limit of enrolments', () => {
  it('counts a network, not a person, forgets with time, and never grows without end', () => {
    expect(networkOf('203.0.113.9')).toBe(networkOf('::ffff:203.0.113.200'));
    expect(networkOf('2001:db8:1:2::1')).toBe(networkOf('2001:db8:1:ffff::2'));
    expect(networkOf('203.0.113.9')).not.toBe(networkOf('203.0.114.9'));
    const limit = rateLimit(3, 2);
    expect([1, 2, 3, 4].map((n) => limit.take(`203.0.113.${n}`, 1000))).toEqual([0, 0, 0, 20]);
    expect(limit.take('198.51.100.1', 1000)).toBe(0);
    expect(limit.take('203.0.113.9', 21_000)).toBe(0);
    expect(limit.take('192.0.2.1', 21_000), 'the third network takes the place of the oldest').toBe(0);
    expect(limit.take('198.51.100.1', 21_000)).toBe(0);
  });
});

describe('without an exercise', () => {
  it('there is no demonstration person to be, no earlier moment, no story and no old way', async () => {
    const data = tempFolder('plain');
    const config = readSettings({ data, desks: 'issuer,authority' }, {}, POLICY);
    const opened: Database[] = [];
    const service = await createService(config, {
      log: openLog('silent'),
      openDatabase: async (desk) => {
        const db = await openTestEmbedded(join(data, desk));
        await migrate(db, desk, 0);
        opened.push(db);
        return db;
      },
    });
    const post = async (url: string, payload: object) => {
      const headers = { authorization: `Bearer ${service.operatorToken}` };
      const answer = await service.server.inject({ method: 'POST', url, payload, headers });
      return [answer.statusCode, answer.json().error];
    };
    const haneul = { provider: 'demonstration', assertion: { person: 'haneul' } };
    expect(await post('/api/issuer/enrolments', haneul)).toEqual([400, 'issuer.provider-unknown']);
    expect((await service.server.inject({ url: '/api/issuer/people' })).json()).toEqual([]);
    expect(await post('/api/authority/clock', { storyMs: 0, rate: 1 })).toEqual([
      403,
      'authority.not-an-exercise',
    ]);
    expect(await post('/api/demonstration/old-way', { code: 'MJ1:' })).toEqual([404, 'request.not-found']);
    expect((await service.server.inject({ url: '/api/authority/clock' })).statusCode).toBe(404);
    await service.close(0);
    rmSync(data, { recursive: true, force: true });
  });
});

describe('settings', () => {
  it.each([
    [{ desks: 'issuer,cellar' }, '--desks'],
    [{ port: 'http' }, '--port'],
    [{ port: '70000' }, '--port'],
    [{ story: '2022-01-06T13:58:00+09:00' }, '--exercise'],
    [{ exercise: true, story: 'yesterday' }, '--story'],
    [{ 'database-register': 'mysql://x' }, '--database-register'],
    [{ log: 'loud' }, '--log'],
  ])('refuse %j with a sentence that names the flag', (flags, named) => {
    expect(() => readSettings(flags as never, {}, POLICY)).toThrow(SettingError);
    expect(() => readSettings(flags as never, {}, POLICY)).toThrow(named);
  });

  it('come from the environment where no flag is given', () => {
    const config = readSettings(
      { port: '0' },
      { MUNJIGI_PORT: '9', MUNJIGI_DESKS: 'register', MUNJIGI_DATABASE_REGISTER: 'postgres://h/d' },
      POLICY,
    );
    expect(config).toMatchObject({
      port: 0,
      desks: ['register'],
      databases: { register: 'postgres://h/d' },
      exercise: false,
    });
  });
});

describe('tables of people and evidence', () => {
  const policy = compilePolicy(readPackFolder(POLICY));
  const evidence = (row: string) =>
    csvEvidence(
      'evidence.csv',
      policy,
      `person,kind,date,at,sequence,detail\na,dose,2021-07-06,,2,double\n${row}\n`,
    );

  it.each([
    ['b,potion,2021-07-06,,,', 'kind is one of'],
    ['b,dose,2021-02-30,,1,', 'date is a day that exists'],
    ['b,dose,,,1,', 'date is a day that exists'],
    ['b,negative,,2022-01-05T10:00:00,,', 'at is an instant with its zone'],
    ['b,dose,2021-07-06,,second,', 'sequence is a whole number'],
    ['b,dose,2021-07-06,,2,triple', 'detail is one of'],
    [',dose,2021-07-06,,2,', 'person is empty'],
    ['b,dose', 'has 2 cells'],
    ['"b,dose,2021-07-06', 'does not end'],
  ])('name the file, the line and the rule for %s, and no value', (row, rule) => {
    let error: unknown;
    try {
      evidence(row);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(TableError);
    expect((error as Error).message).toMatch(/^evidence\.csv, line 3: /);
    expect((error as Error).message).toContain(rule);
    expect((error as Error).message).not.toMatch(/potion|triple|02-30/);
  });

  it('read quotes, empty lines, comments and a byte order mark', () => {
    const rows = readTable('t.csv', '\uFEFFid,name\r\n# a remark,\r\n\r\na,"Kim, ""Haneul"""\r\n', ['id']);
    expect(rows.map(({ line, cell }) => [line, cell('id'), cell('name'), cell('none')])).toEqual([
      [4, 'a', 'Kim, "Haneul"', ''],
    ]);
    expect(() => readTable('t.csv', 'name\na\n', ['id'])).toThrow('t.csv, line 1: a column is missing: id');
    expect(() => demonstrationProvider('people.csv', 'id,name,birthDate\nA B,x,2000-01-01\n')).toThrow(
      /^people\.csv, line 2: id is a word/,
    );
    expect(() =>
      demonstrationProvider('people.csv', 'id,name,birthDate\na,x,2000-01-01\na,x,2000-01-01\n'),
    ).toThrow('line 3');
  });
});
