import type { CborValue } from '../encoding/index.ts';
import { type ErrorCode, MunjigiError } from '../errors.ts';

/** Reads decoded CBOR field by field: anything that is not exactly what the CDDL says is refused with one sentence. */
export function fieldReader(code: ErrorCode, document: string) {
  const wrong = (what: string) =>
    new MunjigiError(code, `A ${document} is not as docs/protocol describes it: ${what}.`);
  return {
    wrong,
    array(value: CborValue | undefined, what: string, min: number, max = min): readonly CborValue[] {
      if (!Array.isArray(value) || value.length < min || value.length > max) throw wrong(what);
      return value as readonly CborValue[];
    },
    uint(value: CborValue | undefined, what: string, min = 0, max = Number.MAX_SAFE_INTEGER): number {
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max)
        throw wrong(what);
      return value;
    },
    bytes(value: CborValue | undefined, what: string, min: number, max = min): Uint8Array {
      if (!(value instanceof Uint8Array) || value.length < min || value.length > max) throw wrong(what);
      return value;
    },
    text(value: CborValue | undefined, what: string, max = 200): string {
      if (typeof value !== 'string' || value.length > max) throw wrong(what);
      return value;
    },
    word<T extends string>(value: CborValue | undefined, what: string, words: readonly T[]): T {
      const word = words.find((w) => w === value);
      if (word === undefined) throw wrong(what);
      return word;
    },
    flag(value: CborValue | undefined, what: string): boolean {
      if (typeof value !== 'boolean') throw wrong(what);
      return value;
    },
    map(value: CborValue | undefined, what: string): ReadonlyMap<number | string, CborValue> {
      if (!(value instanceof Map)) throw wrong(what);
      return value as ReadonlyMap<number | string, CborValue>;
    },
    version(value: CborValue | undefined): 1 {
      if (value !== 1) throw wrong('its version is not 1');
      return 1;
    },
    orNull<T>(value: CborValue | undefined, read: (value: CborValue) => T): T | null {
      if (value === undefined) throw wrong('a field is missing');
      return value === null ? null : read(value);
    },
  };
}
