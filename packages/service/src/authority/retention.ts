import type { Database } from '../db/index.ts';
import { dayOfKeyId, type Ended, type EndingParts, endThrough, weekEnd } from '../lib/keys/index.ts';

/** Ends the authority's keys of days up to one, spares whose week is past among them, and forgets their public halves. */
export async function endAuthorityDays(
  db: Database | null,
  parts: EndingParts,
  day: string,
  today: string,
): Promise<Ended> {
  const ended = await endThrough(parts, day, today);
  if (!db) return ended;
  const { rows } = await db.query<{ key_id: number }>('SELECT key_id FROM day_key WHERE day <= $1', [day]);
  const past = rows
    .map(({ key_id }) => key_id)
    .filter((keyId) => {
      const named = dayOfKeyId(keyId);
      return (named.spare ? weekEnd(named.day) : named.day) <= day;
    });
  if (past.length > 0) await db.query('DELETE FROM day_key WHERE key_id = ANY($1::int[])', [past]);
  return ended;
}
