import type { Head } from '@munjigi/core/chain';
import type { Session } from '../db/index.ts';
import { lastReceiptHash } from './late-receipt.ts';
import type { Receipts } from './receipts.ts';
import { safeCounterOf } from './standing.ts';
import type { Stretch } from './stretch.ts';

/**
 * A receipt over a place below the one that the chain was signed for: for a gate that was put back to an older state and cannot
 * compare what came after. With the time of the receipt that covers the place; where none does, it stays as it is.
 * @param path the stretches from the genesis to the one that holds the place
 */
export async function receiptBelow(
  session: Session,
  receipts: Receipts,
  stretches: readonly Stretch[],
  path: readonly Stretch[],
  signed: Uint8Array | null,
  place: Head,
): Promise<Uint8Array | null> {
  const said = signed && (await receipts.open(signed));
  const holder = path.find((one) => one.startCounter < place.counter && place.counter <= one.counter);
  if (!said || !holder || said.head.counter <= place.counter) return signed;
  const { venueId, gate, receivedAtMs } = said;
  const before = await lastReceiptHash(session, holder, place.counter);
  const safe = Math.min(place.counter, safeCounterOf(stretches, holder));
  const again = await receipts.sign({ venueId, gate }, place, receivedAtMs, before, safe);
  await remember(session, venueId, again.hash, holder.gateNo, receivedAtMs);
  return again.signed;
}

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
  await remember(session, venueId, again.hash, tip.gateNo, receivedAtMs);
  return again.signed;
}

/** Entries may name it. */
async function remember(
  session: Session,
  venueId: number,
  hash: Uint8Array,
  gateNo: number,
  receivedAtMs: number,
): Promise<void> {
  await session.query(
    `INSERT INTO receipt_again (venue_id, hash, gate_no, received_at) VALUES ($1, $2, $3, $4) ON CONFLICT (venue_id, hash) DO NOTHING`,
    [venueId, hash, gateNo, new Date(receivedAtMs)],
  );
}
