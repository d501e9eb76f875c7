import type { Session } from '../../db/index.ts';

/** A poster as the register knows it. */
export interface KeptPoster {
  readonly posterNo: number;
  readonly madeMs: number;
  /** When a newer one took its place, or the venue gave it up; null while it counts. */
  readonly endedMs: number | null;
  /** The signed code that is printed. */
  readonly code: Uint8Array;
}

const ms = (column: string) => `(extract(epoch FROM ${column}) * 1000)::int8`;
const COLUMNS = `poster_no AS "posterNo", ${ms('made_at')} AS "madeMs", ${ms('ended_at')} AS "endedMs", code`;

/** The poster that a venue has now; null for none. */
export async function posterOf(session: Session, venueId: number): Promise<KeptPoster | null> {
  const { rows } = await session.query<KeptPoster>(
    `SELECT ${COLUMNS} FROM poster WHERE venue_id = $1 AND ended_at IS NULL ORDER BY poster_no DESC LIMIT 1`,
    [venueId],
  );
  return rows[0] ?? null;
}

/** One poster of a venue, or null: a register that was put back from a backup may not have it. */
export async function findPoster(
  session: Session,
  venueId: number,
  posterNo: number,
): Promise<KeptPoster | null> {
  const { rows } = await session.query<KeptPoster>(
    `SELECT ${COLUMNS} FROM poster WHERE venue_id = $1 AND poster_no = $2`,
    [venueId, posterNo],
  );
  return rows[0] ?? null;
}

/** Ends what a venue has, and makes the next where `code` makes one. In a transaction: the venue is locked meanwhile. */
export async function changePoster(
  session: Session,
  venueId: number,
  code: ((posterNo: number) => Promise<Uint8Array>) | null,
  nowMs: number,
): Promise<void> {
  await session.query('SELECT 1 FROM venue WHERE venue_id = $1 FOR UPDATE', [venueId]);
  const now = new Date(nowMs);
  await session.query('UPDATE poster SET ended_at = $2 WHERE venue_id = $1 AND ended_at IS NULL', [
    venueId,
    now,
  ]);
  if (code === null) return;
  const { rows } = await session.query<{ last: number }>(
    'SELECT COALESCE(max(poster_no), 0) AS last FROM poster WHERE venue_id = $1',
    [venueId],
  );
  const posterNo = rows[0]!.last + 1;
  await session.query('INSERT INTO poster (venue_id, poster_no, made_at, code) VALUES ($1, $2, $3, $4)', [
    venueId,
    posterNo,
    now,
    await code(posterNo),
  ]);
}

export async function isTaken(session: Session, venueId: number, visit: Uint8Array): Promise<boolean> {
  const { rows } = await session.query('SELECT 1 FROM poster_taken WHERE venue_id = $1 AND visit = $2', [
    venueId,
    visit,
  ]);
  return rows.length > 0;
}

/** False where the visit was taken before; waits for a node that is taking it now. */
export async function takeVisit(
  session: Session,
  venueId: number,
  visit: Uint8Array,
  dayStart: number,
): Promise<boolean> {
  const { rows } = await session.query(
    `INSERT INTO poster_taken (venue_id, visit, day_start) VALUES ($1, $2, $3)
     ON CONFLICT (venue_id, visit) DO NOTHING RETURNING 1`,
    [venueId, visit, new Date(dayStart * 1000)],
  );
  return rows.length > 0;
}

/** Counts a visit of a poster's day, and answers how many there are with it. */
export async function countVisit(
  session: Session,
  venueId: number,
  posterNo: number,
  dayStart: number,
): Promise<number> {
  const { rows } = await session.query<{ visits: number }>(
    `INSERT INTO poster_day (venue_id, poster_no, day_start, visits) VALUES ($1, $2, $3, 1)
     ON CONFLICT (venue_id, poster_no, day_start) DO UPDATE SET visits = poster_day.visits + 1 RETURNING visits`,
    [venueId, posterNo, new Date(dayStart * 1000)],
  );
  return rows[0]!.visits;
}
