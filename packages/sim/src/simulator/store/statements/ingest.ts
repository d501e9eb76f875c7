import { StatementFailed } from '@munjigi/service/db';
import { arrayOf } from '../arrays.ts';
import { type EntryRow, entryKey, type PartitionRow, stretchOf } from '../schema.ts';
import type { StoreTransaction } from '../transaction.ts';
import {
  bytesOf,
  bytesOrNull,
  type Handlers,
  msOf,
  numberOf,
  rows,
  type StorePlant,
  same,
  taken,
} from './statement.ts';

/** The columns of the rows of one call. `anchor` counts from 1. */
interface Kept {
  readonly at: readonly number[];
  readonly n: readonly number[];
  readonly lateS: readonly number[];
  readonly anchor: readonly number[];
  readonly dayKey: readonly number[];
  readonly check: readonly number[];
  readonly record: readonly number[];
  readonly kind: readonly number[];
  readonly flags: readonly number[];
  readonly subjectHash: readonly Uint8Array[];
  readonly subject: readonly Uint8Array[];
  readonly claimedAt: readonly (number | null)[];
}

interface Call {
  readonly venueId: number;
  readonly gateNo: number;
  readonly counter: number;
  readonly head: Uint8Array;
  readonly seen: number;
  readonly newCounter: number;
  readonly newHead: Uint8Array;
  readonly receivedAt: number;
  readonly day: string;
  readonly kept: Kept;
  readonly anchors: readonly Uint8Array[];
  readonly rejected: {
    readonly n: readonly number[];
    readonly hash: readonly Uint8Array[];
    readonly reason: readonly number[];
  };
  readonly receiptHash: Uint8Array | null;
  readonly receipt: Uint8Array | null;
  readonly marks: { readonly n: readonly number[]; readonly head: readonly Uint8Array[] };
}

/** The partition that holds an instant (seconds). */
export function partitionFor(tx: StoreTransaction, at: number): PartitionRow | undefined {
  return tx.rows(tx.tables.partition, '').find(({ from, to, attached }) => attached && at >= from && at < to);
}

