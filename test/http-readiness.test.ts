import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createService, openLog, readSettings } from '@munjigi/service';
import type { Database } from '@munjigi/service/db';
import { DatabaseUnavailable } from '@munjigi/service/db';
import { afterAll, describe, expect, it } from 'vitest';
import { watchDatabases } from '../packages/service/src/api/databases.ts';
import { tempFolder } from './support/databases.ts';
import { isThere, startPostgres } from './support/postgres.ts';
import { POLICY } from './support/service.ts';

/** A database whose answers the test decides. */
function database(answer: () => Promise<unknown>): Database {
  const query = async () => ({ rows: [await answer()], count: 1 }) as never;
  const session = { query, script: async () => {} };
  return {
    engine: 'postgresql',
    lanes: 1,
    ...session,
    tx: (work) => work(session),
    apart: (work) => work(session),
    close: async () => {},
  };
}

const brokenPool = () => database(() => Promise.reject(new Error('down')));

describe('readiness', () => {
  it('does not eject a server for a database that is gone for everyone, nor for one failed look', async () => {
    let fails = false;
    const db = database(() => (fails ? Promise.reject(new Error('down')) : Promise.resolve(1)));
    const watch = watchDatabases([{ db, url: 'postgres://127.0.0.1:1/none' }], 3_600_000);
    await watch.look();
    expect(watch.state()).toBe('up');
    fails = true;
    await watch.look();
    await watch.look();
    expect(watch.state(), 'two looks say nothing').toBe('up');
    await watch.look();
    expect(watch.state()).toBe('down');
    fails = false;
    await watch.look();
    expect(watch.state()).toBe('up');
    watch.close();
  });

  it('takes an open port with no database behind it for a database that is gone for everyone', async () => {
    const { createServer } = await import('node:net');
    const listener = createServer((socket) => socket.end());
    await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
    const { port } = listener.address() as { port: number };
    const url = `postgres://127.0.0.1:${port}/x`;
    const watch = watchDatabases([{ db: brokenPool(), url }], 3_600_000);
    for (let i = 0; i < 3; i++) await watch.look();
    expect(watch.state()).toBe('down');
    watch.close();
    listener.close();
  });

  it('ejects a server whose own pool is broken while the database takes writes from a fresh connection', async ({
    skip,
  }) => {
    const postgres = await startPostgres();
    if (!isThere(postgres)) return skip(postgres.reason);
    const url = await postgres.database('x');
    const watch = watchDatabases([{ db: brokenPool(), url }], 3_600_000);
    for (let i = 0; i < 3; i++) await watch.look();
    expect(watch.state()).toBe('broken');
    watch.close();
    await postgres.remove();
  });

  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  it('answers 200 with the database down, and 503 from the operations, when all connections are refused', async () => {
    const data = tempFolder('frame');
    folders.push(data);
    const down = database(() => Promise.reject(new DatabaseUnavailable('database.down', 'nobody there')));
    let db = database(async () => ({ next: 1, kid: 1 }));
    const config = readSettings(
      { data, desks: 'issuer', exercise: true, 'enrolments-per-minute': '2' },
      {},
      POLICY,
    );
    let calls = 0;
    const answers: Database = {
      ...db,
      // Enough of an issuer's database to open the desk; then it goes away.
      query: (sql, values) => {
        calls += 1;
        return db === down
          ? down.query(sql, values)
          : Promise.resolve({
              rows: sql.startsWith('SELECT coalesce')
                ? [{ next: 1 }]
                : sql.startsWith('SELECT kid')
                  ? keys
                  : [],
              count: 1,
            } as never);
      },
    };
    const keys: unknown[] = [];
    for (const [i, usage] of (['specimen', 'pass'] as const).entries()) {
      keys.push({
        kid: i + 1,
        usage,
        public_key: new Uint8Array(65),
        valid_from: 0,
        valid_until: 9e9,
        withdrawn: false,
        canary: '',
      });
      mkdirSync(join(data, 'keys', 'issuer'), { recursive: true });
      writeFileSync(
        join(data, 'keys', 'issuer', `signing-${i + 1}.key`),
        Buffer.alloc(32, 7).toString('base64url'),
      );
    }
    const service = await createService(config, {
      log: openLog('silent'),
      openDatabase: async () => answers,
    });
    expect(calls).toBeGreaterThan(0);
    const ready = () => service.server.inject({ url: '/health/ready' });
    expect((await ready()).json()).toEqual({ ready: true, database: 'up', desks: ['issuer'] });
    db = down;
    const enrol = () =>
      service.server.inject({
        method: 'POST',
        url: '/api/issuer/enrolments',
        payload: { provider: 'demonstration', assertion: { person: 'haneul' } },
      });
    const answer = await enrol();
    expect([answer.statusCode, answer.json().error]).toEqual([503, 'service.database-down']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(30);
    for (let i = 0; i < 3; i++) await service.look();
    const state = await ready();
    expect([state.statusCode, state.json().database]).toEqual([200, 'down']);
    expect((await service.server.inject({ url: '/health/live' })).json()).toEqual({ live: true });

    await enrol();
    const third = await enrol();
    expect([third.statusCode, third.json().error]).toEqual([429, 'request.rate']);
    expect(Number(third.headers['retry-after'])).toBeGreaterThan(0);

    const headers = answer.headers;
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['x-powered-by']).toBeUndefined();
    await service.close(0);
  });
});
