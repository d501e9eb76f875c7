import pg from 'pg';
import { databaseDown } from './errors.ts';

/** Writes one record into the log that belongs to no table, so that its commit waits for a standby as every other does. */
const WRITE = "SELECT pg_logical_emit_message(true, 'munjigi', '')";

/**
 * True where a fresh connection writes at this address, and the write is confirmed, within the time. Where a pool cannot do what
 * this can, the pool is broken. An open port says nothing: a balancer listens with no database behind it, and a database whose
 * standbys are gone takes statements and confirms none.
 */
export async function takesWrites(url: string, withinMs = 2000): Promise<boolean> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: withinMs,
    application_name: 'munjigi-probe',
  });
  let confirmed = true;
  client.on('error', () => {});
  client.on('notice', () => {
    confirmed = false;
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error('late')), withinMs);
  });
  const written = client.connect().then(() => client.query(WRITE));
  written.catch(() => {});
  try {
    await Promise.race([written, late]);
    return confirmed;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    client.end().catch(() => {});
  }
}

/**
 * True where a pooler stands between this address and PostgreSQL: the process that answers has another number than the one that the
 * connection was given. Whether it lends connections by transaction or by session cannot be seen. Throws
 * `database.down` where nothing answers.
 */
export async function isPooled(url: string, withinMs = 5000): Promise<boolean> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: withinMs,
    query_timeout: withinMs,
    application_name: 'munjigi-probe',
  }) as pg.Client & { readonly processID: number };
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return rows[0]!.pid !== client.processID;
  } catch (cause) {
    throw databaseDown(cause);
  } finally {
    await client.end().catch(() => {});
  }
}
