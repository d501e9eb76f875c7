export { base45Decode, base45Encode } from './base45.ts';
export { concatBytes, equalBytes, fromBase64, fromHex, isUtf8, toBase64, toBase64url, toHex, utf8Encode } from './bytes.ts';
export { type CborValue, decodeDeterministic, decodeLenient, encodeDeterministic } from './cbor.ts';
export { sha256 } from './hash.ts';
