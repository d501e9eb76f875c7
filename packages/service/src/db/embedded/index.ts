import { join } from 'node:path';
import { encodeValue } from '../encode-value.ts';
import { DatabaseUnavailable, StatementFailed } from '../errors.ts';
import type { Answer, Database, Row, Session, Value } from '../types.ts';
import { checkVersion, clusterOf, prepareCluster } from './data-folder.ts';
import { type Engine, startEngine } from './engine.ts';
import { lockFolder } from './folder-lock.ts';

export interface EmbeddedOptions {
  /** The desk's own folder: `<data>/<desk>`. The cluster is `pg18` inside it. */
  readonly folder: string;
  /** Where the pristine cluster stands that new desks are copied from; beside the desks unless named. */
  readonly pristine?: string;
  /** Longest time that a statement or a transaction may take, its turn in the queue included. */
  readonly deadlineMs?: number;
}

/** An embedded database says more of itself than a server does. */
export interface EmbeddedDatabase extends Database {
  readonly engine: 'pglite';
  /** Flushes to disk since the folder was opened. */
  flushes(): number;
  /** Ends the engine without closing it, as a crash would; for tests. */
  crash(): Promise<void>;
}

const REOPEN_MS = 1_000;
const DRAIN_MS = 10_000;

/**
 * Opens the embedded PostgreSQL of one desk: locks the folder, refuses one of another version, makes it where it is
 * missing. Throws `DatabaseRefused` with a sentence for the operator.
 *
 * One process, one session: transactions take turns. When the engine stops (a full disk stops it), what was running
 * fails as unavailable and the next call opens the folder again, so that the service heals when the disk does.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const deadlineMs = options.deadlineMs ?? 30_000;
  const lock = await lockFolder(options.folder);
  let engine: Engine;
  try {
    checkVersion(options.folder);
    await prepareCluster(options.folder, options.pristine ?? join(options.folder, '..', '.pristine'));
    engine = await startEngine(clusterOf(options.folder));
  } catch (error) {
    await lock.release();
    throw error;
  }

  let closed = false;
  let flushed = 0;
  let reopenAt = 0;
  let turn: Promise<unknown> = Promise.resolve();

  async function alive(): Promise<Engine> {
    if (engine.running) return engine;
    const now = performance.now();
    if (now < reopenAt)
      throw new DatabaseUnavailable(
        'database.down',
        'The embedded database has stopped and is tried again shortly.',
      );
    reopenAt = now + REOPEN_MS;
    flushed += engine.flushes;
    engine = await startEngine(clusterOf(options.folder));
    return engine;
  }

  /** One transaction at a time, in order of asking; one that comes too late for its deadline is not begun. */
  function inTurn<T>(work: (engine: Engine) => Promise<T>, withinMs = deadlineMs): Promise<T> {
    if (closed) return Promise.reject(new DatabaseUnavailable('database.closed', 'The database is closed.'));
    const askedAt = performance.now();
    const mine = turn.then(async () => {
      if (performance.now() - askedAt > withinMs) {
        throw new DatabaseUnavailable(
          'database.deadline',
          `The database was busy for longer than ${withinMs} ms.`,
        );
      }
      const on = await alive();
      // An engine that hangs is ended: what it had not committed is gone, what it had is found again in its log.
      const late = setTimeout(() => void on.kill(), withinMs);
      try {
        return await work(on);
      } finally {
        clearTimeout(late);
      }
    });
    turn = mine.catch(() => {});
    return mine;
  }

  const ask = async <R>(on: Engine, sql: string, values: readonly Value[]): Promise<Answer<R>> => {
    const answer = await on.ask('query', sql, values.map(encodeValue));
    return answer as Answer<R>;
  };

  const sessionOf = (on: Engine): Session => ({
    query: (sql, values = []) => ask(on, sql, values),
    script: async (sql) => {
      await on.ask('script', sql, []);
    },
  });

  return {
    engine: 'pglite',
    lanes: 1,
    flushes: () => flushed + engine.flushes,
    query: <R = Row>(sql: string, values: readonly Value[] = []) => inTurn((on) => ask<R>(on, sql, values)),
    script: (sql) =>
      inTurn(async (on) => {
        await on.ask('script', sql, []);
      }),
    tx: (work) =>
      inTurn(async (on) => {
        const session = sessionOf(on);
        await on.ask('script', 'BEGIN ISOLATION LEVEL READ COMMITTED', []);
        let value: Awaited<ReturnType<typeof work>>;
        try {
          value = await work(session);
        } catch (error) {
          if (on.running) await on.ask('script', 'ROLLBACK', []);
          throw error;
        }
        const committed = await on.ask('query', 'COMMIT', []);
        // A COMMIT after a swallowed error answers ROLLBACK: nothing of it happened.
        if (committed.command !== 'COMMIT') {
          throw new StatementFailed(
            '25P02',
            'The transaction had failed before its commit; nothing of it was kept.',
          );
        }
        return value;
      }),
    apart: (work, withinMs) =>
      inTurn(async (on) => {
        try {
          return await work(sessionOf(on));
        } finally {
          if (on.running) await on.ask('script', 'ROLLBACK; RESET ALL; SELECT pg_advisory_unlock_all()', []);
        }
      }, withinMs),
    async crash() {
      closed = true;
      await engine.kill();
      await lock.release();
    },
    async close() {
      if (closed) return;
      closed = true;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((done) => {
        timer = setTimeout(done, DRAIN_MS);
      });
      await Promise.race([turn, late]);
      clearTimeout(timer);
      await engine.close().catch(() => engine.kill());
      await lock.release();
    },
  };
}
