import { type Database, patiently } from '../db/index.ts';

export interface Day {
  readonly day: string;
  /** First second of the day, and of the next one. */
  readonly from: number;
  readonly to: number;
}

/** The table that holds a day. */
export const nameOf = (day: string): string => `entry_${day.replaceAll('-', '_')}`;
/** The day that a table holds, or null where it is no such table. */
export const dayOf = (name: string): string | null =>
  /^entry_\d{4}_\d\d_\d\d$/.test(name) ? name.slice(6).replaceAll('_', '-') : null;

const instant = (seconds: number): string => `'${new Date(seconds * 1000).toISOString()}'::timestamptz`;

/**
 * Makes the partitions of days that have none. CREATE … LIKE and ATTACH take a lock that inserts do not wait for, where
 * CREATE … PARTITION OF would stop all ingest behind a long reader (3 s measured). Safe when several nodes do it at once.
 */
export async function makePartitions(db: Database, days: readonly Day[]): Promise<number> {
  const missing = await missingDays(db, days);
  if (missing.length === 0) return 0;
  await patiently(() =>
    db.tx(async (session) => {
      await session.script("SET LOCAL lock_timeout = '200ms'");
      await session.query('SELECT pg_advisory_xact_lock($1)', [0x4d4a0001]);
      const still = new Set((await existing(session)).map((row) => row.name));
      // A table that was taken off and not dropped yet is put back: a clock that was set back keeps its day again.
      const statements = missing
        .filter(({ day }) => !still.has(nameOf(day)))
        .map(
          ({ day, from, to }) =>
            `CREATE TABLE IF NOT EXISTS ${nameOf(day)} (LIKE entry INCLUDING ALL);
             ALTER TABLE entry ATTACH PARTITION ${nameOf(day)} FOR VALUES FROM (${instant(from)}) TO (${instant(to)});`,
        );
      if (statements.length > 0) await session.script(statements.join('\n'));
    }),
  );
  return missing.length;
}

export async function missingDays(
  db: Pick<Database, 'query'>,
  days: readonly Day[],
): Promise<readonly Day[]> {
  const here = new Set((await existing(db)).map((row) => row.name));
  return days.filter(({ day }) => !here.has(nameOf(day)));
}

async function existing(db: Pick<Database, 'query'>): Promise<readonly { name: string }[]> {
  const { rows } = await db.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'entry'::regclass`,
  );
  return rows;
}
