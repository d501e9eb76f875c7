import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import { MunjigiError } from '../errors.ts';
import { equalBytes } from './bytes.ts';
import { scanCbor } from './cbor-scan.ts';

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

/** Core deterministic encoding (RFC 8949 §4.2.1): shortest integers, definite lengths, keys in bytewise order. */
export function encodeDeterministic(value: CborValue): Uint8Array {
  return Uint8Array.from(encode(value, rfc8949EncodeOptions));
}

/** Bounds for a decode: both are checked before anything is allocated. */
export interface CborLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
}

/**
 * Decodes bytes that must be in core deterministic encoding; maps come back as `Map`.
 * Refuses tags, floats, indefinite lengths, duplicate keys, bad UTF-8, trailing bytes and anything over the limits.
 * Throws `encoding.too-long`, `encoding.cbor` or `encoding.cbor-not-deterministic`.
 */
export function decodeDeterministic(bytes: Uint8Array, limits: CborLimits): CborValue {
  scanCbor(bytes, { ...limits, allowIndefinite: false, allowTags: false, allowFloats: false });
  const value = read(bytes, {});
  if (!equalBytes(encodeDeterministic(value), bytes)) {
    throw new MunjigiError('encoding.cbor-not-deterministic', 'CBOR is not in deterministic form (RFC 8949 section 4.2.1).');
  }
  return value;
}

/** Decodes CBOR as foreign issuers write it: tags are dropped, indefinite lengths and floats allowed, last key wins. */
export function decodeLenient(bytes: Uint8Array, limits: CborLimits): CborValue {
  scanCbor(bytes, { ...limits, allowIndefinite: true, allowTags: true, allowFloats: true });
  return read(bytes, { lenient: true });
}

function read(bytes: Uint8Array, { lenient = false }): CborValue {
  const bare = (value: () => unknown) => value();
  const tags = lenient ? Object.fromEntries([0, 1, 18, 61, 1004].map((tag) => [tag, bare])) : {};
  try {
    return decode(bytes, { useMaps: true, strict: !lenient, rejectDuplicateMapKeys: !lenient, allowUndefined: false, tags }) as CborValue;
  } catch (cause) {
    throw new MunjigiError('encoding.cbor', 'The bytes are not the CBOR that was expected.', { cause });
  }
}
