import { randomBytes } from 'node:crypto';
import { byteaArray, instantArray, int2Array, int4Array, type Value } from '@munjigi/service/db';

/** Statements under way at once. */
export const STREAMS = 8;

const COLUMNS =
  'venue_id, entered_at, counter, late_s, anchor_ref, day_key_id, gate_no, check_code, record_code, kind, flags, subject_hash, subject, claimed_at';
/** The bare insert that ingest is compared with. */
export const RAW = `INSERT INTO raw_entry (${COLUMNS})
  SELECT $1, t.* FROM unnest($2::timestamptz[], $3::int4[], $4::int4[], $5::int4[], $6::int4[], $7::int2[], $8::int2[], $9::int2[],
    $10::int2[], $11::int2[], $12::bytea[], $13::bytea[], $14::timestamptz[]) t`;
export const RAW_TABLE = 'CREATE TABLE IF NOT EXISTS raw_entry (LIKE entry INCLUDING ALL)';

/** The columns of some rows as JavaScript values. */
function rawRows(stream: number, from: number, size: number) {
  const same = <T>(value: T): T[] => Array.from({ length: size }, () => value);
  return {
    venue: stream + 1,
    at: same(Math.floor(Date.now() / 1000) * 1000),
    counter: Array.from({ length: size }, (_, i) => from + i + 1),
    ints: [same(3), same(1), same(1)],
    smallints: [1, 1, 1, 0, 0].map((value) => same(value)),
    hashes: same(0).map(() => randomBytes(32)),
    boxes: same(0).map(() => randomBytes(221)),
    claimed: same(null),
  };
}

export type RawRows = ReturnType<typeof rawRows>;
export const asValues = (rows: RawRows): readonly (number | readonly unknown[])[] => [
  rows.venue,
  rows.at.map((ms) => new Date(ms)),
  rows.counter,
  ...rows.ints,
  ...rows.smallints,
  rows.hashes,
  rows.boxes,
  rows.claimed,
];
export const asBinary = (rows: RawRows): Value[] => [
  rows.venue,
  instantArray(rows.at),
  int4Array(rows.counter),
  ...rows.ints.map(int4Array),
  ...rows.smallints.map(int2Array),
  byteaArray(rows.hashes),
  byteaArray(rows.boxes),
  instantArray(rows.claimed),
];

let rawCounter = 0;

/** Rows a second of bare inserts of the same rows into a table of the same shape. */
export async function bare<V>(
  each: number,
  size: number,
  prepare: (rows: RawRows) => V,
  insert: (values: V) => Promise<unknown>,
): Promise<number> {
  const statements = Array.from({ length: STREAMS }, (_, stream) =>
    Array.from({ length: each }, () => {
      rawCounter += size;
      return prepare(rawRows(stream, rawCounter, size));
    }),
  );
  const start = performance.now();
  await Promise.all(
    statements.map(async (own) => {
      for (const values of own) await insert(values);
    }),
  );
  return (STREAMS * each * size * 1000) / (performance.now() - start);
}
