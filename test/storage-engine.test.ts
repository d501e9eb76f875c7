import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  byteaArray,
  DatabaseRefused,
  DatabaseUnavailable,
  instantArray,
  int2Array,
  int4Array,
  int8Array,
  isStatementFailed,
  openEmbedded,
} from '@munjigi/service/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from './support/bundle.ts';
import {
  openTestEmbedded,
  pristineFolder,
  type TestDatabase,
  tempFolder,
  testEngines,
} from './support/databases.ts';

describe.each(testEngines())('a database on $name', (engine) => {
  let test: TestDatabase;

  beforeAll(async () => {
    await engine.start();
    if (engine.missing() === null) test = await engine.fresh();
  });
  afterAll(() => engine.stop());

  const on = (name: string, work: () => Promise<void>) =>
    it(name, async (context) => {
      const missing = engine.missing();
      if (missing !== null) return context.skip(missing);
      await work();
    });

  on('gives the same values back, whichever engine it is', async () => {
    const { rows } = await test.db.query(
      `SELECT $1::int8 AS large, $2::bytea AS bytes, $3::timestamptz AS instant, $4::date AS day, $5::boolean AS yes,
              $6::int8[] AS numbers, $7::text[] AS words, $8::text AS nothing, $9::jsonb AS json, count(*) AS one`,
      [
        2 ** 53 - 1,
        Uint8Array.of(0, 255, 92),
        new Date(1641445080123),
        '2022-01-06',
        true,
        [1, 2],
        ['a "b"', 'c\\,{}'],
        null,
        '{"a": [1]}',
      ],
    );
    expect(rows[0]).toEqual({
      large: 2 ** 53 - 1,
      bytes: Uint8Array.of(0, 255, 92),
      instant: new Date(1641445080123),
      day: '2022-01-06',
      yes: true,
      numbers: expect.anything(),
      words: ['a "b"', 'c\\,{}'],
      nothing: null,
      json: { a: [1] },
      one: 1,
    });
  });

  on('reads arrays in binary, with nulls and with dates of any century', async () => {
    const bytes = [new Uint8Array(0), Uint8Array.of(1, 2, 3), new Uint8Array(300).fill(7)];
    const instants = [
      0,
      1641445080123,
      null,
      Date.UTC(9999, 11, 31),
      Date.UTC(1999, 11, 31, 23, 59, 59, 999),
    ];
    const { rows } = await test.db.query(
      `SELECT (SELECT array_agg(x::text) FROM unnest($1::int2[]) x) AS int2, (SELECT array_agg(x::text) FROM unnest($2::int4[]) x) AS int4,
              (SELECT array_agg(x::text) FROM unnest($3::int8[]) x) AS int8, (SELECT array_agg(encode(x, 'hex')) FROM unnest($4::bytea[]) x) AS bytes,
              (SELECT array_agg((extract(epoch FROM x) * 1000)::int8::text) FROM unnest($5::timestamptz[]) x) AS instants, cardinality($6::int4[]) AS none`,
      [
        int2Array([-1, 2]),
        int4Array([-(2 ** 31), 2 ** 31 - 1]),
        int8Array([2 ** 53 - 1, -5]),
        byteaArray(bytes),
        instantArray(instants),
        int4Array([]),
      ],
    );
    expect(rows[0]).toEqual({
      int2: ['-1', '2'],
      int4: ['-2147483648', '2147483647'],
      int8: [String(2 ** 53 - 1), '-5'],
      bytes: bytes.map((b) => Buffer.from(b).toString('hex')),
      instants: instants.map((ms) => (ms === null ? null : String(ms))),
      none: 0,
    });
  });

  on('keeps what a transaction committed, and nothing of one that threw', async () => {
    await test.db.script('CREATE TABLE kept (n int PRIMARY KEY)');
    await test.db.tx((session) => session.query('INSERT INTO kept VALUES (1)'));
    await expect(
      test.db.tx(async (session) => {
        await session.query('INSERT INTO kept VALUES (2)');
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    const db = await test.reopen();
    expect((await db.query('SELECT n FROM kept')).rows).toEqual([{ n: 1 }]);
  });

  on('says the SQLSTATE of a statement that was refused, and goes on', async () => {
    const failed = await test.db.query('INSERT INTO kept VALUES (1)').catch((error: unknown) => error);
    expect(isStatementFailed(failed, '23505')).toBe(true);
    expect((await test.db.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  on('never takes a transaction with a swallowed error for committed', async () => {
    const tried = test.db.tx(async (session) => {
      await session.query('INSERT INTO kept VALUES (3)');
      await session.query('INSERT INTO kept VALUES (1)').catch(() => {});
    });
    await expect(tried).rejects.toMatchObject({ name: 'StatementFailed' });
    expect((await test.db.query('SELECT n FROM kept')).rows).toEqual([{ n: 1 }]);
  });

  on('closes once what runs has ended, and then says so', async () => {
    const other = await engine.fresh();
    const running = other.db.query('SELECT pg_sleep(0.2), 7 AS seven');
    const closing = other.db.close();
    expect((await running).rows[0]).toMatchObject({ seven: 7 });
    await closing;
    await expect(other.db.query('SELECT 1')).rejects.toMatchObject({ code: 'database.closed' });
  });
});

describe('an embedded data folder', () => {
  const folders: string[] = [];
  const folder = () => {
    const made = tempFolder('folder');
    folders.push(made);
    return made;
  };
  afterAll(() => {
    for (const made of folders) rmSync(made, { recursive: true, force: true });
  });

  it('is refused to a second opener, in this process and in another, until the first is gone', async () => {
    const data = folder();
    const db = await openTestEmbedded(data);
    await expect(openTestEmbedded(data)).rejects.toMatchObject({
      name: 'DatabaseRefused',
      code: 'database.locked',
    });
    await db.close();

    const script = await bundle(fileURLToPath(new URL('./support/hold-folder.ts', import.meta.url)));
    const holder = spawn(process.execPath, [script, data], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    const refused = await openTestEmbedded(data).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(DatabaseRefused);
    expect((refused as Error).message).toContain(`the process ${holder.pid}`);
    const gone = once(holder, 'exit');
    holder.kill('SIGKILL');
    await gone;
    const after = await openTestEmbedded(data);
    expect((await after.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await after.close();
  });

  it('of another major version is refused with a sentence and left as it is', async () => {
    const data = folder();
    mkdirSync(join(data, 'pg17'));
    writeFileSync(join(data, 'pg17', 'PG_VERSION'), '17\n');
    await expect(openEmbedded({ folder: data, pristine: pristineFolder() })).rejects.toThrow(
      /PostgreSQL 17.*works with 18.*Nothing was changed/,
    );
    expect(readdirSync(data)).toEqual(['pg17']);

    const inside = folder();
    mkdirSync(join(inside, 'pg18'));
    writeFileSync(join(inside, 'pg18', 'PG_VERSION'), '19\n');
    await expect(openEmbedded({ folder: inside, pristine: pristineFolder() })).rejects.toThrow(
      /PostgreSQL 19/,
    );
    expect(readdirSync(join(inside, 'pg18'))).toEqual(['PG_VERSION']);
  });

  it('that holds something else is refused', async () => {
    const data = folder();
    mkdirSync(join(data, 'pg18'));
    writeFileSync(join(data, 'pg18', 'holiday.jpg'), '');
    await expect(openEmbedded({ folder: data, pristine: pristineFolder() })).rejects.toMatchObject({
      code: 'database.folder',
    });
  });

  it('flushes once for every commit', async () => {
    const data = folder();
    const db = await openTestEmbedded(data);
    await db.script('CREATE TABLE t (n int)');
    const before = db.flushes();
    for (let n = 0; n < 20; n++) await db.query('INSERT INTO t VALUES ($1)', [n]);
    const perCommit = (db.flushes() - before) / 20;
    await db.query('SELECT count(*) FROM t');
    await db.close();
    expect(perCommit).toBeGreaterThanOrEqual(1);
    expect(perCommit).toBeLessThan(1.5);
  });

  it('is opened again after the engine broke, with everything that was committed', async () => {
    const data = folder();
    const db = await openTestEmbedded(data);
    await db.script('CREATE TABLE t (n int)');
    await db.query('INSERT INTO t VALUES (1)');
    await db.crash();
    await expect(db.query('SELECT 1')).rejects.toBeInstanceOf(DatabaseUnavailable);
    const after = await openTestEmbedded(data);
    expect((await after.query('SELECT n FROM t')).rows).toEqual([{ n: 1 }]);
    await after.close();
  });
});
