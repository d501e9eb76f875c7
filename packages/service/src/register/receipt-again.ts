import type { Session } from '../db/index.ts';
import type { Receipts } from './receipts.ts';
import { safeCounterOf } from './standing.ts';
import type { Stretch } from './stretch.ts';

/**
 * A receipt as it was signed; or signed again over the same head, with its original time, where a backup has moved the safe
 * mark since: a gate that has nothing to send learns by it what it may forget. Its hash is kept, for entries may name it.
 */
export async function withSafeMark(
  session: Session,
  receipts: Receipts,
  stretches: readonly Stretch[],
  tip: Stretch,
  signed: Uint8Array | null,
): Promise<Uint8Array | null> {
  const safe = safeCounterOf(stretches, tip);
  if (signed === null || safe === 0) return signed;
  const said = await receipts.open(signed);
  if (said === null || Math.min(safe, said.head.counter) <= said.safeCounter) return signed;
  const { venueId, gate, head, receivedAtMs, previousReceipt } = said;
  const again = await receipts.sign({ venueId, gate }, head, receivedAtMs, previousReceipt, safe);
  await session.query(
    `INSERT INTO receipt_again (venue_id, hash, gate_no, received_at) VALUES ($1, $2, $3, $4) ON CONFLICT (venue_id, hash) DO NOTHING`,
    [venueId, again.hash, tip.gateNo, new Date(receivedAtMs)],
  );
  return again.signed;
}
