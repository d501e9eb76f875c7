import pg from 'pg';
import { encodeValue } from './encode-value.ts';
import { DatabaseUnavailable, databaseDown, StatementFailed } from './errors.ts';
import type { Answer, Database, Row, Session, Value } from './types.ts';
import { Waits } from './waits.ts';

export interface PostgresOptions {
  /** postgres://user:password@host:port/database */
  readonly url: string;
  /** The same database past a pooler that lends a connection for one transaction only: what is `apart` goes here. */
  readonly directUrl?: string;
  readonly connections?: number;
  /** Longest time that a statement or a transaction may take, commit included. */
  readonly deadlineMs?: number;
  readonly applicationName?: string;
}

/** Notices with which a COMMIT says that no standby has it: waiting was cancelled (01000), or the backend is ending (57P01). */
const NOT_ACKNOWLEDGED = new Set(['01000', '57P01']);
const DRAIN_MS = 10_000;
/** Retention, and a chain that somebody has verified beside it. */
const DIRECT_CONNECTIONS = 2;

/** int8 as a number, like the embedded engine; ids and counts of ours stay below 2^53. */
function safeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('A whole number of the database is beyond 2^53.');
  return value;
}

const PARSERS = new Map<number, (text: string) => unknown>([
  [17, (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex'))],
  [20, safeNumber],
  [1082, (text) => text],
]);

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format !== 'binary' && PARSERS.get(oid)) || pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig;

/**
 * True for errors of the connection, not of the statement: the server is away, is stopping, is out of connections, is
 * read-only (25006), or somebody cancelled what we asked (57014). The same may be sent again.
 */
function isDown(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string') return true;
  return /^(08|53|57P0|57014|58|25006|XX)/.test(code) || /^E[A-Z]{3,}$/.test(code);
}

function translate(error: unknown): Error {
  if (error instanceof RangeError) return new StatementFailed('22003', error.message, { cause: error });
  if (isDown(error)) return databaseDown(error);
  const { code, message } = error as { code: string; message: string };
  return new StatementFailed(code, message, { cause: error });
}

/**
 * A PostgreSQL database. Statements are never named, so that a pooler may stand between. A connection on which a deadline
 * passed or a commit was not acknowledged is destroyed, never used again.
 */
export function openPostgres(options: PostgresOptions): Database {
  const deadlineMs = options.deadlineMs ?? 10_000;
  const poolAt = (connectionString: string, max: number): pg.Pool => {
    const made = new pg.Pool({
      connectionString,
      max,
      application_name: options.applicationName ?? 'munjigi',
      connectionTimeoutMillis: Math.min(deadlineMs, 5_000),
      keepAlive: true,
      types,
    });
    // An idle connection that the server closed is simply gone from the pool.
    made.on('error', () => {});
    return made;
  };
  const pool = poolAt(options.url, options.connections ?? 8);
  const direct = options.directUrl === undefined ? pool : poolAt(options.directUrl, DIRECT_CONNECTIONS);
  let closed = false;
  const waits = new Waits();

  async function ask(client: pg.PoolClient, sql: string, values?: readonly Value[]): Promise<pg.QueryResult> {
    try {
      return await (values === undefined ? client.query(sql) : client.query(sql, values.map(encodeValue)));
    } catch (error) {
      throw translate(error);
    }
  }

  async function run<R>(client: pg.PoolClient, sql: string, values: readonly Value[]): Promise<Answer<R>> {
    const result = await ask(client, sql, values);
    return { rows: result.rows as R[], count: result.rowCount ?? 0 };
  }

  /** Lends a connection to the work, under the deadline; `notices` collects what the server warns of meanwhile. */
  async function lend<T>(
    work: (client: pg.PoolClient, notices: Set<string>) => Promise<T>,
    withinMs = deadlineMs,
    apart = false,
  ): Promise<T> {
    if (closed) throw new DatabaseUnavailable('database.closed', 'The database is closed.');
    const client = await (apart ? direct : pool).connect().catch((error: unknown) => {
      throw translate(error);
    });
    const ended = apart ? () => {} : waits.begin();
    const notices = new Set<string>();
    const onNotice = (notice: { code?: string | undefined }) =>
      void (notice.code && notices.add(notice.code));
    // Without a listener, a connection that breaks between two statements would end the process.
    const onError = () => {};
    client.on('notice', onNotice);
    client.on('error', onError);
    let timer: NodeJS.Timeout | undefined;
    let destroy = false;
    try {
      const late = new Promise<never>((_, fail) => {
        timer = setTimeout(
          () =>
            fail(
              new DatabaseUnavailable('database.deadline', `The database took longer than ${withinMs} ms.`),
            ),
          withinMs,
        );
      });
      const running = work(client, notices);
      running.catch(() => {});
      return await Promise.race([running, late]);
    } catch (error) {
      destroy = error instanceof DatabaseUnavailable;
      throw error;
    } finally {
      ended();
      clearTimeout(timer);
      client.off('notice', onNotice);
      client.off('error', onError);
      client.release(destroy);
    }
  }

  function acknowledged(notices: Set<string>): void {
    for (const code of notices) {
      if (!NOT_ACKNOWLEDGED.has(code)) continue;
      throw new DatabaseUnavailable(
        'database.not-acknowledged',
        'The commit was not confirmed by a standby.',
      );
    }
  }

  const sessionOf = (client: pg.PoolClient): Session => ({
    query: (sql, values = []) => run<never>(client, sql, values),
    script: async (sql) => {
      await ask(client, sql);
    },
  });

  /** Each statement commits by itself, so each is asked whether a standby has it. */
  const singly = (session: Session, notices: Set<string>): Session => {
    const confirmed = async <T>(work: () => Promise<T>): Promise<T> => {
      notices.clear();
      const answer = await work();
      acknowledged(notices);
      return answer;
    };
    return {
      query: (sql, values) => confirmed(() => session.query<never>(sql, values)),
      script: (sql) => confirmed(() => session.script(sql)),
    };
  };

  return {
    engine: 'postgresql',
    lanes: options.connections ?? 8,
    query: <R = Row>(sql: string, values?: readonly Value[]) =>
      lend((client, notices) => singly(sessionOf(client), notices).query<R>(sql, values)),
    script: (sql) => lend((client, notices) => singly(sessionOf(client), notices).script(sql)),
    tx: (work) =>
      lend(async (client, notices) => {
        const session = sessionOf(client);
        await ask(client, 'BEGIN ISOLATION LEVEL READ COMMITTED');
        let value: Awaited<ReturnType<typeof work>>;
        try {
          value = await work(session);
        } catch (error) {
          if (!(error instanceof DatabaseUnavailable)) await ask(client, 'ROLLBACK');
          throw error;
        }
        notices.clear();
        const committed = await ask(client, 'COMMIT');
        // A COMMIT after a swallowed error answers ROLLBACK: nothing of it happened.
        if (committed.command !== 'COMMIT') {
          throw new StatementFailed(
            '25P02',
            'The transaction had failed before its commit; nothing of it was kept.',
          );
        }
        acknowledged(notices);
        return value;
      }),
    // What is apart may take long.
    apart: (work, withinMs) =>
      lend(
        async (client, notices) => {
          try {
            return await work(singly(sessionOf(client), notices));
          } finally {
            await client.query('ROLLBACK; RESET ALL; SELECT pg_advisory_unlock_all()').catch(() => {});
          }
        },
        withinMs,
        true,
      ),
    longestWaitMs: () => waits.longestMs(),
    async close() {
      if (closed) return;
      closed = true;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((done) => {
        timer = setTimeout(done, DRAIN_MS);
      });
      await Promise.race([Promise.all([pool.end(), direct === pool ? null : direct.end()]), late]);
      clearTimeout(timer);
    },
  };
}
