import { MunjigiError } from '../errors.ts';
import { asciiText, isAscii, utf8Decode } from './bytes.ts';
import type { CborValue } from './cbor.ts';

/** What a reader lets through, and how far it goes. Sizes and depth are checked before anything is built. */
export interface CborRules {
  readonly maxBytes: number;
  readonly maxDepth: number;
  /** Core deterministic encoding only (RFC 8949 §4.2.1): no tags, floats, indefinite lengths or `undefined`. */
  readonly deterministic: boolean;
}

const wrong = (why: string) =>
  new MunjigiError('encoding.cbor', `The bytes are not the CBOR that was expected: ${why}.`);
const loose = (why: string) =>
  new MunjigiError(
    'encoding.cbor-not-deterministic',
    `CBOR is not in deterministic form (RFC 8949 section 4.2.1): ${why}.`,
  );

const BREAK = Symbol('break');
const HIGH = 0x20_0000;
const PLAIN = 2048;

/**
 * One walk that checks and builds at once, so that deterministic form is proved without encoding again. A length larger
 * than the input ends the walk before anything is allocated: a bomb costs nothing. Text must be well-formed UTF-8.
 */
export class CborReader {
  at = 0;
  private argument64 = 0n;
  private plain: string | null = null;

  private readonly bytes: Uint8Array;
  private readonly strict: boolean;
  private readonly maxDepth: number;

