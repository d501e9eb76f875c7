import type { Database, Session } from '../db/index.ts';
import { lateReceipt } from './late-receipt.ts';
import type { Receipts } from './receipts.ts';
import { pathTo } from './standing.ts';
import { type Stretch, stretchesOf } from './stretch.ts';

/** Gates whose gaps one run closes at most; the next run goes on. */
const MOST = 1_000;

/**
 * Closes gaps that nothing can fill any more: a stretch that has waited for its parent since before the oldest kept day. What
 * is missing was made before it came, so it is older still, and would be refused as expired. The stretch is hung onto what
 * is here before it, with a mark that says when, its entries keep the flag `gap`, and the gate gets its receipt at last.
 * @returns how many gaps were closed
 */
export async function closeGaps(
  parts: { readonly db: Database; readonly receipts: Receipts },
  oldestMs: number,
  nowMs: number,
): Promise<number> {
  const { rows } = await parts.db.query<{ venueId: number; thumbprint: Uint8Array }>(
    `SELECT DISTINCT venue_id AS "venueId", thumbprint FROM gate
     WHERE parent_no IS NULL AND start_counter > 0 AND enrolled_at < $1 LIMIT $2`,
    [new Date(oldestMs), MOST],
  );
  let closed = 0;
  for (const { venueId, thumbprint } of rows) {
    closed += await parts.db.tx(async (session) => {
      const stretches = await stretchesOf(session, venueId, thumbprint, true);
      return closeOf(session, parts.receipts, stretches, oldestMs, nowMs);
    });
  }
  return closed;
}

async function closeOf(
  session: Session,
  receipts: Receipts,
  stretches: { -readonly [K in keyof Stretch]: Stretch[K] }[],
  oldestMs: number,
  nowMs: number,
): Promise<number> {
  let closed = 0;
  for (const stretch of [...stretches].sort((a, b) => a.startCounter - b.startCounter)) {
    if (stretch.parentNo !== null || stretch.startCounter === 0) continue;
    const { rows } = await session.query<{ old: boolean }>(
      'SELECT enrolled_at < $3 AS old FROM gate WHERE venue_id = $1 AND gate_no = $2',
      [stretch.venueId, stretch.gateNo, new Date(oldestMs)],
    );
    const before = stretches
      .filter((one) => one.counter <= stretch.startCounter && pathTo(stretches, one) !== null)
      .sort((a, b) => b.counter - a.counter)[0];
    if (!rows[0]?.old || before === undefined) continue;
    stretch.parentNo = before.gateNo;
    stretch.gapClosed = true;
    await session.query(
      'UPDATE gate SET parent_no = $3, gap_closed_at = $4 WHERE venue_id = $1 AND gate_no = $2',
      [stretch.venueId, stretch.gateNo, before.gateNo, new Date(nowMs)],
    );
    await lateReceipt(session, receipts, stretches, stretch, nowMs);
    closed += 1;
  }
  return closed;
}
