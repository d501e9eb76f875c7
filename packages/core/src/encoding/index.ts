export { base45Decode, base45Encode } from './base45.ts';
export {
  concatBytes,
  equalBytes,
  fromBase64,
  fromHex,
  toBase64,
  toBase64url,
  toHex,
  utf8Decode,
  utf8Encode,
} from './bytes.ts';
export {
  type CborLimits,
  type CborValue,
  decodeDeterministic,
  decodeFirst,
  decodeLenient,
  encodeDeterministic,
} from './cbor.ts';
export { sha256 } from './hash.ts';
export { type Inflated, inflateRaw, inflateZlib } from './inflate.ts';
