import { CHECK_CODES, type Entry, type Head, KIND_CODES, RECORD_CODES } from '@munjigi/core/chain';
import {
  byteaArray,
  instantArray,
  int2Array,
  int4Array,
  int8Array,
  type Session,
  type Value,
} from '../db/index.ts';
import { REJECTIONS, type Rejection } from './judge.ts';

/** A row of `entry` to be. */
export interface KeptRow {
  readonly entry: Entry;
  readonly at: number;
  readonly claimed: number | null;
  readonly lateS: number;
  readonly flags: number;
  /** Place in `anchors`, from 1. */
  readonly anchor: number;
  readonly subjectHash: Uint8Array;
  readonly subject: Uint8Array;
}

export interface RejectedRow {
  readonly counter: number;
  readonly hash: Uint8Array;
  readonly why: Rejection;
}

/** Everything that one call of the function `ingest` is told. */
export interface IngestCall {
  readonly venueId: number;
  readonly gateNo: number;
  /** The head and the marks that the rows were computed for. */
  readonly counter: number;
  readonly head: Uint8Array;
  readonly seen: number;
  readonly newCounter: number;
  readonly newHead: Uint8Array;
  readonly receivedMs: number;
  readonly today: string;
  readonly kept: readonly KeptRow[];
  readonly anchors: readonly Uint8Array[];
  readonly rejected: readonly RejectedRow[];
  readonly receipt: { readonly hash: Uint8Array; readonly signed: Uint8Array } | null;
  /** Places at which one local day ends and another begins. */
  readonly marks: readonly Head[];
}

const NONE = new Uint8Array(0);

/** The columns of the kept entries of some calls, one after another. */
function columnsOf(kept: readonly KeptRow[]): Value[] {
  return [
    instantArray(kept.map((row) => row.at * 1000)),
    int4Array(kept.map((row) => row.entry.counter)),
    int4Array(kept.map((row) => row.lateS)),
    int4Array(kept.map((row) => row.anchor)),
    int4Array(kept.map((row) => row.entry.dayKeyId)),
    int2Array(kept.map((row) => CHECK_CODES[row.entry.check])),
    int2Array(kept.map((row) => RECORD_CODES[row.entry.record])),
    int2Array(kept.map((row) => KIND_CODES[row.entry.kind])),
    int2Array(kept.map((row) => row.flags)),
    byteaArray(kept.map((row) => row.subjectHash)),
    byteaArray(kept.map((row) => row.subject)),
    instantArray(kept.map((row) => (row.claimed === null ? null : row.claimed * 1000))),
  ];
}

const rejectedColumnsOf = (rejected: readonly RejectedRow[]): Value[] => [
  int4Array(rejected.map((row) => row.counter)),
  byteaArray(rejected.map((row) => row.hash)),
  int2Array(rejected.map((row) => REJECTIONS[row.why])),
];

const markColumnsOf = (marks: readonly Head[]): Value[] => [
  int4Array(marks.map((mark) => mark.counter)),
  byteaArray(marks.map((mark) => mark.hash)),
];

const ONE = `SELECT matched FROM ingest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
  $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)`;

/** Runs one call. True where the head was the expected one and everything is stored; else nothing is. */
export async function ingestOne(session: Session, call: IngestCall): Promise<boolean> {
  const { rows } = await session.query<{ matched: boolean }>(ONE, [
    call.venueId,
    call.gateNo,
    call.counter,
    call.head,
    call.seen,
    call.newCounter,
    call.newHead,
    new Date(call.receivedMs),
    call.today,
    ...columnsOf(call.kept),
    byteaArray(call.anchors),
    ...rejectedColumnsOf(call.rejected),
    call.receipt?.hash ?? null,
    call.receipt?.signed ?? null,
    ...markColumnsOf(call.marks),
  ]);
  return rows[0]!.matched;
}

/**
 * Runs the calls of several gates in one statement, hence in one transaction and one round trip. The rows of all stand in
 * the same arrays; each call takes its slice. Calls come in order of (venue, gate number): heads are locked in that order
 * by everyone, so that groups never wait for each other in a circle.
 */
