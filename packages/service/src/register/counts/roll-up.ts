import { KIND_CODES } from '@munjigi/core/chain';
import { type Database, int2Array, int4Array, int8Array, type Session } from '../../db/index.ts';
import type { OwnLayer } from '../own-layer.ts';
import type { RetentionDays } from '../retention-days.ts';
import { cancelledPlaces, IS_VOID, PLACES, placesOf, type StoredVoid, VOID_COLUMNS } from './cancelled.ts';
import {
  columnsOf,
  daysOfNewRows,
  type StretchPlace,
  type Uncounted,
  uncounted,
  type VenueDay,
} from './new-rows.ts';

export interface RollUpParts {
  readonly db: Database;
  readonly layer: Pick<OwnLayer, 'find'>;
  readonly days: RetentionDays;
  readonly nowMs: () => number;
}

/** Stretches that one transaction counts: short enough to hold nobody up. */
const SLICE = 200;
const LOCK = 0x4d4a0002;
const DAY_S = 86_400;
/** An entry that came in later than this was kept on its device: its gate could not reach the register. */
const LATE_S = 300;

/**
 * Counts what has been stored since the last time into `venue_hour`: finds the days that new rows fall on (late entries on
 * their true day, voids on the day of what they cancel) and counts those days of those venues anew. A day counted twice is
 * the same, so a crash costs nothing. One node counts at a time; ingest never waits for it.
 * @returns how many stretches were counted
 */
export async function rollUp(parts: RollUpParts): Promise<number> {
  let total = 0;
  let after: StretchPlace = [0, 0];
  for (;;) {
    const counted = await parts.db.tx((session) => slice(session, parts, after));
    const last = counted[counted.length - 1];
    total += counted.length;
    if (last === undefined || counted.length < SLICE) return total;
    after = [last.venueId, last.gateNo];
  }
}

/** Forgets all counts and counts again from the rows that are kept. */
export async function recount(parts: RollUpParts): Promise<number> {
  await parts.db.tx(async (session) => {
    await session.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await session.query('DELETE FROM venue_hour');
    await session.query('DELETE FROM gate_counted');
  });
  return rollUp(parts);
}

async function slice(
  session: Session,
  parts: RollUpParts,
  after: StretchPlace,
): Promise<readonly Uncounted[]> {
  const { rows } = await session.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [
    LOCK,
  ]);
  if (!rows[0]!.mine) return [];
  const list = await uncounted(session, after, SLICE);
  if (list.length === 0) return [];
  const touched = [
    ...(await daysOfNewRows(session, list, parts.days)),
    ...(await daysOfNewVoids(session, parts, list)),
  ];
  await countDays(session, parts, once(touched));
  await session.query(
    `INSERT INTO gate_counted (venue_id, gate_no, counter, counted_at)
     SELECT venue_id, gate_no, counter, $4 FROM ${PLACES}
     ON CONFLICT (venue_id, gate_no) DO UPDATE SET counter = EXCLUDED.counter, counted_at = EXCLUDED.counted_at`,
    [
      int8Array(list.map((one) => one.venueId)),
      int2Array(list.map((one) => one.gateNo)),
      int4Array(list.map((one) => one.to)),
      new Date(parts.nowMs()),
    ],
  );
  return list;
}

const once = (touched: readonly VenueDay[]): readonly VenueDay[] => [
  ...new Map(touched.map(({ venueId, day }) => [`${venueId}/${day}`, { venueId, day }])).values(),
];

/** The days of entries that new voids cancel: they may be older than the void. */
async function daysOfNewVoids(
  session: Session,
  { layer, days }: RollUpParts,
  list: readonly Uncounted[],
): Promise<readonly VenueDay[]> {
  const all = days.days;
  const { rows } = await session.query<StoredVoid>(
    `SELECT ${VOID_COLUMNS} FROM unnest($1::int8[], $2::int2[], $3::int4[], $4::int4[]) w (venue_id, gate_no, lo, hi)
     JOIN entry e ON e.venue_id = w.venue_id AND e.gate_no = w.gate_no AND e.counter > w.lo AND e.counter <= w.hi
     JOIN gate g ON g.venue_id = e.venue_id AND g.gate_no = e.gate_no
     WHERE ${IS_VOID} AND e.entered_at >= $5 AND e.entered_at < $6`,
    [...columnsOf(list), new Date(all[0]!.from * 1000), new Date(all[all.length - 1]!.to * 1000)],
  );
  const places = await cancelledPlaces(session, layer, days, rows);
  if (places.length === 0) return [];
  const found = await session.query<{ venueId: number; atS: number }>(
    `SELECT e.venue_id AS "venueId", extract(epoch FROM e.entered_at)::int8 AS "atS"
     FROM ${PLACES} JOIN entry e ON e.venue_id = p.venue_id AND e.gate_no = p.gate_no AND e.counter = p.counter`,
    placesOf(places),
  );
  return found.rows.flatMap(({ venueId, atS }) => {
    const day = all.findIndex(({ from, to }) => atS >= from && atS < to);
    return day < 0 ? [] : [{ venueId, day }];
  });
}

