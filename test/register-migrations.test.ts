import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Database,
  migrate,
  openPostgres,
  readMigrations,
  type Session,
  sqlFolderOf,
} from '@munjigi/service/db';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempFolder } from './support/databases.ts';
import { isThere, type PrivatePostgres, startPostgres } from './support/postgres.ts';
import {
  enrol,
  newVenue,
  openRegister,
  STORY_MS,
  storedCounters,
  type TestGate,
  type TestRegister,
} from './support/register.ts';

const AT = STORY_MS / 1000;

/** A node of the version before: it calls the hot function as the migration 003 made it. */
function nodeOfBefore(db: Database): Database {
  const before = (session: Session): Session => ({
    script: (sql) => session.script(sql),
    query: (sql, values = []) =>
      sql.includes('FROM ingest($1')
        ? session.query(sql.replace(/, \$28, \$29\)/, ')'), values.slice(0, 27))
        : session.query(sql, values),
  });
  return { ...db, ...before(db), tx: (work) => db.tx((session) => work(before(session))) };
}

describe('a migration while two nodes of two versions take entries in', () => {
  let server: PrivatePostgres | null = null;
  let reason: string | null = null;
  let url = '';
  const open: { close(): Promise<void> }[] = [];
  const folder = tempFolder('migrations');
  let gates: TestGate[] = [];
  let nodes: TestRegister[] = [];
  let venueId = 0;

  beforeAll(async () => {
    const started = await startPostgres();
    if (!isThere(started)) {
      reason = started.reason;
      return;
    }
    server = started;
    url = await server.database('migrations');
    const database = () => {
      const db = openPostgres({ url, connections: 4 });
      open.push(db);
      return db;
    };
    const next = await openRegister(database());
    // Groups of one: the version before calls the function for each batch.
    const shared = { keys: next.keys, signer: next.signer, grouping: { gates: 1 } };
    const before = await openRegister(nodeOfBefore(database()), shared);
    nodes = [next, before];
    const venue = await newVenue(next.desk);
    venueId = venue.venueId;
    gates = await Promise.all(Array.from({ length: 6 }, () => enrol(next.desk, venue)));
    cpSync(sqlFolderOf('register'), folder, { recursive: true });
  });
  afterAll(async () => {
    for (const { desk } of nodes) await desk.close();
    for (const db of open) await db.close();
    await server?.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  const on = (name: string, work: () => Promise<void>) =>
    it(name, async (context) => (reason === null ? work() : context.skip(reason)));

  /** Gates send without pause, by turns through both nodes, until the work is done; answers how many batches were stored. */
  const underLoad = async (work: () => Promise<unknown>): Promise<number> => {
    let done = false;
    let stored = 0;
    const load = gates.map(async (gate, i) => {
      for (let turn = i; !done; turn++) {
        gate.append(2, AT);
        const answer = await nodes[turn % 2]!.desk.ingest(await gate.batch(gate.head.counter - 1));
        expect(answer.results.every(({ result }) => result === 'stored')).toBe(true);
        stored += 1;
      }
    });
    const rest = Promise.all(load);
    await Promise.race([work(), rest.then(() => new Promise<never>(() => {}))]);
    done = true;
    await rest;
    return stored;
  };
  const addStep = (name: string, sql: string) => {
    const number = String(readMigrations(folder).length + 1).padStart(3, '0');
    writeFileSync(join(folder, `${number}-${name}.sql`), sql);
  };
  const everythingOnce = async () => {
    const stored = await storedCounters(open[0] as Database, venueId);
    expect([...stored.values()].every((times) => times === 1)).toBe(true);
    expect(stored.size).toBe(gates.reduce((sum, gate) => sum + gate.head.counter, 0));
    for (let gateNo = 1; gateNo <= gates.length; gateNo++)
      expect((await nodes[0]!.desk.verifyChain(venueId, gateNo))!.problems).toEqual([]);
  };

  on(
    'expands: new columns come while a long reader is in the way, and entries go in all the while',
    async () => {
      addStep(
        'two-columns',
        'ALTER TABLE entry ADD COLUMN note smallint; ALTER TABLE gate_head ADD COLUMN note smallint;',
      );
      const reader = new pg.Client(url);
      await reader.connect();
      await reader.query('BEGIN');
      await reader.query('SELECT count(*) FROM entry');
      let finished = false;
      const stored = await underLoad(async () => {
        const migrating = migrate(open[0] as Database, 'register', STORY_MS, folder).then((steps) => {
          finished = true;
          return steps;
        });
        // Many batches go through while it tries; it cannot end before the reader does.
        const sent = () => gates.reduce((sum, gate) => sum + gate.head.counter, 0);
        const enough = sent() + 200;
        while (sent() < enough) await new Promise((again) => setTimeout(again, 5));
        expect(finished).toBe(false);
        await reader.query('COMMIT');
        expect((await migrating).map(({ name }) => name)).toEqual(['two-columns']);
      });
      await reader.end();
      expect(stored).toBeGreaterThan(50);
      await everythingOnce();
    },
  );

  on('goes on with both versions after it, on new days too', async () => {
    for (const node of nodes) node.at(STORY_MS + 8 * 86_400_000);
    let rounds = 0;
    await underLoad(async () => {
      while (rounds++ < 20) await new Promise((again) => setTimeout(again, 10));
    });
    await everythingOnce();
    const { rows } = await (open[0] as Database).query<{ n: number }>(
      "SELECT count(*) AS n FROM information_schema.columns WHERE table_name = 'entry_2022_01_21' AND column_name = 'note'",
    );
    expect(rows[0]!.n).toBe(1);
  });

  on(
    'contracts when the version before is gone: its function goes, and the other does not notice',
    async () => {
      const head = /CREATE FUNCTION ingest\(([\s\S]*?)\n {2}OUT matched/;
      const old = head.exec(readFileSync(join(sqlFolderOf('register'), '003-ingest.sql'), 'utf8'))![1]!;
      const types = old
        .split('\n')
        .map((line) => /^ {2}p_\w+ (.*?),?$/.exec(line.trimEnd())?.[1])
        .filter((type) => type !== undefined);
      expect(types).toHaveLength(27);
      addStep('without-the-old', `DROP FUNCTION ingest(${types.join(', ')});`);
      await nodes[1]!.desk.close();
      nodes = [nodes[0]!, nodes[0]!];
      await underLoad(() => migrate(open[0] as Database, 'register', STORY_MS, folder));
      await everythingOnce();
    },
  );
});