const MANY = `SELECT r.matched
  FROM unnest($1::int8[], $2::int2[], $3::int4[], $4::bytea[], $5::int2[], $6::int4[], $7::bytea[], $8::timestamptz[],
              $9::date[], $10::bytea[], $11::bytea[], $12::int4[], $13::int4[], $14::int4[], $15::int4[], $16::int4[], $17::int4[], $34::int4[], $35::int4[])
       WITH ORDINALITY c (venue_id, gate_no, counter, head, seen, new_counter, new_head, received_at, day, receipt_hash, receipt,
                          lo, hi, anchor_lo, anchor_hi, rejected_lo, rejected_hi, mark_lo, mark_hi, i),
  LATERAL ingest(c.venue_id, c.gate_no, c.counter, c.head, c.seen, c.new_counter, c.new_head, c.received_at, c.day,
    ($18::timestamptz[])[c.lo:c.hi], ($19::int4[])[c.lo:c.hi], ($20::int4[])[c.lo:c.hi], ($21::int4[])[c.lo:c.hi],
    ($22::int4[])[c.lo:c.hi], ($23::int2[])[c.lo:c.hi], ($24::int2[])[c.lo:c.hi], ($25::int2[])[c.lo:c.hi],
    ($26::int2[])[c.lo:c.hi], ($27::bytea[])[c.lo:c.hi], ($28::bytea[])[c.lo:c.hi], ($29::timestamptz[])[c.lo:c.hi],
    ($30::bytea[])[c.anchor_lo:c.anchor_hi],
    ($31::int4[])[c.rejected_lo:c.rejected_hi], ($32::bytea[])[c.rejected_lo:c.rejected_hi], ($33::int2[])[c.rejected_lo:c.rejected_hi],
    NULLIF(c.receipt_hash, ''), NULLIF(c.receipt, ''),
    ($36::int4[])[c.mark_lo:c.mark_hi], ($37::bytea[])[c.mark_lo:c.mark_hi]) r
  ORDER BY c.i`;

/** Where each call's slice lies, from 1 and inclusive; an empty one ends before it starts. */
function slices(sizes: readonly number[]): { lo: number[]; hi: number[] } {
  let end = 0;
  const lo: number[] = [];
  const hi: number[] = [];
  for (const size of sizes) {
    lo.push(end + 1);
    end += size;
    hi.push(end);
  }
  return { lo, hi };
}

export async function ingestMany(session: Session, calls: readonly IngestCall[]): Promise<boolean[]> {
  if (calls.length === 1) return [await ingestOne(session, calls[0]!)];
  const rows = slices(calls.map((call) => call.kept.length));
  const anchors = slices(calls.map((call) => call.anchors.length));
  const rejected = slices(calls.map((call) => call.rejected.length));
  const marks = slices(calls.map((call) => call.marks.length));
  const answer = await session.query<{ matched: boolean }>(MANY, [
    int8Array(calls.map((call) => call.venueId)),
    int2Array(calls.map((call) => call.gateNo)),
    int4Array(calls.map((call) => call.counter)),
    byteaArray(calls.map((call) => call.head)),
    int2Array(calls.map((call) => call.seen)),
    int4Array(calls.map((call) => call.newCounter)),
    byteaArray(calls.map((call) => call.newHead)),
    instantArray(calls.map((call) => call.receivedMs)),
    calls.map((call) => call.today),
    byteaArray(calls.map((call) => call.receipt?.hash ?? NONE)),
    byteaArray(calls.map((call) => call.receipt?.signed ?? NONE)),
    int4Array(rows.lo),
    int4Array(rows.hi),
    int4Array(anchors.lo),
    int4Array(anchors.hi),
    int4Array(rejected.lo),
    int4Array(rejected.hi),
    ...columnsOf(calls.flatMap((call) => call.kept)),
    byteaArray(calls.flatMap((call) => call.anchors)),
    ...rejectedColumnsOf(calls.flatMap((call) => call.rejected)),
    int4Array(marks.lo),
    int4Array(marks.hi),
    ...markColumnsOf(calls.flatMap((call) => call.marks)),
  ]);
  return answer.rows.map((row) => row.matched);
}
