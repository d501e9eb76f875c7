import { encode, rfc8949EncodeOptions } from 'cborg';
import { MunjigiError } from '../errors.ts';
import { CborReader } from './cbor-read.ts';

/** What our own documents are made of. Maps have integer or text keys. */
export type CborValue =
  | number
  | bigint
  | string
  | boolean
  | null
  | Uint8Array
  | readonly CborValue[]
  | ReadonlyMap<number | string, CborValue>
  | { readonly [key: string]: CborValue };

const outside = (what: string) => new MunjigiError('encoding.cbor', `Documents hold no ${what}.`);

const ENCODE = {
  ...rfc8949EncodeOptions,
  typeEncoders: {
    number: (value: number) => {
      if (!Number.isSafeInteger(value)) throw outside('fractions and no number beyond 2^53');
      return null;
    },
    undefined: () => {
      throw outside('undefined');
    },
  },
} as const;

/**
 * Core deterministic encoding (RFC 8949 §4.2.1): shortest integers, definite lengths, keys in bytewise order.
 * Throws `encoding.cbor` for what the decoder would refuse (fractions, undefined).
 */
export function encodeDeterministic(value: CborValue): Uint8Array {
  return Uint8Array.from(encode(value, ENCODE));
}

/** Bounds for a decode: both are checked before anything is allocated. */
export interface CborLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
}

function whole(bytes: Uint8Array, limits: CborLimits, deterministic: boolean): CborValue {
  const reader = new CborReader(bytes, { ...limits, deterministic });
  const value = reader.item();
  if (reader.at !== bytes.length)
    throw new MunjigiError(
      'encoding.cbor',
      'The bytes are not the CBOR that was expected: bytes after the end.',
    );
  return value;
}

/**
 * Decodes bytes that must be in core deterministic encoding; maps come back as `Map`, byte strings as copies.
 * Refuses tags, floats, indefinite lengths, keys that are double or out of order, numbers that are not in their shortest
 * form, bad UTF-8, trailing bytes and anything over the limits.
 * Throws `encoding.too-long`, `encoding.cbor` or `encoding.cbor-not-deterministic`.
 */
export const decodeDeterministic = (bytes: Uint8Array, limits: CborLimits): CborValue =>
  whole(bytes, limits, true);

/** Decodes CBOR as foreign issuers write it: tags are dropped, indefinite lengths and floats allowed, last key wins. */
export const decodeLenient = (bytes: Uint8Array, limits: CborLimits): CborValue =>
  whole(bytes, limits, false);

/** The first item of bytes that are broken further on: to say what can still be said about them, never to accept them. */
export function decodeFirst(
  bytes: Uint8Array,
  limits: CborLimits,
): { readonly value: CborValue; readonly rest: number } {
  const reader = new CborReader(bytes, { ...limits, deterministic: false });
  const value = reader.item();
  return { value, rest: bytes.length - reader.at };
}
