import { int2Array, int4Array, int8Array, type Session, type Value } from '../../db/index.ts';
import type { RetentionDays } from '../retention-days.ts';

/** A stretch with rows that are not counted yet: those after `from`, up to `to`. */
export interface Uncounted {
  readonly venueId: number;
  readonly gateNo: number;
  readonly from: number;
  readonly to: number;
}

/** A local day of a venue, as its place among the kept days. */
export interface VenueDay {
  readonly venueId: number;
  readonly day: number;
}

/** A place in the order of stretches: venue and number. */
export type StretchPlace = readonly [venueId: number, gateNo: number];

/** Some stretches after a place whose head is beyond what was counted, in order of venue and number; of canaries none. */
export async function uncounted(
  session: Session,
  after: StretchPlace,
  limit: number,
): Promise<readonly Uncounted[]> {
  const { rows } = await session.query<Uncounted>(
    `SELECT h.venue_id AS "venueId", h.gate_no AS "gateNo", h.counter AS "to", COALESCE(c.counter, g.start_counter) AS "from"
     FROM gate_head h JOIN gate g ON g.venue_id = h.venue_id AND g.gate_no = h.gate_no
     JOIN venue v ON v.venue_id = h.venue_id AND NOT v.specimen
     LEFT JOIN gate_counted c ON c.venue_id = h.venue_id AND c.gate_no = h.gate_no
     WHERE (h.venue_id, h.gate_no) > ($1::int8, $2::int2) AND h.counter > COALESCE(c.counter, g.start_counter)
     ORDER BY h.venue_id, h.gate_no LIMIT $3`,
    [...after, limit],
  );
  return rows;
}

/** The arrays `$1` to `$4` of a list of stretches. */
export const columnsOf = (list: readonly Uncounted[]): Value[] => [
  int8Array(list.map((one) => one.venueId)),
  int2Array(list.map((one) => one.gateNo)),
  int4Array(list.map((one) => one.from)),
  int4Array(list.map((one) => one.to)),
];

const NEW = `unnest($1::int8[], $2::int2[], $3::int4[], $4::int4[]) w (venue_id, gate_no, lo, hi)`;

interface Found extends VenueDay {
  readonly gateNo: number;
  readonly rows: number;
}

async function daysIn(
  session: Session,
  list: readonly Uncounted[],
  days: RetentionDays,
  fromDay: number,
): Promise<readonly Found[]> {
  const all = days.days;
  const bounds = [...all.map(({ from }) => from), all[all.length - 1]!.to];
  const { rows } = await session.query<Found>(
    `SELECT e.venue_id AS "venueId", e.gate_no AS "gateNo", width_bucket(e.entered_at, $5::timestamptz[]) - 1 AS day, count(*) AS rows
     FROM ${NEW} JOIN entry e ON e.venue_id = w.venue_id AND e.gate_no = w.gate_no AND e.counter > w.lo AND e.counter <= w.hi
     WHERE e.entered_at >= $6 AND e.entered_at < $7 GROUP BY 1, 2, 3`,
    [
      ...columnsOf(list),
      bounds.map((at) => new Date(at * 1000)),
      new Date(all[fromDay]!.from * 1000),
      new Date(bounds[bounds.length - 1]! * 1000),
    ],
  );
  return rows;
}

const nameOf = (one: { readonly venueId: number; readonly gateNo: number }) => `${one.venueId}/${one.gateNo}`;

/**
 * The days that hold the uncounted rows. Nearly all are of today and yesterday, so only those are looked into first; where
 * that does not account for every counter (late entries), the kept days are searched.
 */
export async function daysOfNewRows(
  session: Session,
  list: readonly Uncounted[],
  days: RetentionDays,
): Promise<readonly VenueDay[]> {
  const today = days.days.findIndex(({ day }) => day === days.today);
  const recent = await daysIn(session, list, days, Math.max(0, today - 1));
  const missing = new Map(list.map((one) => [nameOf(one), one.to - one.from]));
  const accountFor = (one: { venueId: number; gateNo: number; rows: number }) =>
    missing.set(nameOf(one), (missing.get(nameOf(one)) ?? 0) - one.rows);
  recent.forEach(accountFor);
  const refused = await session.query<{ venueId: number; gateNo: number; rows: number }>(
    `SELECT r.venue_id AS "venueId", r.gate_no AS "gateNo", count(*) AS rows
     FROM ${NEW} JOIN rejected r ON r.venue_id = w.venue_id AND r.gate_no = w.gate_no AND r.counter > w.lo AND r.counter <= w.hi
     GROUP BY 1, 2`,
    columnsOf(list),
  );
  refused.rows.forEach(accountFor);
  const late = list.filter((one) => (missing.get(nameOf(one)) ?? 0) > 0);
  return late.length === 0 ? recent : [...recent, ...(await daysIn(session, late, days, 0))];
}
