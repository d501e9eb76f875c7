import { byteaArray, type Database, int2Array, int4Array, int8Array } from '../db/index.ts';

/** What a verified backup holds of each stretch. */
export interface BackupMarks {
  readonly takenAtMs: number;
  readonly heads: AsyncIterable<BackedUpHead> | Iterable<BackedUpHead>;
}

export interface BackedUpHead {
  readonly venueId: number;
  readonly gateNo: number;
  readonly counter: number;
  /** Hash at that counter. */
  readonly head: Uint8Array;
}

const SLICE = 5_000;

/**
 * Raises the safe mark of each stretch to what a verified backup holds; a mark never goes down, and is
 * raised only where the chain here is the one of the backup.
 * Receipts carry it from then on, and gates may forget what stands below it. Answers how many marks were raised.
 */
export async function raiseSafeMarks(db: Database, marks: BackupMarks): Promise<number> {
  let raised = 0;
  let slice: BackedUpHead[] = [];
  const flush = async () => {
    const { count } = await db.query(
      `INSERT INTO safe_mark (venue_id, gate_no, counter, taken_at)
       SELECT b.venue_id, b.gate_no, b.counter, $4
       FROM unnest($1::int8[], $2::int2[], $3::int4[], $5::bytea[]) b (venue_id, gate_no, counter, head)
       JOIN gate_head h ON h.venue_id = b.venue_id AND h.gate_no = b.gate_no
       WHERE (h.counter = b.counter AND h.head = b.head)
          OR EXISTS (SELECT FROM receipt r WHERE r.venue_id = b.venue_id AND r.gate_no = b.gate_no AND r.counter = b.counter AND r.head = b.head)
       ON CONFLICT (venue_id, gate_no) DO UPDATE SET counter = EXCLUDED.counter, taken_at = EXCLUDED.taken_at
       WHERE safe_mark.counter < EXCLUDED.counter`,
      [
        int8Array(slice.map((one) => one.venueId)),
        int2Array(slice.map((one) => one.gateNo)),
        int4Array(slice.map((one) => one.counter)),
        new Date(marks.takenAtMs),
        byteaArray(slice.map((one) => one.head)),
      ],
    );
    raised += count;
    slice = [];
  };
  for await (const head of marks.heads) {
    slice.push(head);
    if (slice.length >= SLICE) await flush();
  }
  if (slice.length > 0) await flush();
  return raised;
}
