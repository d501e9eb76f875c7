import type { Session } from '../db/index.ts';

/** Marks of a stretch, as bits of gate_head.seen. */
export const SEEN = { forked: 1, regressed: 2, revoked: 4, several: 8, unconfirmed: 16 } as const;

/**
 * One unbroken stretch of a gate's chain, and where it stands. An ordinary gate has one, which starts at the genesis.
 * A fork or a batch whose parent is missing opens another one.
 */
export interface Stretch {
  readonly venueId: number;
  readonly gateNo: number;
  readonly thumbprint: Uint8Array;
  readonly startCounter: number;
  readonly startHash: Uint8Array;
  readonly parentNo: number | null;
  readonly revokedAfter: number | null;
  readonly regressedAt: Date | null;
  readonly counter: number;
  readonly head: Uint8Array;
  readonly seen: number;
  readonly receivedAtMs: number;
  readonly receiptHash: Uint8Array | null;
  readonly receiptAtMs: number | null;
  /** Up to which counter of this stretch a verified backup holds everything; null where none does. */
  readonly backedUpTo: number | null;
  /** True where the gap before this stretch was closed without its entries, which are past retention. */
  readonly gapClosed: boolean;
}

const COLUMNS = `g.venue_id AS "venueId", g.gate_no AS "gateNo", g.thumbprint, g.start_counter AS "startCounter",
  g.start_hash AS "startHash", g.parent_no AS "parentNo", g.revoked_after AS "revokedAfter", g.regressed_at AS "regressedAt",
  h.counter, h.head, h.seen, (extract(epoch FROM h.received_at) * 1000)::int8 AS "receivedAtMs",
  h.receipt_hash AS "receiptHash", (extract(epoch FROM h.receipt_at) * 1000)::int8 AS "receiptAtMs",
  (SELECT s.counter FROM safe_mark s WHERE s.venue_id = g.venue_id AND s.gate_no = g.gate_no) AS "backedUpTo",
  g.gap_closed_at IS NOT NULL AS "gapClosed"`;
const JOINED = 'gate g JOIN gate_head h ON h.venue_id = g.venue_id AND h.gate_no = g.gate_no';

/** The stretches of one gate, in order of their numbers; locked until the transaction ends where asked. */
export async function stretchesOf(
  session: Session,
  venueId: number,
  thumbprint: Uint8Array,
  lock = false,
): Promise<Stretch[]> {
  const { rows } = await session.query<Stretch>(
    `SELECT ${COLUMNS} FROM ${JOINED} WHERE g.venue_id = $1 AND g.thumbprint = $2 ORDER BY g.gate_no${lock ? ' FOR UPDATE OF g, h' : ''}`,
    [venueId, thumbprint],
  );
  return [...rows];
}

/** The stretches of many gates at once. */
export async function stretchesOfMany(
  session: Session,
  gates: readonly { readonly venueId: number; readonly thumbprint: Uint8Array }[],
): Promise<readonly Stretch[]> {
  const { rows } = await session.query<Stretch>(
    `SELECT ${COLUMNS} FROM unnest($1::int8[], $2::bytea[]) w (venue_id, thumbprint)
     JOIN ${JOINED} ON g.venue_id = w.venue_id AND g.thumbprint = w.thumbprint ORDER BY g.venue_id, g.gate_no`,
    [gates.map((gate) => gate.venueId), gates.map((gate) => gate.thumbprint)],
  );
  return rows;
}

/**
 * Writes to a head that is only read: an answer that names what is stored must wait for a standby as the storing did, and
 * a commit without a write waits for nobody.
 */
export async function touch(
  session: Session,
  stretch: Pick<Stretch, 'venueId' | 'gateNo'>,
  nowMs: number,
): Promise<void> {
  await session.query('UPDATE gate_head SET received_at = $3 WHERE venue_id = $1 AND gate_no = $2', [
    stretch.venueId,
    stretch.gateNo,
    new Date(nowMs),
  ]);
}

/** Opens a new stretch and answers its number: the next one of the venue, whose row is locked meanwhile. */
export async function openStretch(
  session: Session,
  stretch: {
    readonly venueId: number;
    readonly gateKey: Uint8Array;
    readonly thumbprint: Uint8Array;
    readonly name: string;
    readonly startCounter: number;
    readonly startHash: Uint8Array;
    readonly parentNo: number | null;
    readonly revokedAfter: number | null;
    readonly seen: number;
    readonly receiptHash: Uint8Array | null;
    readonly nowMs: number;
    readonly today: string;
  },
): Promise<number> {
  await session.query('SELECT 1 FROM venue WHERE venue_id = $1 FOR UPDATE', [stretch.venueId]);
  const { rows } = await session.query<{ gateNo: number }>(
    `INSERT INTO gate (venue_id, gate_no, gate_key, thumbprint, name, enrolled_at, start_counter, start_hash, parent_no, revoked_after)
     SELECT $1, COALESCE(max(gate_no), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9 FROM gate WHERE venue_id = $1
     RETURNING gate_no AS "gateNo"`,
    [
      stretch.venueId,
      stretch.gateKey,
      stretch.thumbprint,
      stretch.name,
      new Date(stretch.nowMs),
      stretch.startCounter,
      stretch.startHash,
      stretch.parentNo,
      stretch.revokedAfter,
    ],
  );
  const { gateNo } = rows[0]!;
  await session.query(
    `INSERT INTO gate_head (venue_id, gate_no, counter, head, received_at, day, seen, receipt_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      stretch.venueId,
      gateNo,
      stretch.startCounter,
      stretch.startHash,
      new Date(stretch.nowMs),
      stretch.today,
      stretch.seen,
      stretch.receiptHash,
    ],
  );
  return gateNo;
}
