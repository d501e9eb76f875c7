import { MunjigiError } from '../errors.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
/** Value of each character; 2^16 where it is none of the alphabet, which is too much for any group. */
const VALUES = new Int32Array(128).fill(0x10000);
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

const wrong = () =>
  new MunjigiError('encoding.base45', 'Base45 text (RFC 9285) is broken: scan the code again.');

/**
 * Bytes of base45 text (RFC 9285 §6), read from the character `from` on. Refuses foreign characters, lower case, a length of
 * 1 modulo 3 and groups that overflow 16 (or 8) bits, all of which lenient decoders let through. Written into `room` where
 * one is given that is large enough. Throws `encoding.base45`.
 */
export function base45Decode(text: string, from = 0, room?: Uint8Array): Uint8Array {
  const length = text.length - from;
  const rest = length % 3;
  if (length < 0 || rest === 1) throw wrong();
  const size = ((length - rest) / 3) * 2 + rest / 2;
  const out = room && room.length >= size ? room.subarray(0, size) : new Uint8Array(size);
  const end = text.length - rest;
  let at = 0;
  let foreign = 0;
  for (let i = from; i < end; i += 3) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    foreign |= a | b | c;
    const n = VALUES[a & 127]! + 45 * VALUES[b & 127]! + 2025 * VALUES[c & 127]!;
    if (n > 0xffff) throw wrong();
    out[at] = n >> 8;
    out[at + 1] = n & 255;
    at += 2;
  }
  if (rest === 2) {
    const a = text.charCodeAt(end);
    const b = text.charCodeAt(end + 1);
    foreign |= a | b;
    const n = VALUES[a & 127]! + 45 * VALUES[b & 127]!;
    if (n > 0xff) throw wrong();
    out[at] = n;
  }
  // No character of the alphabet is beyond 127.
  if (foreign > 127) throw wrong();
  return out;
}
