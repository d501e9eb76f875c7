import type { Database, Session } from '../db/index.ts';
import { forgetOldNumbers } from './calls/numbers.ts';

/**
 * Joins new runs of counters with those that stand in `gone` already, so that a gate has few of them however long it runs.
 * `NEW` is a query of (venue_id, gate_no, from_counter, to_counter, anchor_ref).
 */
const joined = (news: string): string => `
  WITH news AS (${news}),
       olds AS (DELETE FROM gone g USING (SELECT DISTINCT venue_id, gate_no FROM news) n
                WHERE g.venue_id = n.venue_id AND g.gate_no = n.gate_no
                RETURNING g.venue_id, g.gate_no, g.from_counter, g.to_counter, g.anchor_ref),
       runs AS (SELECT * FROM news UNION ALL SELECT * FROM olds),
       starts AS (SELECT *, CASE WHEN from_counter <= 1 + max(to_counter) OVER (PARTITION BY venue_id, gate_no
                    ORDER BY from_counter, to_counter ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS first FROM runs),
       parts AS (SELECT *, sum(first) OVER (PARTITION BY venue_id, gate_no ORDER BY from_counter, to_counter) AS part FROM starts)
  INSERT INTO gone (venue_id, gate_no, from_counter, to_counter, anchor_ref)
  SELECT venue_id, gate_no, min(from_counter), max(to_counter), max(anchor_ref) FROM parts GROUP BY venue_id, gate_no, part`;

/** Writes down which counters a day's table holds, before it is dropped in the same transaction. */
export async function recordGone(session: Session, table: string): Promise<void> {
  await session.script(
    joined(`SELECT venue_id, gate_no, min(counter) AS from_counter, max(counter) AS to_counter, max(anchor_ref) AS anchor_ref
      FROM (SELECT venue_id, gate_no, counter, anchor_ref,
                   counter - row_number() OVER (PARTITION BY venue_id, gate_no ORDER BY counter) AS run FROM ${table}) r
      GROUP BY venue_id, gate_no, run`),
  );
}

/** Venues whose leftovers one transaction clears. */
const SLICE = 2_000;
const DAY_MS = 86_400_000;
const LONGEST_MS = 600_000;

/**
 * Clears what rows past retention leave behind, venue by venue: entries that were refused then, receipts but for the newest of
 * a stretch, hashes inside runs that are gone, anchors that nothing names any more, what told calls, visits and lines of sheets apart, counts.
 * @param oldestMs first moment of the oldest day that is kept
 */
export async function prune(
  db: Database,
  oldestMs: number,
  stopped: () => boolean = () => false,
): Promise<void> {
  await forgetOldNumbers(db, oldestMs);
  let after = 0;
  while (!stopped()) {
    const { rows } = await db.query<{ last: number | null }>(
      'SELECT max(venue_id) AS last FROM (SELECT venue_id FROM venue WHERE venue_id > $1 ORDER BY venue_id LIMIT $2) v',
      [after, SLICE],
    );
    const last = rows[0]!.last;
    if (last === null) return;
    const from = after;
    await db.apart(async (session) => {
      await session.script('BEGIN');
      await pruneVenues(session, [from, last], oldestMs);
      await session.script('COMMIT');
    }, LONGEST_MS);
    after = last;
  }
}

async function pruneVenues(
  session: Session,
  venues: readonly [after: number, last: number],
  oldestMs: number,
): Promise<void> {
  const oldest = new Date(oldestMs);
  // A receipt of just before midnight may stand where a kept day begins.
  const dayBefore = new Date(oldestMs - DAY_MS);
  const of = (alias: string) => `${alias}.venue_id > $1 AND ${alias}.venue_id <= $2`;
  await session.query(
    `INSERT INTO chain_mark (venue_id, gate_no, counter, head)
     SELECT r.venue_id, r.gate_no, r.counter, r.hash FROM rejected r WHERE ${of('r')} AND r.received_at < $3
     ON CONFLICT (venue_id, gate_no, counter) DO NOTHING`,
    [...venues, oldest],
  );
  await session.query(
    joined(`SELECT r.venue_id, r.gate_no, r.counter AS from_counter, r.counter AS to_counter, 0 AS anchor_ref
            FROM rejected r WHERE ${of('r')} AND r.received_at < $3`),
    [...venues, oldest],
  );
  await session.query(`DELETE FROM rejected r WHERE ${of('r')} AND r.received_at < $3`, [...venues, oldest]);
  await session.query(
    `DELETE FROM receipt r WHERE ${of('r')} AND r.received_at < $3
     AND r.counter < (SELECT max(n.counter) FROM receipt n WHERE n.venue_id = r.venue_id AND n.gate_no = r.gate_no)`,
    [...venues, dayBefore],
  );
  await session.query(`DELETE FROM receipt_again r WHERE ${of('r')} AND r.received_at < $3`, [
    ...venues,
    dayBefore,
  ]);
  for (const table of ['chain_mark', 'gate_checkpoint']) {
    await session.query(
      `DELETE FROM ${table} m USING gone g WHERE ${of('m')} AND g.venue_id = m.venue_id AND g.gate_no = m.gate_no
       AND m.counter >= g.from_counter AND m.counter < g.to_counter`,
      venues,
    );
  }
  await session.query(
    `DELETE FROM anchor a USING gone g, gate s WHERE ${of('a')} AND g.venue_id = a.venue_id AND g.gate_no = a.gate_no
     AND s.venue_id = g.venue_id AND s.gate_no = g.gate_no AND g.from_counter = s.start_counter + 1 AND a.anchor_ref < g.anchor_ref`,
    venues,
  );
  await session.query(`DELETE FROM call_taken c WHERE ${of('c')} AND c.day_start < $3`, [...venues, oldest]);
  await session.query(`DELETE FROM call_day c WHERE ${of('c')} AND c.day_start < $3`, [...venues, oldest]);
  await session.query(`DELETE FROM poster_taken p WHERE ${of('p')} AND p.day_start < $3`, [
    ...venues,
    oldest,
  ]);
  await session.query(`DELETE FROM poster_day p WHERE ${of('p')} AND p.day_start < $3`, [...venues, oldest]);
  await session.query(`DELETE FROM sheet_line l WHERE ${of('l')} AND l.day_start < $3`, [...venues, oldest]);
  await session.query(`DELETE FROM venue_hour v WHERE ${of('v')} AND v.hour < $3`, [...venues, oldest]);
}
