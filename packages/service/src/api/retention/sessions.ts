import type { Database } from '../../db/index.ts';

/** What ends by itself at an instant in the tables of accounts, and the column that says when (milliseconds). */
const TABLES = ['session', 'challenge'] as const;

/** Deletes sign-ins and challenges whose time is over; nothing where a database has no accounts. @param at seconds */
export async function endSessions(db: Database, at: number): Promise<number> {
  let ended = 0;
  for (const table of TABLES) {
    const { rows } = await db.query<{ there: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = 'ends_ms') AS there`,
      [table],
    );
    if (!rows[0]?.there) continue;
    ended += (await db.query(`DELETE FROM ${table} WHERE ends_ms <= $1`, [at * 1000])).count;
  }
  return ended;
}
