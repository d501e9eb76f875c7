import { type Database, openPostgres } from '@munjigi/service/db';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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
const DEADLINE_MS = 2_000;
const DOWN = { code: 'service.database-down', status: 503 };

/**
 * Whatever happens to the database in mid-upload: a clear 503, no receipt for what is not surely stored, and afterwards the very
 * same batch is acknowledged and stands once.
 */
describe('a batch on its way into a PostgreSQL that', () => {
  let server: PrivatePostgres | null = null;
  let reason: string | null = null;
  let url = '';
  let db: Database;
  let register: TestRegister;
  let gate: TestGate;
  const clients: pg.Client[] = [];

  const client = async () => {
    const one = new pg.Client(url);
    one.on('error', () => {});
    await one.connect();
    clients.push(one);
    return one;
  };
  const until = async (what: () => Promise<boolean>) => {
    while (!(await what())) await new Promise((again) => setTimeout(again, 20));
  };
  const next = (count = 3) => {
    gate.append(count, AT);
    return gate.batch(gate.head.counter - count + 1);
  };
  /** The same batch again, until it is acknowledged; then everything stands once, on one stretch. */
  const inTheEnd = async (batch: Awaited<ReturnType<typeof next>>) => {
    let receipt: Uint8Array | null = null;
    await until(async () => {
      const answer = await register.desk.ingest(batch).catch((error: unknown) => {
        expect(error).toMatchObject(DOWN);
        return null;
      });
      receipt = answer?.receipt ?? null;
      return answer !== null;
    });
    expect(receipt).not.toBeNull();
    const stored = await storedCounters(db, gate.venueId);
    expect(stored.size).toBe(gate.head.counter);
    expect([...stored.values()].every((times) => times === 1)).toBe(true);
    expect((await register.desk.verifyChain(gate.venueId, 1))!.problems).toEqual([]);
  };
  /**
   * An upload that was caught behind a lock whose holder dies with the server: a clear 503, or, where the lock fell a moment before
   * its own end came, a receipt, and then everything is there before anything is sent again.
   */
  const saidTheTruth = async (answer: Promise<unknown>) => {
    const said = await answer;
    if ((said as { receipt?: unknown }).receipt) {
      const stored = await storedCounters(db, gate.venueId);
      expect(stored.size).toBe(gate.head.counter);
    } else expect(said).toMatchObject(DOWN);
  };
  /** Holds the head of the gate, so that an upload is caught in the middle. */
  const holdHead = async () => {
    const holder = await client();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM gate_head WHERE venue_id = $1 FOR UPDATE', [gate.venueId]);
    return holder;
  };
  /** The backends that wait for a lock. */
  const waiting = async (watch: pg.Client): Promise<number[]> =>
    (
      await watch.query(
        "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'munjigi' AND query LIKE '%ingest(%'",
      )
    ).rows.map((row: { pid: number }) => row.pid);
  const caught = async (watch: pg.Client): Promise<number> => {
    await until(async () => (await waiting(watch)).length > 0);
    return (await waiting(watch))[0]!;
  };

  beforeAll(async () => {
    const started = await startPostgres({ max_connections: '20', superuser_reserved_connections: '3' });
    if (!isThere(started)) {
      reason = started.reason;
      return;
    }
    server = started;
    url = await server.database('faults');
    db = openPostgres({ url, connections: 4, deadlineMs: DEADLINE_MS });
    register = await openRegister(db);
    gate = await enrol(register.desk, await newVenue(register.desk));
    await register.desk.ingest(await next());
  });
  afterEach(async () => {
    for (const one of clients.splice(0)) await one.end().catch(() => {});
  });
  afterAll(async () => {
    await register?.desk.close();
    await db?.close();
    await server?.remove();
  });
  const on = (name: string, work: () => Promise<void>) =>
    it(name, async (context) => (reason === null ? work() : context.skip(reason)));

  on('is restarted in the middle', async () => {
    const holder = await holdHead();
    const watch = await client();
    const batch = await next();
    const answer = register.desk.ingest(batch).catch((error: unknown) => error);
    await caught(watch);
    await server!.stop('fast');
    await expect(register.desk.ingest(batch)).rejects.toMatchObject(DOWN);
    await expect(register.desk.whereAmI(gate.venueId, gate.thumbprint)).rejects.toMatchObject(DOWN);
    await server!.start();
    await holder.end().catch(() => {});
    await saidTheTruth(answer);
    await inTheEnd(batch);
  });

  on('is killed in the middle', async () => {
    await holdHead();
    const watch = await client();
    const batch = await next();
    const answer = register.desk.ingest(batch).catch((error: unknown) => error);
    await caught(watch);
    await server!.stop('immediate');
    await server!.start();
    await saidTheTruth(answer);
    await inTheEnd(batch);
  });

  on('is slow: our own deadline ends it, and that connection is not used again', async () => {
    const holder = await holdHead();
    const watch = await client();
    const batch = await next();
    const answer = register.desk.ingest(batch).catch((error: unknown) => error);
    const pid = await caught(watch);
    expect(await answer).toMatchObject(DOWN);
    expect((await storedCounters(db, gate.venueId)).size).toBe(gate.head.counter - 3);
    await holder.query('COMMIT');
    // The backend that was given up may still finish what it was told: it is found there and not doubled. Then it ends, since
    // nobody speaks with it any more.
    await until(async () => {
      const left = await watch.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [pid]);
      return left.rows.length === 0;
    });
    await inTheEnd(batch);
  });

  on('is read-only', async () => {
    const admin = await client();
    await admin.query('ALTER DATABASE faults SET default_transaction_read_only = on');
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'munjigi'",
    );
    const batch = await next();
    await expect(register.desk.ingest(batch)).rejects.toMatchObject(DOWN);
    await expect(register.desk.whereAmI(gate.venueId, gate.thumbprint)).rejects.toMatchObject(DOWN);
    await admin.query('SET default_transaction_read_only = off');
    await admin.query('ALTER DATABASE faults RESET default_transaction_read_only');
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'munjigi'",
    );
    await inTheEnd(batch);
  });

  on('has no connection left', async () => {
    // What is not the service's own takes all that there are; its own are ended.
    const hogs: pg.Client[] = [];
    const admin = await client();
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'munjigi'",
    );
    await until(async () => {
      const one = new pg.Client(url);
      one.on('error', () => {});
      const full = await one.connect().then(
        () => false,
        (error: unknown) => (error as { code?: string }).code === '53300',
      );
      if (!full) hogs.push(one);
      return full;
    });
    const batch = await next();
    await expect(register.desk.ingest(batch)).rejects.toMatchObject(DOWN);
    for (const one of hogs) await one.end();
    await inTheEnd(batch);
  });

  on('has its backend cancelled', async () => {
    const holder = await holdHead();
    const watch = await client();
    const batch = await next();
    const answer = register.desk.ingest(batch).catch((error: unknown) => error);
    await watch.query('SELECT pg_cancel_backend($1)', [await caught(watch)]);
    expect(await answer).toMatchObject(DOWN);
    expect((await storedCounters(db, gate.venueId)).size).toBe(gate.head.counter - 3);
    await holder.query('COMMIT');
    await inTheEnd(batch);
  });

  on('has its backend ended', async () => {
    const holder = await holdHead();
    const watch = await client();
    const batch = await next();
    const answer = register.desk.ingest(batch).catch((error: unknown) => error);
    await watch.query('SELECT pg_terminate_backend($1)', [await caught(watch)]);
    expect(await answer).toMatchObject(DOWN);
    await holder.query('COMMIT');
    await inTheEnd(batch);
  });

  on('fails for one gate of a group: the others are stored all the same', async () => {
    const others = await Promise.all(
      Array.from({ length: 6 }, async () => enrol(register.desk, await newVenue(register.desk))),
    );
    const holder = await holdHead();
    const watch = await client();
    const batch = await next();
    const held = register.desk.ingest(batch).catch((error: unknown) => error);
    await caught(watch);
    const answers = await Promise.all(
      others.map(async (one) => register.desk.ingest(await one.append(4, AT).batch())),
    );
    expect(answers.every(({ receipt }) => receipt !== null)).toBe(true);
    await holder.query('COMMIT');
    await held;
    await inTheEnd(batch);
  });
});
