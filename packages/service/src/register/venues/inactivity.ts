import { addDays, type Calendar, dayNumber } from '@munjigi/core/rules';
import type { Database } from '../../db/index.ts';

const WEEK_MS = 7 * 86_400_000;

/** The local Monday of an instant's week. 1 January 1970, day 0, was a Thursday. */
export function mondayOf(calendar: Calendar, ms: number): string {
  const day = calendar.dateOf(ms / 1000);
  return addDays(day, -((((dayNumber(day) + 3) % 7) + 7) % 7));
}

/**
 * Notes the venues from which nothing has come for a week: once for each week, told to their owners and gates, never sent.
 * A venue is given a week from its own beginning. Answers how many were noted.
 */
export async function noteQuietVenues(db: Database, calendar: Calendar, nowMs: number): Promise<number> {
  const { count } = await db.query(
    `INSERT INTO nudge (venue_id, week, quiet_since, made_at)
     SELECT v.venue_id, $1::date, COALESCE(max(h.receipt_at), v.created_at), $2::timestamptz
     FROM venue v LEFT JOIN gate_head h ON h.venue_id = v.venue_id
     WHERE v.created_at <= $3::timestamptz
     GROUP BY v.venue_id, v.created_at HAVING COALESCE(max(h.receipt_at) <= $3::timestamptz, true)
     ON CONFLICT (venue_id, week) DO NOTHING`,
    [mondayOf(calendar, nowMs), new Date(nowMs), new Date(nowMs - WEEK_MS)],
  );
  return count;
}
