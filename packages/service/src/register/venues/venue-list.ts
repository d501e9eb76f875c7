import { ApiError } from '../../contracts/index.ts';
import type { Session } from '../../db/index.ts';
import type { Who } from '../../lib/who.ts';
import type { VenueFields } from '../types.ts';
import { isChannel, quietSince } from './gate-list.ts';
import { isOperator } from './people.ts';

export interface ListedVenue extends VenueFields {
  readonly venueId: number;
  readonly createdMs: number;
  /** Devices enrolled, revoked ones included. */
  readonly gates: number;
  readonly lastReceiptMs: number | null;
  /** Since when nothing has come, where that is a week or longer. */
  readonly quietSinceMs: number | null;
}

const SELECT = `SELECT v.venue_id AS "venueId", v.name, v.kind, v.region,
  (extract(epoch FROM v.created_at) * 1000)::int8 AS "createdMs",
  (SELECT count(DISTINCT g.thumbprint) FROM gate g WHERE g.venue_id = v.venue_id AND NOT ${isChannel('g')}) AS gates,
  (SELECT (extract(epoch FROM max(h.receipt_at)) * 1000)::int8 FROM gate_head h WHERE h.venue_id = v.venue_id) AS "lastReceiptMs",
  (${quietSince('v.venue_id')}) AS "quietSinceMs"
  FROM venue v`;

/** The venues that somebody may see: owners and staff their own, an operator all, in pages of 200 by number. */
export async function listVenues(session: Session, who: Who, after = 0): Promise<readonly ListedVenue[]> {
  const { rows } = await session.query<ListedVenue>(
    `${SELECT} WHERE v.venue_id > $1 AND ($2 OR v.venue_id = ANY($3::int8[])) ORDER BY v.venue_id LIMIT 200`,
    [after, isOperator(who), [...who.venueIds]],
  );
  return rows;
}

/** One venue. Throws `register.venue-unknown`. */
export async function venueOf(session: Session, venueId: number): Promise<ListedVenue> {
  const { rows } = await session.query<ListedVenue>(`${SELECT} WHERE v.venue_id = $1`, [venueId]);
  if (rows[0] === undefined) throw new ApiError('register.venue-unknown');
  return rows[0];
}

/** Gives a gate another name. Throws `register.gate-unknown`. */
export async function renameGate(
  session: Session,
  venueId: number,
  gateNo: number,
  name: string,
): Promise<void> {
  const { count } = await session.query('UPDATE gate SET name = $3 WHERE venue_id = $1 AND gate_no = $2', [
    venueId,
    gateNo,
    name,
  ]);
  if (count === 0) throw new ApiError('register.gate-unknown');
}
