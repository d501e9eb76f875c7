import { CHECK_CODES, ENTRY_FLAGS, RECORD_CODES } from '@munjigi/core/chain';
import type { Database } from '../db/index.ts';
import type { RetentionDays } from './retention-days.ts';
import type { RegisterRow } from './types.ts';

const nameOf = (codes: Readonly<Record<string, number>>, code: number): string =>
  Object.keys(codes).find((name) => codes[name] === code) ?? '';

interface Stored {
  readonly at: number;
  readonly checkCode: number;
  readonly recordCode: number;
  readonly kind: number;
  readonly gateNo: number;
  readonly counter: number;
  readonly flags: number;
  readonly box: string;
  readonly receivedAtMs: number;
}

const MOST = 200;

/** A venue's newest entries by time of entering, and how many there are: kept days only. */
export async function newestRows(
  db: Database,
  days: RetentionDays,
  venueId: number,
  { afterMs = 0, limit = MOST }: { afterMs?: number; limit?: number },
): Promise<{ rows: RegisterRow[]; total: number }> {
  const window = days.days;
  const from = Math.max(window[0]!.from * 1000, afterMs);
  const bounds = [venueId, new Date(window[0]!.from * 1000), new Date(window[window.length - 1]!.to * 1000)];
  const { rows } = await db.query<Stored>(
    `SELECT extract(epoch FROM e.entered_at)::int8 AS at, e.check_code AS "checkCode", e.record_code AS "recordCode", e.kind,
            e.gate_no AS "gateNo", e.counter, e.flags, encode(substring(e.subject FROM 13 FOR 8), 'hex') AS box,
            ((extract(epoch FROM COALESCE(e.claimed_at, e.entered_at)) + e.late_s) * 1000)::int8 AS "receivedAtMs"
     FROM entry e WHERE e.venue_id = $1 AND e.entered_at >= $2 AND e.entered_at < $3 AND e.entered_at >= $4
     ORDER BY e.entered_at DESC, e.gate_no DESC, e.counter DESC LIMIT $5`,
    [...bounds, new Date(from), Math.min(limit, 500)],
  );
  const total = await db.query<{ total: number }>(
    'SELECT count(*) AS total FROM entry WHERE venue_id = $1 AND entered_at >= $2 AND entered_at < $3',
    bounds,
  );
  return {
    total: total.rows[0]!.total,
    rows: rows.map((row) => ({
      at: row.at,
      check: nameOf(CHECK_CODES, row.checkCode),
      record: nameOf(RECORD_CODES, row.recordCode),
      kind: row.kind === 1 ? 'void' : 'entry',
      gateNo: row.gateNo,
      counter: row.counter,
      box: row.box,
      receivedAtMs: row.receivedAtMs,
      confirmed: (row.flags & ENTRY_FLAGS['unconfirmed-gate']) === 0,
    })),
  };
}
