import { addDays, type Calendar, dayNumber } from '@munjigi/core/rules';
import type { Database } from '../../db/index.ts';

const WEEK_MS = 7 * 86_400_000;

/** The local Monday of an instant's week. 1 January 1970, day 0, was a Thursday. */
export function mondayOf(calendar: Calendar, ms: number): string {
  const day = calendar.dateOf(ms / 1000);
  return addDays(day, -((((dayNumber(day) + 3) % 7) + 7) % 7));
}

/** Venues looked at in one statement: no lock and no snapshot lasts long. */
const PAGE = 5_000;

/**
 * Notes the venues from which nothing has come for a week: once for each week, told to their owners and gates, never sent.
 * A venue is given a week from its own beginning. Answers how many were noted.
 */
export async function noteQuietVenues(db: Database, calendar: Calendar, nowMs: number): Promise<number> {
  let noted = 0;
  for (let last = 0; ; ) {
    const { rows } = await db.query<{ last: number | null; noted: number }>(
      `WITH page AS (SELECT venue_id, created_at FROM venue WHERE venue_id > $1 ORDER BY venue_id LIMIT ${PAGE}),
       quiet AS (
         INSERT INTO nudge (venue_id, week, quiet_since, made_at)
         SELECT p.venue_id, $2::date, COALESCE(max(h.receipt_at), p.created_at), $3::timestamptz
         FROM page p LEFT JOIN gate_head h ON h.venue_id = p.venue_id
         WHERE p.created_at <= $4::timestamptz
         GROUP BY p.venue_id, p.created_at HAVING COALESCE(max(h.receipt_at) <= $4::timestamptz, true)
         ON CONFLICT (venue_id, week) DO NOTHING RETURNING venue_id)
       SELECT (SELECT max(venue_id) FROM page) AS last, (SELECT count(*) FROM quiet) AS noted`,
      [last, mondayOf(calendar, nowMs), new Date(nowMs), new Date(nowMs - WEEK_MS)],
    );
    const page = rows[0]!;
    noted += page.noted;
    if (page.last === null) return noted;
    last = page.last;
  }
}