  constructor(bytes: Uint8Array, rules: CborRules) {
    this.strict = rules.deterministic;
    this.maxDepth = rules.maxDepth;
    // A subclass (Buffer of Node) cuts slices that share its memory: what is handed out here must be copies.
    this.bytes =
      bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length > rules.maxBytes)
      throw new MunjigiError('encoding.too-long', `At most ${rules.maxBytes} bytes are read.`);
  }

  /** The next item. Throws `encoding.cbor` or `encoding.cbor-not-deterministic`. */
  item(): CborValue {
    const value = this.any(0);
    if (value === BREAK) throw wrong('a break without a start');
    return value;
  }

  private any(depth: number): CborValue | typeof BREAK {
    if (depth > this.maxDepth) throw wrong(`nested deeper than ${this.maxDepth}`);
    if (this.at >= this.bytes.length) throw wrong('cut short');
    const first = this.bytes[this.at++]!;
    const major = first >> 5;
    const info = first & 31;
    if (info === 31) return this.indefinite(first, depth);
    if (major === 7) return this.simple(info);
    const n = info < 24 ? info : this.argument(info);
    switch (major) {
      case 0:
        return n >= 0 ? n : this.argument64;
      case 1:
        return n >= 0 && n < Number.MAX_SAFE_INTEGER ? -1 - n : -1n - (n >= 0 ? BigInt(n) : this.argument64);
      case 2:
        return this.bytes.slice(this.skip(n), this.at);
      case 3:
        return this.text(this.skip(n), this.at);
      case 4:
        return this.array(n, depth);
      case 5:
        return this.map(n, depth);
      default:
        if (this.strict) throw loose('a tag');
        return this.inner(depth);
    }
  }

  /** The argument of a head, or -1 where it is over 2^53 and stands in `argument64`. */
  private argument(info: number): number {
    if (info > 27) throw wrong('a reserved length');
    const size = 1 << (info - 24);
    if (this.at + size > this.bytes.length) throw wrong('cut short');
    let n = 0;
    if (size <= 4) {
      for (let i = 0; i < size; i++) n = n * 256 + this.bytes[this.at++]!;
      if (this.strict && n < (size === 1 ? 24 : size === 2 ? 256 : 65536))
        throw loose('a number is not in its shortest form');
      return n;
    }
    const high = this.word();
    const low = this.word();
    if (this.strict && high === 0) throw loose('a number is not in its shortest form');
    if (high < HIGH) return high * 0x1_0000_0000 + low;
    this.argument64 = (BigInt(high) << 32n) | BigInt(low);
    return -1;
  }

  private word(): number {
    let n = 0;
    for (let i = 0; i < 4; i++) n = n * 256 + this.bytes[this.at++]!;
    return n;
  }

  /** Steps over that many bytes; answers where they start. */
  private skip(length: number): number {
    const from = this.at;
    if (length < 0 || from + length > this.bytes.length) throw wrong('cut short');
    this.at = from + length;
    return from;
  }

  /** Most texts are short and plain: they are cut out of one text of all the bytes. */
  private text(from: number, to: number): string {
    const { bytes } = this;
    if (bytes.length > PLAIN || !isAscii(bytes, from, to)) return utf8Decode(bytes, from, to);
    this.plain ??= asciiText(bytes);
    return this.plain.substring(from, to);
  }

  private inner(depth: number): CborValue {
    const value = this.any(depth + 1);
    if (value === BREAK) throw wrong('a break without a start');
    return value;
  }

  private array(length: number, depth: number): CborValue {
    if (length < 0 || length > this.bytes.length - this.at) throw wrong('cut short');
    const out: CborValue[] = [];
    for (let i = 0; i < length; i++) out.push(this.inner(depth));
    return out;
  }

  private map(length: number, depth: number): CborValue {
    if (length < 0 || length * 2 > this.bytes.length - this.at) throw wrong('cut short');
    const out = new Map<number | string, CborValue>();
    let previousFrom = -1;
    let previousTo = -1;
    for (let i = 0; i < length; i++) {
      const from = this.at;
      const key = this.key(this.inner(depth));
      if (this.strict) {
        if (previousFrom >= 0 && !this.ascending(previousFrom, previousTo, from, this.at))
          throw loose('keys are out of order or double');
        previousFrom = from;
        previousTo = this.at;
      }
      out.set(key, this.inner(depth));
    }
    return out;
  }

  private key(value: CborValue): number | string {
    if (typeof value !== 'number' && typeof value !== 'string')
      throw wrong('a key that is no whole number and no text');
    return value;
  }

  /** True when the encoded key a stands before b, byte by byte. */
  private ascending(a: number, aEnd: number, b: number, bEnd: number): boolean {
    const length = Math.min(aEnd - a, bEnd - b);
    for (let i = 0; i < length; i++) {
      const difference = this.bytes[a + i]! - this.bytes[b + i]!;
      if (difference !== 0) return difference < 0;
    }
    return aEnd - a < bEnd - b;
  }

  private indefinite(first: number, depth: number): CborValue | typeof BREAK {
    if (this.strict) throw loose('an indefinite length');
    if (first === 0xff) return BREAK;
    const major = first >> 5;
    if (major === 4) {
      const out: CborValue[] = [];
      for (let value = this.any(depth + 1); value !== BREAK; value = this.any(depth + 1)) out.push(value);
      return out;
    }
    if (major === 5) {
      const out = new Map<number | string, CborValue>();
      for (let key = this.any(depth + 1); key !== BREAK; key = this.any(depth + 1))
        out.set(this.key(key), this.inner(depth));
      return out;
    }
    if (major !== 2 && major !== 3) throw wrong('indefinite length');
    const chunks: CborValue[] = [];
    for (let value = this.any(depth + 1); value !== BREAK; value = this.any(depth + 1)) {
      if (major === 2 ? !(value instanceof Uint8Array) : typeof value !== 'string')
        throw wrong('pieces of another kind');
      chunks.push(value);
    }
    if (major === 3) return (chunks as string[]).join('');
    const parts = chunks as Uint8Array[];
    const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  private simple(info: number): CborValue {
    if (info === 20) return false;
    if (info === 21) return true;
    if (info === 22) return null;
    if (info >= 25 && info <= 27) {
      if (this.strict) throw loose('floating point');
      const size = 1 << (info - 24);
      const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.skip(size), size);
      return info === 27 ? view.getFloat64(0) : info === 26 ? view.getFloat32(0) : half(view.getUint16(0));
    }
    if (info === 23 && !this.strict) return null;
    throw wrong('a simple value that has no meaning here');
  }
}

/** Half-precision float (RFC 8949 appendix D). */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const size =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent === 31
        ? fraction
          ? Number.NaN
          : Infinity
        : (fraction + 1024) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -size : size;
}
