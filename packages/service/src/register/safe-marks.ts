import { type Database, int2Array, int4Array, int8Array } from '../db/index.ts';

/** What a verified backup holds of each stretch. */
export interface BackupMarks {
  readonly takenAtMs: number;
  readonly heads: AsyncIterable<BackedUpHead> | Iterable<BackedUpHead>;
}

export interface BackedUpHead {
  readonly venueId: number;
  readonly gateNo: number;
  readonly counter: number;
}

const SLICE = 5_000;

/**
 * Raises the safe mark of each stretch to what a verified backup holds; a mark never goes down, and never beyond what is here.
 * Receipts carry it from then on, and gates may forget what stands below it. Answers how many marks were raised.
 */
export async function raiseSafeMarks(db: Database, marks: BackupMarks): Promise<number> {
  let raised = 0;
  let slice: BackedUpHead[] = [];
  const flush = async () => {
    const { count } = await db.query(
      `INSERT INTO safe_mark (venue_id, gate_no, counter, taken_at)
       SELECT b.venue_id, b.gate_no, b.counter, $4
       FROM unnest($1::int8[], $2::int2[], $3::int4[]) b (venue_id, gate_no, counter)
       JOIN gate_head h ON h.venue_id = b.venue_id AND h.gate_no = b.gate_no AND h.counter >= b.counter
       ON CONFLICT (venue_id, gate_no) DO UPDATE SET counter = EXCLUDED.counter, taken_at = EXCLUDED.taken_at
       WHERE safe_mark.counter < EXCLUDED.counter`,
      [
        int8Array(slice.map((one) => one.venueId)),
        int2Array(slice.map((one) => one.gateNo)),
        int4Array(slice.map((one) => one.counter)),
        new Date(marks.takenAtMs),
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
