import { MunjigiError } from '../errors.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < ALPHABET.length; i++) VALUES[ALPHABET.charCodeAt(i)] = i;

/** Base45 text of the bytes (RFC 9285 §4): two bytes become three characters, a last single byte two. */
export function base45Encode(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    const n = (bytes[i]! << 8) | bytes[i + 1]!;
    out += ALPHABET[n % 45]! + ALPHABET[Math.floor(n / 45) % 45]! + ALPHABET[Math.floor(n / 2025)]!;
  }
  if (bytes.length % 2 === 1) {
    const n = bytes[bytes.length - 1]!;
    out += ALPHABET[n % 45]! + ALPHABET[Math.floor(n / 45)]!;
  }
  return out;
}

/** The value of the character at i, or 2^16 where it is none of the alphabet: too much for any group. */
function valueAt(text: string, i: number): number {
  const code = text.charCodeAt(i);
  const value = code < 128 ? VALUES[code]! : -1;
  return value < 0 ? 0x10000 : value;
}

const wrong = () =>
  new MunjigiError('encoding.base45', 'Base45 text (RFC 9285) is broken: scan the code again.');

/**
 * Bytes of base45 text (RFC 9285 §6), read from the character `from` on. Refuses foreign characters, lower case, a length of
 * 1 modulo 3 and groups that overflow 16 (or 8) bits, all of which lenient decoders let through. Throws `encoding.base45`.
 */
export function base45Decode(text: string, from = 0): Uint8Array {
  const length = text.length - from;
  const rest = length % 3;
  if (length < 0 || rest === 1) throw wrong();
  const out = new Uint8Array(((length - rest) / 3) * 2 + rest / 2);
  const end = text.length - rest;
  let at = 0;
  for (let i = from; i < end; i += 3) {
    const n = valueAt(text, i) + 45 * valueAt(text, i + 1) + 2025 * valueAt(text, i + 2);
    if (n > 0xffff) throw wrong();
    out[at++] = n >> 8;
    out[at++] = n & 255;
  }
  if (rest === 2) {
    const n = valueAt(text, end) + 45 * valueAt(text, end + 1);
    if (n > 0xff) throw wrong();
    out[at] = n;
  }
  return out;
}