/** The function `ingest` of sql/register/005-after-retention.sql, step by step. */
async function ingest(tx: StoreTransaction, call: Call, plant: StorePlant | null): Promise<boolean> {
  const { venueId, gateNo, receivedAt, kept, anchors, rejected, marks } = call;
  const { tables } = tx;
  const [venue, no, stretch] = [String(venueId), String(gateNo), stretchOf(venueId, gateNo)];
  if (tx.get(tables.head, venue, no) === undefined) return false;
  await tx.lock(tables.head, venue, no);
  const head = tx.get(tables.head, venue, no);
  if (head === undefined) return false;
  const matches = head.counter === call.counter && same(head.head, call.head) && head.seen === call.seen;
  if (!matches && plant !== 'no-idempotency') {
    tx.put(tables.head, { ...head, receivedAt });
    return false;
  }

  const first = head.anchorRef + (anchors.length > 0 && same(head.anchor, anchors[0]!) ? 0 : 1);
  anchors.forEach((hash, i) => {
    const anchorRef = first + i;
    if (anchorRef <= head.anchorRef) return;
    if (tx.get(tables.anchor, stretch, String(anchorRef))) throw taken('anchor');
    tx.put(tables.anchor, { venueId, gateNo, anchorRef, hash });
  });
  let partition: PartitionRow | undefined;
  kept.n.forEach((counter, i) => {
    const at = kept.at[i]! / 1000;
    if (partition === undefined || at < partition.from || at >= partition.to)
      partition = partitionFor(tx, at);
    if (partition === undefined)
      throw new StatementFailed('23514', 'no partition of relation "entry" found for row');
    const entry: EntryRow = {
      venueId,
      gateNo,
      at,
      counter,
      lateS: kept.lateS[i]!,
      anchorRef: first + kept.anchor[i]! - 1,
      dayKeyId: kept.dayKey[i]!,
      checkCode: kept.check[i]!,
      recordCode: kept.record[i]!,
      kind: kept.kind[i]!,
      flags: kept.flags[i]!,
      subjectHash: kept.subjectHash[i]!,
      subject: kept.subject[i]!,
      claimedAt: kept.claimedAt[i] == null ? null : kept.claimedAt[i]! / 1000,
      partition: partition.name,
    };
    const twice = tx.get(tables.entry, stretch, entryKey(at, counter)) !== undefined;
    if (twice && plant === null) throw taken(partition.name);
    tx.put(tables.entry, twice ? { ...entry, copy: receivedAt } : entry);
  });
  rejected.n.forEach((counter, i) => {
    if (tx.get(tables.rejected, stretch, String(counter))) throw taken('rejected');
    tx.put(tables.rejected, {
      venueId,
      gateNo,
      counter,
      hash: rejected.hash[i]!,
      reason: rejected.reason[i]!,
      receivedAt,
    });
  });
  marks.n.forEach((counter, i) => {
    if (tx.get(tables.mark, stretch, String(counter))) return;
    tx.put(tables.mark, { venueId, gateNo, counter, head: marks.head[i]! });
  });
  const { receipt, receiptHash, newCounter, newHead } = call;
  if (receipt !== null) {
    if (tx.get(tables.receipt, stretch, String(newCounter)) && plant === null) throw taken('receipt');
    tx.put(tables.receipt, {
      venueId,
      gateNo,
      counter: newCounter,
      head: newHead,
      receivedAt,
      hash: receiptHash!,
      signed: receipt,
    });
  }
  if (head.day < call.day && head.counter > 0 && !tx.get(tables.checkpoint, stretch, head.day))
    tx.put(tables.checkpoint, { venueId, gateNo, day: head.day, counter: head.counter, head: head.head });
  tx.put(tables.head, {
    ...head,
    counter: newCounter,
    head: newHead,
    receivedAt,
    day: head.day > call.day ? head.day : call.day,
    receiptHash: receiptHash ?? head.receiptHash,
    receiptAt: receiptHash === null ? head.receiptAt : receivedAt,
    anchorRef: first + anchors.length - 1,
    anchor: anchors.at(-1) ?? head.anchor,
  });
  return true;
}

const KEPT = [
  'at',
  'n',
  'lateS',
  'anchor',
  'dayKey',
  'check',
  'record',
  'kind',
  'flags',
  'subjectHash',
  'subject',
  'claimedAt',
] as const;

/** The columns of kept rows, from the so-many-th value on. */
const keptFrom = (values: readonly unknown[], at: number): Kept =>
  Object.fromEntries(KEPT.map((name, i) => [name, arrayOf(values[at + i])])) as unknown as Kept;

/** The slice of one call. */
const keptWithin = (kept: Kept, cut: <T>(column: readonly T[]) => T[]): Kept =>
  Object.fromEntries(
    KEPT.map((name) => [name, cut<unknown>(kept[name] as readonly unknown[])]),
  ) as unknown as Kept;

const emptyIsNull = (bytes: Uint8Array): Uint8Array | null => (bytes.length === 0 ? null : bytes);

