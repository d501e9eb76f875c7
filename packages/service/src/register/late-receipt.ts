import type { Session } from '../db/index.ts';
import type { Receipts } from './receipts.ts';
import { pathTo, safeCounterOf } from './standing.ts';
import type { Stretch } from './stretch.ts';

/** Hash of the newest receipt of a stretch at or below a counter, or null. */
export async function lastReceiptHash(
  session: Session,
  stretch: Pick<Stretch, 'venueId' | 'gateNo'>,
  counter: number,
): Promise<Uint8Array | null> {
  const { rows } = await session.query<{ hash: Uint8Array }>(
    'SELECT hash FROM receipt WHERE venue_id = $1 AND gate_no = $2 AND counter <= $3 ORDER BY counter DESC LIMIT 1',
    [stretch.venueId, stretch.gateNo, counter],
  );
  return rows[0]?.hash ?? null;
}

/**
 * A stretch that waited without its parent has no receipt: a gate would take it for a receipt of what is missing, too. It
 * gets one as soon as nothing is missing before it.
 */
export async function lateReceipt(
  session: Session,
  receipts: Receipts,
  stretches: readonly Stretch[],
  stretch: { -readonly [K in keyof Stretch]: Stretch[K] },
  nowMs: number,
): Promise<void> {
  if (stretch.receiptAtMs !== null || stretch.counter === stretch.startCounter) return;
  const path = pathTo(stretches, stretch);
  if (path === null) return;
  const parent = path[path.length - 2];
  const previous = parent ? await lastReceiptHash(session, parent, stretch.startCounter) : null;
  const head = { counter: stretch.counter, hash: stretch.head };
  const chain = { venueId: stretch.venueId, gate: stretch.thumbprint };
  const receipt = await receipts.sign(chain, head, nowMs, previous, safeCounterOf(stretches, stretch));
  const at = new Date(nowMs);
  const { venueId, gateNo } = stretch;
  await session.query(
    `INSERT INTO receipt (venue_id, gate_no, counter, head, received_at, hash, signed) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [venueId, gateNo, head.counter, head.hash, at, receipt.hash, receipt.signed],
  );
  await session.query(
    'UPDATE gate_head SET receipt_hash = $3, receipt_at = $4, received_at = $4 WHERE venue_id = $1 AND gate_no = $2',
    [venueId, gateNo, receipt.hash, at],
  );
  stretch.receiptHash = receipt.hash;
  stretch.receiptAtMs = nowMs;
  stretch.receivedAtMs = nowMs;
}
