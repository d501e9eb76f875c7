import { openPostgres } from '@munjigi/service/db';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isThere, type PrivatePostgres, startPostgres } from './support/postgres.ts';
import {
  enrol,
  newVenue,
  openRegister,
  STORY_MS,
  type TestGate,
  type TestRegister,
} from './support/register.ts';

const DEADLINE_MS = 1_500;

/** A server that waits with every commit for a standby that is not there. */
describe('a PostgreSQL whose standby is gone', () => {
  let server: PrivatePostgres | null = null;
  let reason: string | null = null;
  let url = '';
  let register: TestRegister;
  let gate: TestGate;
  let admin: pg.Client;

  const waitForStandby = async (yes: boolean) => {
    await admin.query(`ALTER SYSTEM SET synchronous_standby_names = '${yes ? 'nobody' : ''}'`);
    await admin.query('SELECT pg_reload_conf()');
    for (;;) {
      const { rows } = await admin.query('SHOW synchronous_standby_names');
      if (rows[0].synchronous_standby_names === (yes ? 'nobody' : '')) return;
    }
  };
  /** Backends that wait for the standby in their commit. */
  const hanging = async (): Promise<number[]> => {
    const { rows } = await admin.query("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    return rows.map((row: { pid: number }) => row.pid);
  };
  const untilOneHangs = async (): Promise<number> => {
    for (;;) {
      const [pid] = await hanging();
      if (pid !== undefined) return pid;
      await new Promise((again) => setTimeout(again, 20));
    }
  };
  const stored = async (): Promise<number> => {
    const client = new pg.Client(url);
    await client.connect();
    const { rows } = await client.query('SELECT count(*)::int AS n FROM entry WHERE venue_id = $1', [
      gate.venueId,
    ]);
    await client.end();
    return rows[0].n;
  };

  beforeAll(async () => {
    const started = await startPostgres();
    if (!isThere(started)) {
      reason = started.reason;
      return;
    }
    server = started;
    url = await server.database('standby');
    admin = new pg.Client(url);
    await admin.connect();
    register = await openRegister(openPostgres({ url, connections: 4, deadlineMs: DEADLINE_MS }));
    gate = await enrol(register.desk, await newVenue(register.desk));
  });
  afterAll(async () => {
    await register?.desk.close();
    await register?.db.close();
    await admin?.end();
    await server?.remove();
  });

  const on = (name: string, work: () => Promise<void>) =>
    it(name, async (context) => {
      if (reason !== null) return context.skip(reason);
      await waitForStandby(true);
      await work();
    });

  on('is given up at our own deadline: 503, no receipt, and the connection is not used again', async () => {
    gate.append(3, STORY_MS / 1000);
    const batch = await gate.batch(1, 3);
    const began = performance.now();
    await expect(register.desk.ingest(batch)).rejects.toMatchObject({
      code: 'service.database-down',
      status: 503,
    });
    expect(performance.now() - began).toBeGreaterThan(DEADLINE_MS - 100);
    await waitForStandby(false);
    // Once there is a standby again (here: none is asked for), the very same batch is acknowledged, and stands once.
    expect((await register.desk.ingest(batch)).receipt).not.toBeNull();
    expect(await stored()).toBe(3);
  });

  on(
    'is not believed when somebody cancels the wait: success with a warning is not acknowledged',
    async () => {
      gate.append(2, STORY_MS / 1000);
      const batch = await gate.batch(4, 5);
      const answer = register.desk.ingest(batch).catch((error: unknown) => error);
      await admin.query('SELECT pg_cancel_backend($1)', [await untilOneHangs()]);
      expect(await answer).toMatchObject({ code: 'service.database-down' });
      // The rows are there for everyone to see, on this machine alone …
      expect(await stored()).toBe(5);
      // … so a repeat must not be answered from them either: it writes, and waits as the original did.
      const repeat = register.desk.ingest(batch).catch((error: unknown) => error);
      await admin.query('SELECT pg_cancel_backend($1)', [await untilOneHangs()]);
      expect(await repeat).toMatchObject({ code: 'service.database-down' });
      await waitForStandby(false);
      expect((await register.desk.ingest(batch)).results.map((one) => one.result)).toEqual([
        'already-stored',
        'already-stored',
      ]);
      expect(await stored()).toBe(5);
    },
  );

  on('is not believed when the backend is ended in its wait', async () => {
    gate.append(1, STORY_MS / 1000);
    const batch = await gate.batch(6);
    const answer = register.desk.ingest(batch).catch((error: unknown) => error);
    await admin.query('SELECT pg_terminate_backend($1)', [await untilOneHangs()]);
    expect(await answer).toMatchObject({ code: 'service.database-down' });
    await waitForStandby(false);
    expect((await register.desk.ingest(batch)).receipt).not.toBeNull();
    expect(await stored()).toBe(6);
  });
});
