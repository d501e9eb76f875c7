import { join } from 'node:path';
import { readSettings } from '@munjigi/service';
import { makePrivateKey } from '@munjigi/service/crypto';
import { isPooled, openPostgres } from '@munjigi/service/db';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDeskDatabase } from '../packages/service/src/api/databases.ts';
import { tempFolder } from './support/databases.ts';
import { noPgBouncer, type Pooler, startPooler } from './support/pgbouncer.ts';
import { isThere, type PrivatePostgres, startPostgres } from './support/postgres.ts';
import { enrol, newVenue, openRegister, STORY_MS, type TestRegister } from './support/register.ts';
import { POLICY } from './support/service.ts';
import { Uploads } from './support/uploads.ts';

const NAME = 'munjigi_register';
const GATES = 8;
/** Of the pooler; the nodes have four times as many before it. */
const CONNECTIONS = 2;
const AT = STORY_MS / 1000;
const DAY = 86_400;

/** Two nodes of the register behind a pooler that lends a connection for one transaction, and retention past it. */
describe('a register behind PgBouncer', () => {
  let server: PrivatePostgres | null = null;
  let pooler: Pooler;
  let reason: string | null = noPgBouncer();
  let uploads: Uploads;
  const nodes: TestRegister[] = [];

  beforeAll(async () => {
    if (reason !== null) return;
    const started = await startPostgres();
    if (!isThere(started)) {
      reason = started.reason;
      return;
    }
    server = started;
    await server.database(NAME);
    pooler = await startPooler(server.port, CONNECTIONS);
    const keys = join(tempFolder('keys'), 'register');
    const privateKey = makePrivateKey();
    for (let i = 0; i < 2; i++) {
      const db = openPostgres({ url: pooler.url, directUrl: server.address(NAME), connections: 4 });
      nodes.push(await openRegister(db, { keys, privateKey }));
    }
    const gates = [];
    for (let i = 0; i < GATES; i++) gates.push(await enrol(nodes[0]!.desk, await newVenue(nodes[0]!.desk)));
    uploads = new Uploads(nodes, gates);
  });
  afterAll(async () => {
    for (const { desk, db } of nodes) {
      await desk.close();
      await db.close();
    }
    await pooler?.kill();
    await server?.remove();
  });

  const on = (name: string, work: () => Promise<void>) =>
    it(name, async (context) => (reason === null ? work() : context.skip(reason)));
  /** Asks PostgreSQL itself. */
  async function ask(sql: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client(server!.address(NAME));
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }
  /** The server process that waits to take a day off, and whether it holds retention's lock itself. */
  async function whoTakesOff(): Promise<{ pid: number; holdsLock: boolean }> {
    for (;;) {
      const [row] = await ask(
        `SELECT pid, EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND locktype = 'advisory' AND granted) AS holds
         FROM pg_stat_activity a
         WHERE state = 'active' AND query LIKE '%DETACH PARTITION%' AND pid <> pg_backend_pid()`,
      );
      if (row) return { pid: Number(row.pid), holdsLock: row.holds === true };
      await new Promise((again) => setTimeout(again, 20));
    }
  }
  const receipts = async (more: number) => {
    const from = uploads.receiptsAt.length;
    while (uploads.receiptsAt.length < from + more) await new Promise((again) => setTimeout(again, 20));
  };
  async function everythingOnce(): Promise<void> {
    expect(uploads.surprises).toEqual([]);
    for (const gate of uploads.gates) {
      const written = gate.head.counter;
      expect(uploads.acknowledged.get(gate)).toBe(written);
      const [row] = await ask(
        `SELECT count(*)::int AS n, count(DISTINCT counter)::int AS counters FROM entry WHERE venue_id = ${gate.venueId}`,
      );
      expect(row).toEqual({ n: written, counters: written });
      expect(await nodes[1]!.desk.verifyChain(gate.venueId, 1)).toMatchObject({
        verified: written,
        problems: [],
      });
    }
  }

  on('stores every entry once, though all transactions share two connections', async () => {
    await uploads.during(() => receipts(200));
    await everythingOnce();
    const [pool] = (await pooler.ask('SHOW POOLS')).filter(({ database }) => database === NAME);
    expect(pool).toMatchObject({ pool_mode: 'transaction' });
    expect(Number(pool!.sv_active) + Number(pool!.sv_idle) + Number(pool!.sv_used)).toBeLessThanOrEqual(
      CONNECTIONS,
    );
  });

  on(
    'loses nothing when the pooler is killed in the middle of uploads, and again when PostgreSQL is',
    async () => {
      await uploads.during(async () => {
        await receipts(20);
        await pooler.kill();
        await pooler.start();
        await receipts(20);
        await server!.stop('immediate');
        await server!.start();
        await receipts(20);
      });
      expect(uploads.refusals()).toBeGreaterThan(0);
      await everythingOnce();
    },
  );

  on('is told through the pooler that no standby has a commit, and signs no receipt for it', async () => {
    const standby = async (name: string) => {
      await ask(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
      await ask('SELECT pg_reload_conf()');
      while ((await ask('SHOW synchronous_standby_names'))[0]!.synchronous_standby_names !== name);
    };
    const gate = await enrol(nodes[0]!.desk, await newVenue(nodes[0]!.desk));
    gate.append(2, AT);
    const batch = await gate.batch();
    await standby('nobody');
    const answer = nodes[0]!.desk.ingest(batch).catch((error: unknown) => error);
    const waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    while ((await ask(waiting)).length === 0) await new Promise((again) => setTimeout(again, 20));
    await ask(`SELECT pg_cancel_backend(pid) FROM (${waiting}) one`);
    expect(await answer).toMatchObject({
      code: 'service.database-down',
      cause: { code: 'database.not-acknowledged' },
    });
    await standby('');
    expect((await nodes[0]!.desk.ingest(batch)).receipt).not.toBeNull();
  });

  on('drops days past retention while uploads go on, and leaves no lock behind in the pool', async () => {
    const [old] = uploads.gates;
    old!.append(2, AT - 27 * DAY);
    await uploads.during(async () => {
      await receipts(20);
      expect((await nodes[0]!.desk.retain()).left).toEqual([]);
    });
    expect(await ask("SELECT to_regclass('entry_2021_12_10') IS NOT NULL AS there")).toEqual([
      { there: true },
    ]);
    for (const { at } of nodes) at(STORY_MS + DAY * 1000);
    // A trace that still reads holds the day up, so that there is time to look who holds the lock meanwhile.
    const reader = new pg.Client(server!.address(NAME));
    await reader.connect();
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await reader.query('SELECT count(*) FROM entry');
    await uploads.during(async () => {
      // Both nodes at once, as at the same hour of the night.
      const retaining = Promise.all(nodes.map(({ desk }) => desk.retain()));
      const { pid, holdsLock } = await whoTakesOff();
      expect(holdsLock).toBe(true);
      const lent = (await pooler.ask('SHOW SERVERS')).map(({ remote_pid }) => Number(remote_pid));
      expect(lent.length).toBeGreaterThan(0);
      expect(lent).not.toContain(pid);
      await receipts(20);
      await reader.end();
      expect((await retaining).some(({ left }) => left.length === 0)).toBe(true);
    });
    expect(uploads.surprises).toEqual([]);
    expect(await ask("SELECT to_regclass('entry_2021_12_10') IS NOT NULL AS there")).toEqual([
      { there: false },
    ]);
    expect(await ask("SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory'")).toEqual([
      { n: 0 },
    ]);
  });

  on('does not start where retention would have the pooler alone', async () => {
    const settings = (more: Record<string, string>) =>
      readSettings(
        { data: tempFolder('pooled'), port: '0', 'database-register': pooler.url, ...more },
        {},
        POLICY,
      );
    await expect(openDeskDatabase(settings({}), 'register', STORY_MS)).rejects.toMatchObject({
      code: 'database.pooled',
      message: expect.stringContaining('--database-register-direct'),
    });
    const both = settings({ 'database-register-direct': server!.address(NAME) });
    const db = await openDeskDatabase(both, 'register', STORY_MS);
    await db.close();
    expect(await isPooled(pooler.url)).toBe(true);
    expect(await isPooled(server!.address(NAME))).toBe(false);
  });
});
