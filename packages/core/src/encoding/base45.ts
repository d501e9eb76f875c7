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

/**
 * Bytes of base45 text (RFC 9285 §6). Refuses foreign characters, lower case, a length of 1 modulo 3 and groups that
 * overflow 16 (or 8) bits, all of which lenient decoders let through. Throws `encoding.base45`.
 */
export function base45Decode(text: string): Uint8Array {
  const wrong = () =>
    new MunjigiError('encoding.base45', 'Base45 text (RFC 9285) is broken: scan the code again.');
  if (text.length % 3 === 1) throw wrong();
  const out = new Uint8Array(Math.floor((text.length * 2) / 3));
  let at = 0;
  for (let i = 0; i < text.length; i += 3) {
    const a = VALUES[text.charCodeAt(i)] ?? -1;
    const b = VALUES[text.charCodeAt(i + 1)] ?? -1;
    if (a < 0 || b < 0) throw wrong();
    if (i + 2 < text.length) {
      const c = VALUES[text.charCodeAt(i + 2)] ?? -1;
      const n = a + 45 * b + 2025 * c;
      if (c < 0 || n > 0xffff) throw wrong();
      out[at++] = n >> 8;
      out[at++] = n & 255;
    } else {
      const n = a + 45 * b;
      if (n > 0xff) throw wrong();
      out[at++] = n;
    }
  }
  return out;
}
