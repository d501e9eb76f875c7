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
  const [week, at, before] = [mondayOf(calendar, nowMs), new Date(nowMs), new Date(nowMs - WEEK_MS)];
  let noted = 0;
  for (let last = 0; ; ) {
    const { rows: page } = await db.query<{ venueId: number; quietSince: Date | null }>(
      `SELECT p.venue_id AS "venueId",
              CASE WHEN p.created_at <= $2 AND COALESCE(p.last_at <= $2, true)
                   THEN COALESCE(p.last_at, p.created_at) END AS "quietSince"
       FROM (SELECT v.venue_id, v.created_at,
                    (SELECT max(h.receipt_at) FROM gate_head h WHERE h.venue_id = v.venue_id) AS last_at
             FROM venue v WHERE v.venue_id > $1 ORDER BY v.venue_id LIMIT ${PAGE}) p ORDER BY p.venue_id`,
      [last, before],
    );
    if (page.length === 0) return noted;
    last = page[page.length - 1]!.venueId;
    const quiet = page.filter(({ quietSince }) => quietSince !== null);
    if (quiet.length === 0) continue;
    const { count } = await db.query(
      `INSERT INTO nudge (venue_id, week, quiet_since, made_at)
       SELECT q.venue_id, $3::date, q.since, $4::timestamptz FROM unnest($1::int8[], $2::timestamptz[]) q (venue_id, since)
       ON CONFLICT (venue_id, week) DO NOTHING`,
      [quiet.map(({ venueId }) => venueId), quiet.map(({ quietSince }) => quietSince), week, at],
    );
    noted += count;
  }
}
