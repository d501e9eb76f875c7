import { equalBytes } from '@munjigi/core/encoding';
import type { Session } from '../db/index.ts';
import type { Receipts } from './receipts.ts';
import { mainTip } from './standing.ts';
import { SEEN, type Stretch } from './stretch.ts';
import type { Alarm } from './types.ts';

/**
 * A gate shows a receipt of ours. Where it covers entries that are not here, the register lost them: its database was put
 * back, or another one took its place. That is written down and told to the operators; the gates hold what is missing.
 */
export async function noteRegression(
  session: Session,
  { receipts }: { readonly receipts: Receipts },
  stretches: readonly { -readonly [K in keyof Stretch]: Stretch[K] }[],
  shown: Uint8Array,
  nowMs: number,
): Promise<Alarm | null> {
  const [first] = stretches;
  const receipt = await receipts.open(shown);
  if (first === undefined || receipt === null) return null;
  if (receipt.venueId !== first.venueId || !equalBytes(receipt.gate, first.thumbprint)) return null;
  if (receipt.head.counter <= mainTip(stretches).counter) return null;
  const again = first.regressedAt !== null;
  await session.query(
    'UPDATE gate SET regressed_at = COALESCE(regressed_at, $3) WHERE venue_id = $1 AND gate_no = $2',
    [first.venueId, first.gateNo, new Date(nowMs)],
  );
  if ((first.seen & SEEN.regressed) === 0) {
    first.seen |= SEEN.regressed;
    await session.query('UPDATE gate_head SET seen = $3 WHERE venue_id = $1 AND gate_no = $2', [
      first.venueId,
      first.gateNo,
      first.seen,
    ]);
  }
  return again ? null : { kind: 'regressed', venueId: first.venueId, gateNo: first.gateNo };
}
