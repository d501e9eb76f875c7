import pg from 'pg';

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