export const ingests: Handlers = {
  'SELECT matched FROM ingest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)':
    async ({ tx, values, plant }) => {
      const matched = await ingest(
        tx,
        {
          venueId: numberOf(values[0]),
          gateNo: numberOf(values[1]),
          counter: numberOf(values[2]),
          head: bytesOf(values[3]),
          seen: numberOf(values[4]),
          newCounter: numberOf(values[5]),
          newHead: bytesOf(values[6]),
          receivedAt: msOf(values[7]),
          day: String(values[8]),
          kept: keptFrom(values, 9),
          anchors: arrayOf(values[21]),
          rejected: { n: arrayOf(values[22]), hash: arrayOf(values[23]), reason: arrayOf(values[24]) },
          receiptHash: bytesOrNull(values[25]),
          receipt: bytesOrNull(values[26]),
          marks: { n: arrayOf(values[27]), head: arrayOf(values[28]) },
        },
        plant,
      );
      return rows([{ matched }]);
    },

  "SELECT r.matched FROM unnest($1::int8[], $2::int2[], $3::int4[], $4::bytea[], $5::int2[], $6::int4[], $7::bytea[], $8::timestamptz[], $9::date[], $10::bytea[], $11::bytea[], $12::int4[], $13::int4[], $14::int4[], $15::int4[], $16::int4[], $17::int4[], $34::int4[], $35::int4[]) WITH ORDINALITY c (venue_id, gate_no, counter, head, seen, new_counter, new_head, received_at, day, receipt_hash, receipt, lo, hi, anchor_lo, anchor_hi, rejected_lo, rejected_hi, mark_lo, mark_hi, i), LATERAL ingest(c.venue_id, c.gate_no, c.counter, c.head, c.seen, c.new_counter, c.new_head, c.received_at, c.day, ($18::timestamptz[])[c.lo:c.hi], ($19::int4[])[c.lo:c.hi], ($20::int4[])[c.lo:c.hi], ($21::int4[])[c.lo:c.hi], ($22::int4[])[c.lo:c.hi], ($23::int2[])[c.lo:c.hi], ($24::int2[])[c.lo:c.hi], ($25::int2[])[c.lo:c.hi], ($26::int2[])[c.lo:c.hi], ($27::bytea[])[c.lo:c.hi], ($28::bytea[])[c.lo:c.hi], ($29::timestamptz[])[c.lo:c.hi], ($30::bytea[])[c.anchor_lo:c.anchor_hi], ($31::int4[])[c.rejected_lo:c.rejected_hi], ($32::bytea[])[c.rejected_lo:c.rejected_hi], ($33::int2[])[c.rejected_lo:c.rejected_hi], NULLIF(c.receipt_hash, ''), NULLIF(c.receipt, ''), ($36::int4[])[c.mark_lo:c.mark_hi], ($37::bytea[])[c.mark_lo:c.mark_hi]) r ORDER BY c.i":
    async ({ tx, values, plant }) => {
      const column = <T>(i: number): T[] => arrayOf<T>(values[i - 1]);
      const [venues, numbers, counters, heads, seen] = [1, 2, 3, 4, 5].map((i) =>
        column<number>(i),
      ) as never as [number[], number[], number[], Uint8Array[], number[]];
      const bounds = (i: number) => [column<number>(i), column<number>(i + 1)] as const;
      const [lines, anchorLines, rejectedLines, markLines] = [bounds(12), bounds(14), bounds(16), bounds(34)];
      const kept = keptFrom(values, 17);
      const anchors = column<Uint8Array>(30);
      const rejected = { n: column<number>(31), hash: column<Uint8Array>(32), reason: column<number>(33) };
      const marks = { n: column<number>(36), head: column<Uint8Array>(37) };
      const newCounters = column<number>(6);
      const newHeads = column<Uint8Array>(7);
      const received = column<number>(8);
      const days = column<string>(9);
      const receiptHashes = column<Uint8Array>(10);
      const receipts = column<Uint8Array>(11);
      const out: object[] = [];
      for (const [i, venueId] of venues.entries()) {
        const cut =
          ([lo, hi]: readonly [readonly number[], readonly number[]]) =>
          <T>(list: readonly T[]): T[] =>
            list.slice(lo[i]! - 1, hi[i]);
        const [ofRejected, ofMarks] = [cut(rejectedLines), cut(markLines)];
        const matched = await ingest(
          tx,
          {
            venueId,
            gateNo: numbers[i]!,
            counter: counters[i]!,
            head: heads[i]!,
            seen: seen[i]!,
            newCounter: newCounters[i]!,
            newHead: newHeads[i]!,
            receivedAt: received[i]!,
            day: days[i]!,
            kept: keptWithin(kept, cut(lines)),
            anchors: cut(anchorLines)(anchors),
            rejected: {
              n: ofRejected(rejected.n),
              hash: ofRejected(rejected.hash),
              reason: ofRejected(rejected.reason),
            },
            receiptHash: emptyIsNull(receiptHashes[i]!),
            receipt: emptyIsNull(receipts[i]!),
            marks: { n: ofMarks(marks.n), head: ofMarks(marks.head) },
          },
          plant,
        );
        out.push({ matched });
      }
      return rows(out);
    },
};
