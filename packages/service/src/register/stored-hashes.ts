import { CHECK_CODES, ENTRY_FLAGS, entryHash, KIND_CODES, RECORD_CODES } from '@munjigi/core/chain';
import type { Session } from '../db/index.ts';
import { type Rejection, rejectionOf } from './judge.ts';
import type { RetentionDays } from './retention-days.ts';
import type { Stretch } from './stretch.ts';

/** What a stretch is known to hold between two counters. */
export interface StoredHashes {
  /** The hash after that counter; undefined where its entry is gone with its day and no receipt stands there. */
  at(counter: number): Uint8Array | undefined;
  /** Why the entry of that counter was not kept, or undefined. */
  rejection(counter: number): Rejection | undefined;
}

const nameOf = <K extends string>(codes: Readonly<Record<K, number>>, code: number): K =>
  (Object.keys(codes) as K[]).find((name) => codes[name] === code)!;

/** What an entry's hash is computed from, as it is stored. */
export interface StoredRow {
  readonly counter: number;
  readonly claimedS: number;
  readonly checkCode: number;
  readonly recordCode: number;
  readonly kind: number;
  readonly flags: number;
  readonly dayKeyId: number;
  readonly subjectHash: Uint8Array;
  readonly anchor: Uint8Array;
}

/**
 * Computes the hashes of a stretch again from its rows, for the counters `from` to `to`. Starts at the newest receipt at or
 * below `from` (or where the stretch starts), so that few rows are read.
 */
export async function storedHashes(
  session: Session,
  days: RetentionDays,
  stretch: Stretch,
  from: number,
  to: number,
): Promise<StoredHashes> {
  const place = [stretch.venueId, stretch.gateNo] as const;
  const last = Math.min(to, stretch.counter);
  const points = new Map<number, Uint8Array>([
    [stretch.startCounter, stretch.startHash],
    [stretch.counter, stretch.head],
  ]);
  const receipts = await session.query<{ counter: number; head: Uint8Array }>(
    `(SELECT counter, head FROM receipt WHERE venue_id = $1 AND gate_no = $2 AND counter <= $3 ORDER BY counter DESC LIMIT 1)
     UNION ALL (SELECT counter, head FROM receipt WHERE venue_id = $1 AND gate_no = $2 AND counter > $3 AND counter <= $4)`,
    [...place, from, last],
  );
  for (const { counter, head } of receipts.rows) points.set(counter, head);
  const base = Math.max(stretch.startCounter, ...[...points.keys()].filter((counter) => counter <= from));

  const refused = await session.query<{ counter: number; hash: Uint8Array; reason: number }>(
    'SELECT counter, hash, reason FROM rejected WHERE venue_id = $1 AND gate_no = $2 AND counter > $3 AND counter <= $4',
    [...place, base, last],
  );
  const rejected = new Map(refused.rows.map((row) => [row.counter, row]));

  // Both bounds of entered_at, so that only days that are kept are looked into.
  const window = days.days;
  const stored = await session.query<StoredRow>(
    `SELECT e.counter, extract(epoch FROM COALESCE(e.claimed_at, e.entered_at))::int8 AS "claimedS", e.check_code AS "checkCode",
            e.record_code AS "recordCode", e.kind, e.flags, e.day_key_id AS "dayKeyId", e.subject_hash AS "subjectHash", a.hash AS anchor
     FROM entry e JOIN anchor a ON a.venue_id = e.venue_id AND a.gate_no = e.gate_no AND a.anchor_ref = e.anchor_ref
     WHERE e.venue_id = $1 AND e.gate_no = $2 AND e.counter > $3 AND e.counter <= $4 AND e.entered_at >= $5 AND e.entered_at < $6`,
    [...place, base, last, new Date(window[0]!.from * 1000), new Date(window[window.length - 1]!.to * 1000)],
  );
  const rows = new Map(stored.rows.map((row) => [row.counter, row]));

  const known = new Map<number, Uint8Array>();
  let hash = points.get(base);
  if (hash) known.set(base, hash);
  for (let counter = base + 1; counter <= last; counter++) {
    const row = rows.get(counter);
    const no = rejected.get(counter);
    hash = points.get(counter) ?? no?.hash ?? (row && hash ? hashOf(row, stretch, hash) : undefined);
    if (hash) known.set(counter, hash);
  }
  return {
    at: (counter) => known.get(counter),
    rejection: (counter) => {
      const no = rejected.get(counter);
      return no && rejectionOf(no.reason);
    },
  };
}

/** The hash of a stored entry that follows `previous`. */
export function hashOf(
  row: StoredRow,
  stretch: Pick<Stretch, 'venueId' | 'thumbprint'>,
  previous: Uint8Array,
): Uint8Array {
  return entryHash(
    {
      venueId: stretch.venueId,
      counter: row.counter,
      enteredAt: row.claimedS,
      check: nameOf(CHECK_CODES, row.checkCode),
      record: nameOf(RECORD_CODES, row.recordCode),
      kind: nameOf(KIND_CODES, row.kind),
      dayKeyId: row.dayKeyId,
      subject: new Uint8Array(0),
      anchor: row.anchor,
      clockUnknown: (row.flags & ENTRY_FLAGS.clock) !== 0,
    },
    stretch.thumbprint,
    previous,
    row.subjectHash,
  );
}
