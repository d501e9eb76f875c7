import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, dumpSchema, migrate, readMigrations, sqlFolderOf } from '@munjigi/service/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempFolder, testEngines } from './support/databases.ts';
import { openRegister } from './support/register.ts';

const DESKS = ['issuer', 'register', 'authority'] as const;
/** Tables of the register that stay on one machine: small, and no entry's statement reads them. */
const UNSPREAD = [
  'schema_migration',
  'registration',
  'account',
  'passkey',
  'session',
  'invite',
  'challenge',
  'cosigned_log',
  'cosigned_head',
  'bundle_in_use',
  'trace_case',
  'trace_document',
  'trace_quota',
  'on_call',
  'on_call_asked',
  'call_number',
];
const NOW = Date.parse('2022-01-06T13:58:00+09:00');

describe.each(testEngines())('the schema of each desk on $name', (engine) => {
  const folders: string[] = [];
  beforeAll(() => engine.start());
  afterAll(async () => {
    await engine.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  const on = (name: string, work: () => Promise<void>) =>
    it(name, async (context) => {
      const missing = engine.missing();
      if (missing !== null) return context.skip(missing);
      await work();
    });

  // One fresh database after the other: an embedded one is large.
  const onFresh = async (work: (db: Database, again: () => Promise<Database | null>) => Promise<void>) => {
    const test = await engine.fresh();
    await work(test.db, test.again);
    await test.done();
  };

  for (const desk of DESKS) {
    on(`${desk}: is the committed schema.dump.sql (MUNJIGI_WRITE_SCHEMA=1 writes it)`, () =>
      onFresh(async (db) => {
        const known = readMigrations(sqlFolderOf(desk));
        expect(known.length).toBeGreaterThan(0);
        expect(await migrate(db, desk, NOW)).toEqual(known);
        expect(await migrate(db, desk, NOW)).toEqual([]);
        const dump = await dumpSchema(db);
        const file = join(sqlFolderOf(desk), 'schema.dump.sql');
        if (process.env.MUNJIGI_WRITE_SCHEMA) writeFileSync(file, dump);
        expect(dump).toBe(readFileSync(file, 'utf8'));
      }),
    );
  }

  on('is made once when several processes start at the same time', () =>
    onFresh(async (db, again) => {
      const others = await Promise.all([again(), again(), again()]);
      const handles = [db, ...others.filter((one) => one !== null)];
      const done = await Promise.all([...handles, db].map((one) => migrate(one, 'register', NOW)));
      expect(done.flat()).toHaveLength(readMigrations(sqlFolderOf('register')).length);
    }),
  );

  on('is left alone, with a sentence, where a newer version or another product wrote it', () =>
    onFresh(async (db) => {
      await migrate(db, 'register', NOW);
      await db.query("INSERT INTO schema_migration VALUES (900, 'from-the-future', $1)", [new Date(NOW)]);
      await expect(migrate(db, 'register', NOW)).rejects.toThrow(
        /at migration 900 \(from-the-future\).*start the version that wrote it/,
      );
      await db.script(
        "DELETE FROM schema_migration WHERE number = 900; UPDATE schema_migration SET name = 'other' WHERE number = 2",
      );
      await expect(migrate(db, 'register', NOW)).rejects.toMatchObject({ code: 'database.migration' });
    }),
  );

  on('is whole or not changed at all when a step fails', () =>
    onFresh(async (db) => {
      const folder = tempFolder('sql');
      folders.push(folder);
      cpSync(sqlFolderOf('register'), folder, { recursive: true });
      const next = readMigrations(folder).length + 1;
      writeFileSync(
        join(folder, `${String(next).padStart(3, '0')}-broken.sql`),
        'CREATE TABLE half (n int); SELECT no_such_thing();',
      );
      await expect(migrate(db, 'register', NOW, folder)).rejects.toMatchObject({ name: 'StatementFailed' });
      expect(
        (await db.query("SELECT to_regclass('half') AS half, count(*) AS steps FROM schema_migration")).rows,
      ).toEqual([{ half: null, steps: next - 1 }]);
    }),
  );

  on('leads every key of the hot tables by the venue, so that it can be spread over machines', () =>
    onFresh(async (db) => {
      await migrate(db, 'register', NOW);
      const { rows } = await db.query<{ name: string; leads: string }>(
        `SELECT i.indexrelid::regclass::text AS name, a.attname AS leads FROM pg_index i
         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
         WHERE i.indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname <> ALL ($1::text[]))`,
        [UNSPREAD],
      );
      expect(rows.length).toBeGreaterThan(6);
      expect([...new Set(rows.map((row) => row.leads))]).toEqual(['venue_id']);
    }),
  );

  on('has a partition for every kept day and a week ahead, bounded by local midnights, and no default', () =>
    onFresh(async (db) => {
      const register = await openRegister(db);
      const { rows } = await db.query<{ name: string; bounds: string }>(
        `SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bounds FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = 'entry'::regclass ORDER BY c.relname`,
      );
      expect(rows).toHaveLength(28 + 7);
      expect([rows[0]!.name, rows[34]!.name]).toEqual(['entry_2021_12_10', 'entry_2022_01_13']);
      const today = rows.find((row) => row.name === 'entry_2022_01_06')!;
      const [from, to] = [...today.bounds.matchAll(/'([^']+)'/g)].map(([, at]) =>
        new Date(at!.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')).toISOString(),
      );
      expect([from, to]).toEqual(['2022-01-05T15:00:00.000Z', '2022-01-06T15:00:00.000Z']);
      expect((await register.desk.status()).daysAhead).toBe(7);

      // Days later the desk makes the next ones, and may be asked for an earlier moment again.
      register.at(register.nowMs() + 3 * 86_400_000);
      await register.desk.rows(1);
      register.at(register.nowMs() - 3 * 86_400_000);
      await register.desk.rows(1);
      expect(
        (await db.query("SELECT count(*) AS days FROM pg_inherits WHERE inhparent = 'entry'::regclass")).rows,
      ).toEqual([{ days: 38 }]);
      await register.desk.close();
    }),
  );
});

describe('a folder of migrations', () => {
  it('leaves out no number', () => {
    const folder = tempFolder('sql');
    writeFileSync(join(folder, '001-one.sql'), '');
    writeFileSync(join(folder, '003-three.sql'), '');
    expect(() => readMigrations(folder)).toThrow(/3-three/);
    rmSync(folder, { recursive: true });
    expect(existsSync(folder)).toBe(false);
  });
});