const DAYS = 'unnest($1::int8[], $2::timestamptz[], $3::timestamptz[]) d (venue_id, lo, hi)';

/** Counts some days of some venues from their rows, in place of what stood there. */
async function countDays(
  session: Session,
  { layer, days }: RollUpParts,
  list: readonly VenueDay[],
): Promise<void> {
  if (list.length === 0) return;
  const all = days.days;
  const bounds = [
    int8Array(list.map((one) => one.venueId)),
    list.map((one) => new Date(all[one.day]!.from * 1000)),
    list.map((one) => new Date(all[one.day]!.to * 1000)),
  ];
  const numbers = list.map((one) => one.day);
  // Both ends as plain values too, so that only the partitions of these days are looked into.
  const first = new Date(all[Math.min(...numbers)]!.from * 1000);
  const last = new Date(all[Math.max(...numbers)]!.to * 1000);
  await session.query(
    `DELETE FROM venue_hour v USING ${DAYS} WHERE v.venue_id = d.venue_id AND v.hour >= d.lo AND v.hour < d.hi`,
    bounds,
  );
  await session.query(
    `INSERT INTO venue_hour (venue_id, hour, check_code, record_code, entries, late)
     SELECT e.venue_id, d.lo + floor(extract(epoch FROM e.entered_at - d.lo) / 3600)::int * interval '1 hour',
            e.check_code, e.record_code, count(*), count(*) FILTER (WHERE e.late_s > ${LATE_S})
     FROM ${DAYS} JOIN entry e ON e.venue_id = d.venue_id AND e.entered_at >= d.lo AND e.entered_at < d.hi
     WHERE e.kind = ${KIND_CODES.entry} AND e.entered_at >= $4 AND e.entered_at < $5 GROUP BY 1, 2, 3, 4`,
    [...bounds, first, last],
  );
  const voids = await session.query<StoredVoid>(
    `SELECT ${VOID_COLUMNS} FROM entry e JOIN gate g ON g.venue_id = e.venue_id AND g.gate_no = e.gate_no
     WHERE e.venue_id = ANY($1::int8[]) AND ${IS_VOID} AND e.entered_at >= $2 AND e.entered_at < $3`,
    [
      int8Array([...new Set(list.map((one) => one.venueId))]),
      // A clock set right in between may put a void before what it cancels.
      new Date(Math.max(all[0]!.from * 1000, first.getTime() - DAY_S * 1000)),
      new Date(all[all.length - 1]!.to * 1000),
    ],
  );
  const places = await cancelledPlaces(session, layer, days, voids.rows);
  if (places.length === 0) return;
  await session.query(
    `UPDATE venue_hour v SET entries = v.entries - less.n
     FROM (SELECT e.venue_id, d.lo + floor(extract(epoch FROM e.entered_at - d.lo) / 3600)::int * interval '1 hour' AS hour,
                  e.check_code, e.record_code, count(*)::int AS n
           FROM unnest($4::int8[], $5::int2[], $6::int4[]) p (venue_id, gate_no, counter)
           JOIN entry e ON e.venue_id = p.venue_id AND e.gate_no = p.gate_no AND e.counter = p.counter
           JOIN ${DAYS} ON d.venue_id = e.venue_id AND e.entered_at >= d.lo AND e.entered_at < d.hi
           WHERE e.kind = ${KIND_CODES.entry} AND e.entered_at >= $7 AND e.entered_at < $8 GROUP BY 1, 2, 3, 4) less
     WHERE v.venue_id = less.venue_id AND v.hour = less.hour AND v.check_code = less.check_code AND v.record_code = less.record_code`,
    [...bounds, ...placesOf(places), first, last],
  );
  await session.query('DELETE FROM venue_hour WHERE venue_id = ANY($1::int8[]) AND entries <= 0', [
    int8Array([...new Set(places.map((one) => one.venueId))]),
  ]);
}
