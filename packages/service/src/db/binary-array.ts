/**
 * One-dimensional arrays in PostgreSQL's binary form, bound as bytes: the hot path neither writes nor parses text.
 * Layout (src/backend/utils/adt/arrayfuncs.c, array_recv): dimensions, has-null flag, element oid, length, lower bound,
 * then each element as its length (-1 for null) and its bytes.
 */
const HEAD_BYTES = 20;
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);

const OID = { bytea: 17, int8: 20, int2: 21, int4: 23, timestamptz: 1184 } as const;

function start(oid: number, count: number, bodyBytes: number): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array((count === 0 ? 12 : HEAD_BYTES) + bodyBytes);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, count === 0 ? 0 : 1);
  view.setInt32(8, oid);
  if (count > 0) {
    view.setInt32(12, count);
    view.setInt32(16, 1);
  }
  return { bytes, view };
}

function fixed(
  oid: number,
  size: number,
  values: readonly number[],
  put: (view: DataView, at: number, value: number) => void,
): Uint8Array {
  const { bytes, view } = start(oid, values.length, values.length * (4 + size));
  let at = HEAD_BYTES;
  for (const value of values) {
    view.setInt32(at, size);
    put(view, at + 4, value);
    at += 4 + size;
  }
  return bytes;
}

export const int2Array = (values: readonly number[]): Uint8Array =>
  fixed(OID.int2, 2, values, (view, at, value) => view.setInt16(at, value));

export const int4Array = (values: readonly number[]): Uint8Array =>
  fixed(OID.int4, 4, values, (view, at, value) => view.setInt32(at, value));

export const int8Array = (values: readonly number[]): Uint8Array =>
  fixed(OID.int8, 8, values, (view, at, value) => view.setBigInt64(at, BigInt(value)));

/** timestamptz[] of milliseconds since 1970. */
export function instantArray(values: readonly (number | null)[]): Uint8Array {
  const nulls = values.filter((value) => value === null).length;
  const { bytes, view } = start(OID.timestamptz, values.length, values.length * 12 - nulls * 8);
  if (nulls > 0) view.setInt32(4, 1);
  let at = HEAD_BYTES;
  for (const value of values) {
    view.setInt32(at, value === null ? -1 : 8);
    at += 4;
    if (value === null) continue;
    const micros = (value - POSTGRES_EPOCH_MS) * 1000;
    // Two halves in plain numbers: exact below 2^53 microseconds, about 285 years around 2000; past it, by BigInt.
    if (Number.isSafeInteger(micros)) {
      view.setInt32(at, Math.floor(micros / 0x100000000));
      view.setUint32(at + 4, micros >>> 0);
    } else view.setBigInt64(at, BigInt(value - POSTGRES_EPOCH_MS) * 1000n);
    at += 8;
  }
  return bytes;
}

export function byteaArray(values: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const value of values) size += value.length;
  const { bytes, view } = start(OID.bytea, values.length, size + 4 * values.length);
  let at = HEAD_BYTES;
  for (const value of values) {
    view.setInt32(at, value.length);
    bytes.set(value, at + 4);
    at += 4 + value.length;
  }
  return bytes;
}
