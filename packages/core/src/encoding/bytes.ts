import { MunjigiError } from '../errors.ts';

/** Text as UTF-8 bytes and back; core may use no platform object, so this is written out (RFC 3629). */
export function utf8Encode(text: string): Uint8Array {
  const out: number[] = [];
  for (const char of text) {
    const c = char.codePointAt(0)!;
    if (c < 0x80) out.push(c);
    else if (c < 0x800) out.push(0xc0 | (c >> 6), 0x80 | (c & 63));
    else if (c < 0x10000) out.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
    else out.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
  }
  return Uint8Array.from(out);
}

/**
 * Text of UTF-8 bytes, of the part from `from` up to `to`. Throws `encoding.cbor` where they are not well-formed: no overlong
 * forms, no surrogates, nothing above U+10FFFF (RFC 3629 §4). Nothing is ever replaced by U+FFFD, so that two texts cannot
 * become one.
 */
export function utf8Decode(bytes: Uint8Array, from = 0, to = bytes.length): string {
  return isAscii(bytes, from, to) && to - from <= PIECE
    ? asciiText(bytes.subarray(from, to))
    : utf8DecodeAny(bytes, from, to);
}

const PIECE = 4096;

/** True when every byte of the part is below 128. */
export function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  let all = 0;
  for (let i = from; i < to; i++) all |= bytes[i]!;
  return all < 128;
}

/** One character a byte, for at most some thousand bytes. */
export const asciiText = (bytes: Uint8Array): string =>
  String.fromCharCode.apply(null, bytes as unknown as number[]);

function utf8DecodeAny(bytes: Uint8Array, from: number, to: number): string {
  let out = '';
  for (let i = from; i < to; ) {
    const a = bytes[i]!;
    if (a < 0x80) {
      out += String.fromCharCode(a);
      i += 1;
      continue;
    }
    const size = a >= 0xf0 ? 4 : a >= 0xe0 ? 3 : 2;
    const low = a === 0xe0 ? 0xa0 : a === 0xf0 ? 0x90 : 0x80;
    const high = a === 0xed ? 0x9f : a === 0xf4 ? 0x8f : 0xbf;
    const b = i + 1 < to ? bytes[i + 1]! : 0;
    let sound = a >= 0xc2 && a <= 0xf4 && i + size <= to && b >= low && b <= high;
    let point = a & (0xff >> (size + 1));
    for (let k = 1; k < size; k++) {
      const next = i + k < to ? bytes[i + k]! : 0;
      if ((next & 0xc0) !== 0x80) sound = false;
      point = (point << 6) | (next & 63);
    }
    if (!sound) throw new MunjigiError('encoding.cbor', 'Text must be well-formed UTF-8 (RFC 3629).');
    out += String.fromCodePoint(point);
    i += size;
  }
  return out;
}

/** The arrays one after another, copied. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Equal length and content. Not constant-time: use for public values only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i++) out += HEX[bytes[i]!]!;
  return out;
}

/** Reads an even number of hexadecimal digits of either case. Throws `encoding.hex`. */
export function fromHex(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text))
    throw new MunjigiError('encoding.hex', 'Hexadecimal text has an even number of digits 0-9 and a-f.');
  const out = new Uint8Array(text.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(text.slice(i * 2, i * 2 + 2), 16);
  return out;
}

const B64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const B64_VALUES = new Int16Array(128).fill(-1);
for (let i = 0; i < 62; i++) B64_VALUES[B64.charCodeAt(i)] = i;
for (const [char, value] of [
  ['-', 62],
  ['_', 63],
  ['+', 62],
  ['/', 63],
] as const)
  B64_VALUES[char.charCodeAt(0)] = value;

function base64(bytes: Uint8Array, alphabet: string, pad: boolean): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const n = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out += alphabet[n >> 18]! + alphabet[(n >> 12) & 63]!;
    out += i + 1 < bytes.length ? alphabet[(n >> 6) & 63]! : pad ? '=' : '';
    out += i + 2 < bytes.length ? alphabet[n & 63]! : pad ? '=' : '';
  }
  return out;
}

/** Unpadded base64url (RFC 4648 §5). */
export const toBase64url = (bytes: Uint8Array): string => base64(bytes, `${B64}-_`, false);

/** Padded base64 (RFC 4648 §4), as key identifiers of EU certificates are written. */
export const toBase64 = (bytes: Uint8Array): string => base64(bytes, `${B64}+/`, true);

/** Reads base64 or base64url, padded or not, without white space. Throws `encoding.base64url`. */
export function fromBase64(text: string): Uint8Array {
  const wrong = () =>
    new MunjigiError(
      'encoding.base64url',
      'Base64 text has only letters, digits, - _ or + / and may end in =.',
    );
  const body = text.replace(/={1,2}$/, '');
  if (body.length % 4 === 1) throw wrong();
  const out = new Uint8Array(Math.floor((body.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < body.length; i++) {
    const value = B64_VALUES[body.charCodeAt(i)] ?? -1;
    if (value < 0) throw wrong();
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (held >> bits) & 255;
    }
  }
  if ((held & ((1 << bits) - 1)) !== 0) throw wrong();
  return out;
}
