import type { Session } from '../../db/index.ts';
import { SEEN } from '../stretch.ts';
import type { DeviceRole } from './codes.ts';
import type { NotConfirmed } from './delegations.ts';

/** A gate as its owner and the operators see it: where it stands, and what it said of itself last. */
export interface ListedGate {
  readonly venueId: number;
  readonly venueName: string;
  readonly gateNo: number;
  readonly name: string;
  readonly role: DeviceRole;
  readonly state: 'confirmed' | 'unconfirmed' | 'revoked';
  readonly unconfirmed: NotConfirmed | null;
  readonly enrolledMs: number;
  /** The register holds the gate's entries up to here without a gap. */
  readonly counter: number;
  readonly revokedAfter: number | null;
  /** When its newest receipt was signed; null before the first. */
  readonly lastReceiptMs: number | null;
  readonly forked: boolean;
  /** What it said with its last upload; null before the first. */
  readonly report: {
    readonly bundleSequence: number;
    readonly pending: number;
    readonly app: string | null;
    readonly reportedMs: number;
  } | null;
}

type Row = Omit<ListedGate, 'report' | 'state' | 'forked'> & {
  readonly seen: number;
  readonly bundleSequence: number | null;
  readonly pending: number | null;
  readonly app: string | null;
  readonly reportedMs: number | null;
};

const ms = (column: string) => `(extract(epoch FROM ${column}) * 1000)::int8`;

/**
 * Gates, one row for each chain. Its stretches are folded: the counter is that of the longest one that starts at the genesis or
 * was joined to it; a fork or a mark on any of them is shown.
 */
export async function listGates(
  session: Session,
  which: { readonly venueId: number } | { readonly afterVenue: number; readonly limit: number },
): Promise<readonly ListedGate[]> {
  const one = 'venueId' in which;
  const { rows } = await session.query<Row>(
    `SELECT g.venue_id AS "venueId", v.name AS "venueName", g.gate_no AS "gateNo", g.name, g.role,
            ${ms('g.enrolled_at')} AS "enrolledMs", s.counter, s.seen, s.revoked_after AS "revokedAfter",
            ${ms('s.receipt_at')} AS "lastReceiptMs", d.reason AS unconfirmed, r.bundle_sequence AS "bundleSequence",
            r.pending, r.app, ${ms('r.reported_at')} AS "reportedMs"
     FROM gate g JOIN venue v ON v.venue_id = g.venue_id
     JOIN LATERAL (
       SELECT max(h.counter) FILTER (WHERE o.start_counter = 0 OR o.parent_no IS NOT NULL) AS counter,
              bit_or(h.seen) AS seen, max(h.receipt_at) AS receipt_at, min(o.revoked_after) AS revoked_after
       FROM gate o JOIN gate_head h ON h.venue_id = o.venue_id AND h.gate_no = o.gate_no
       WHERE o.venue_id = g.venue_id AND o.thumbprint = g.thumbprint) s ON true
     LEFT JOIN delegation d ON d.venue_id = g.venue_id AND d.thumbprint = g.thumbprint
     LEFT JOIN gate_report r ON r.venue_id = g.venue_id AND r.thumbprint = g.thumbprint
     WHERE g.start_counter = 0 AND g.parent_no IS NULL AND NOT ${isChannel('g')} AND ${one ? 'g.venue_id = $1' : 'g.venue_id > $1'}
     ORDER BY g.venue_id, g.gate_no LIMIT $2`,
    one ? [which.venueId, 500] : [which.afterVenue, which.limit],
  );
  return rows.map(({ seen, bundleSequence, pending, app, reportedMs, ...row }) => ({
    ...row,
    state: row.revokedAfter !== null ? 'revoked' : seen & SEEN.unconfirmed ? 'unconfirmed' : 'confirmed',
    forked: (seen & SEEN.forked) !== 0,
    report:
      bundleSequence === null || pending === null || reportedMs === null
        ? null
        : { bundleSequence, pending, app, reportedMs },
  }));
}

/** True of a chain that no device writes. */
export const isChannel = (gate: string): string =>
  `EXISTS (SELECT 1 FROM channel c WHERE c.venue_id = ${gate}.venue_id AND c.thumbprint = ${gate}.thumbprint)`;

/** Since when nothing came from a venue, where it was told so and nothing has come since; as a subquery. */
export const quietSince = (venueId: string): string =>
  `SELECT ${ms('n.quiet_since')} FROM nudge n WHERE n.venue_id = ${venueId}
   AND NOT EXISTS (SELECT 1 FROM gate_head x WHERE x.venue_id = ${venueId} AND x.receipt_at > n.made_at)
   ORDER BY n.week DESC LIMIT 1`;

/** What the register tells a gate of itself. */
export interface GateNews {
  readonly state: 'confirmed' | 'unconfirmed' | 'revoked';
  /** Its name at the register, which its owner may have changed. */
  readonly name: string;
  /** Entries after this counter are marked; null where it is not revoked. */
  readonly revokedAfter: number | null;
  readonly unconfirmed: NotConfirmed | null;
  /** Since when nothing came from the whole venue, where that is a week or longer. */
  readonly quietSinceMs: number | null;
  /**
   * The first successor that this key signed, where the register has taken one: whoever still writes under the key and has
   * signed none knows by it that another device has the same key.
   */
  readonly successor: Uint8Array | null;
}

/** The news for one gate, or null where it is not known. */
export async function gateNews(
  session: Session,
  venueId: number,
  thumbprint: Uint8Array,
): Promise<GateNews | null> {
  const { rows } = await session.query<Omit<GateNews, 'state'> & { readonly seen: number }>(
    `SELECT (array_agg(g.name ORDER BY g.gate_no))[1] AS name, bit_or(h.seen) AS seen, min(g.revoked_after) AS "revokedAfter",
            (array_agg(d.reason))[1] AS unconfirmed,
            (${quietSince('$1')}) AS "quietSinceMs",
            (SELECT s.signed FROM delegation s WHERE s.venue_id = $1 AND s.given_by = $2 AND s.succeeds
             ORDER BY s.seen_at LIMIT 1) AS successor
     FROM gate g JOIN gate_head h ON h.venue_id = g.venue_id AND h.gate_no = g.gate_no
     LEFT JOIN delegation d ON d.venue_id = g.venue_id AND d.thumbprint = g.thumbprint
     WHERE g.venue_id = $1 AND g.thumbprint = $2 HAVING count(*) > 0`,
    [venueId, thumbprint],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const { seen, ...news } = row;
  return {
    ...news,
    state: news.revokedAfter !== null ? 'revoked' : seen & SEEN.unconfirmed ? 'unconfirmed' : 'confirmed',
  };
}
