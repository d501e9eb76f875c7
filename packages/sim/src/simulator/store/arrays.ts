/**
 * Reads what the product binds as an array: plain values, or PostgreSQL's binary form of int2, int4, int8, bytea and timestamptz
 * (db/binary-array.ts writes it). Instants come as milliseconds.
 */
export function arrayOf<T>(value: unknown): T[] {
  if (Array.isArray(value)) return value.map((one) => (one instanceof Date ? one.getTime() : one)) as T[];
  const bytes = value as Uint8Array;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getInt32(0) === 0) return [];
  const read = READERS[view.getInt32(8)];
  if (read === undefined) throw new Error(`The model reads no array of type ${view.getInt32(8)}.`);
  const out: unknown[] = [];
  let at = 20;
  for (let count = view.getInt32(12); count > 0; count--) {
    const size = view.getInt32(at);
    at += 4;
    if (size < 0) {
      out.push(null);
      continue;
    }
    out.push(read(view, at, bytes, size));
    at += size;
  }
  return out as T[];
}

const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);
const whole = (view: DataView, at: number): number => Number(view.getBigInt64(at));
const READERS: Record<number, (view: DataView, at: number, bytes: Uint8Array, size: number) => unknown> = {
  17: (_view, at, bytes, size) => bytes.slice(at, at + size),
  20: whole,
  21: (view, at) => view.getInt16(at),
  23: (view, at) => view.getInt32(at),
  1184: (view, at) => whole(view, at) / 1000 + POSTGRES_EPOCH_MS,
};
