import { MunjigiError } from '../errors.ts';
import { Code, QUICK_MASK, brokenStream as wrong } from './huffman.ts';

/** What a stream came to. `complete` is false where its checksum is wrong or bytes follow its end. */
export interface Inflated {
  readonly bytes: Uint8Array;
  readonly complete: boolean;
}

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
];
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const LENGTHS_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

// Working room, used by one call at a time and never read before it is set.
const lengthsCode = new Code();
const literalsCode = new Code();
const distancesCode = new Code();
const codeLengths = new Uint8Array(320);

let fixedCodes: readonly [Code, Code] | null = null;

function fixed(): readonly [Code, Code] {
  if (!fixedCodes) {
    const lengths = new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280);
    // Both fixed codes have symbols that never occur (RFC 1951 §3.2.6): they are refused where they turn up.
    fixedCodes = [new Code().set(lengths, 0, 288), new Code().set(new Uint8Array(32).fill(5), 0, 32)];
  }
  return fixedCodes;
}

class Inflater {
  at: number;
  out: Uint8Array;
  size = 0;
  private held = 0;
  private bits = 0;

  constructor(
    private readonly input: Uint8Array,
    from: number,
    private readonly maxBytes: number,
  ) {
    this.at = from;
    this.out = new Uint8Array(Math.min(maxBytes, Math.max(512, input.length * 2)));
  }

  run(): void {
    let last = false;
    while (!last) {
      last = this.take(1) === 1;
      const kind = this.take(2);
      if (kind === 0) this.stored();
      else if (kind === 1) this.block(...fixed());
      else if (kind === 2) this.block(...this.codes());
      else throw wrong();
    }
    // Whole bytes that were read ahead belong to what follows.
    this.at -= this.bits >> 3;
  }

  /** Up to 16 bits. Past the end of the input, throws. */
  private take(count: number): number {
    while (this.bits < count) {
      if (this.at >= this.input.length) throw wrong();
      this.held |= this.input[this.at++]! << this.bits;
      this.bits += 8;
    }
    const value = this.held & ((1 << count) - 1);
    this.held >>>= count;
    this.bits -= count;
    return value;
  }

  private symbol(code: Code): number {
    while (this.bits < 15 && this.at < this.input.length) {
      this.held |= this.input[this.at++]! << this.bits;
      this.bits += 8;
    }
    const entry = code.quick[this.held & QUICK_MASK]!;
    const size = entry & 15;
    if (size > 0 && size <= this.bits) {
      this.held >>>= size;
      this.bits -= size;
      return entry >> 4;
    }
    return this.slowSymbol(code);
  }

  private slowSymbol({ counts, symbols }: Code): number {
    let value = 0;
    let first = 0;
    let index = 0;
    for (let size = 1; size < 16; size++) {
      value |= this.take(1);
      const count = counts[size]!;
      if (value - count < first) return symbols[index + (value - first)]!;
      index += count;
      first = (first + count) << 1;
      value <<= 1;
    }
    throw wrong();
  }

  private room(bytes: number): void {
    const wanted = this.size + bytes;
    if (wanted > this.maxBytes)
      throw new MunjigiError('encoding.too-long', `At most ${this.maxBytes} bytes are unpacked.`);
    if (wanted <= this.out.length) return;
    const grown = new Uint8Array(Math.min(this.maxBytes, Math.max(wanted, this.out.length * 2)));
    grown.set(this.out.subarray(0, this.size));
    this.out = grown;
  }

  private stored(): void {
    this.at -= this.bits >> 3;
    this.held = 0;
    this.bits = 0;
    if (this.at + 4 > this.input.length) throw wrong();
    const length = this.input[this.at]! | (this.input[this.at + 1]! << 8);
    if ((length ^ 0xffff) !== (this.input[this.at + 2]! | (this.input[this.at + 3]! << 8))) throw wrong();
    this.at += 4;
    if (this.at + length > this.input.length) throw wrong();
    this.room(length);
    this.out.set(this.input.subarray(this.at, this.at + length), this.size);
    this.size += length;
    this.at += length;
  }

  private codes(): [Code, Code] {
    const literals = this.take(5) + 257;
    const distances = this.take(5) + 1;
    const count = this.take(4) + 4;
    if (literals > 286 || distances > 30) throw wrong();
    codeLengths.fill(0, 0, 19);
    for (let i = 0; i < count; i++) codeLengths[LENGTHS_ORDER[i]!] = this.take(3);
    const code = lengthsCode.set(codeLengths, 0, 19);
    const total = literals + distances;
    const lengths = codeLengths;
    for (let i = 0; i < total; ) {
      const symbol = this.symbol(code);
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw wrong();
      const value = symbol === 16 ? lengths[i - 1]! : 0;
      const repeat = symbol === 16 ? 3 + this.take(2) : symbol === 17 ? 3 + this.take(3) : 11 + this.take(7);
      if (i + repeat > total) throw wrong();
      lengths.fill(value, i, i + repeat);
      i += repeat;
    }
    if (lengths[256] === 0) throw wrong();
    return [literalsCode.set(lengths, 0, literals), distancesCode.set(lengths, literals, total)];
  }

  private block(literals: Code, distances: Code): void {
    const { input } = this;
    const { quick } = literals;
    for (;;) {
      // Literals are most of a stream: they are taken here, with everything at hand.
      let { held, bits, at, size, out } = this;
      let entry = 0;
      for (;;) {
        if (bits < 15) {
          if (at + 1 < input.length) {
            held |= (input[at]! | (input[at + 1]! << 8)) << bits;
            at += 2;
            bits += 16;
          } else if (at < input.length) {
            held |= input[at++]! << bits;
            bits += 8;
          }
        }
        entry = quick[held & QUICK_MASK]!;
        const length = entry & 15;
        if (entry >= 256 << 4 || length === 0 || length > bits || size === out.length) break;
        held >>>= length;
        bits -= length;
        out[size++] = entry >> 4;
      }
      this.held = held;
      this.bits = bits;
      this.at = at;
      this.size = size;
      const symbol = this.symbol(literals);
      if (symbol < 256) {
        this.room(1);
        this.out[this.size++] = symbol;
        continue;
      }
      if (symbol === 256) return;
      if (symbol > 285) throw wrong();
      this.copy(symbol, distances);
    }
  }

  /** A repeat of what was written before. */
  private copy(symbol: number, distances: Code): void {
    const length = LENGTH_BASE[symbol - 257]! + this.take(LENGTH_EXTRA[symbol - 257]!);
    const far = this.symbol(distances);
    if (far > 29) throw wrong();
    const distance = DISTANCE_BASE[far]! + this.take(DISTANCE_EXTRA[far]!);
    if (distance > this.size) throw wrong();
    this.room(length);
    const { out } = this;
    let at = this.size;
    for (const end = at + length; at < end; at++) out[at] = out[at - distance]!;
    this.size = at;
  }
}

function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (let i = 0; i < bytes.length; ) {
    // 3800 sums stay below 2^32 without a remainder.
    for (const end = Math.min(i + 3800, bytes.length); i < end; i++) {
      a += bytes[i]!;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}

/**
 * Unpacks a zlib stream (RFC 1950 and 1951) of at most `maxBytes` bytes: a bomb is stopped before it grows. `complete` is
 * false where the checksum is missing or wrong, or where bytes follow the end: such a stream is broken, but what it holds can
 * still be looked at. Throws `encoding.inflate` for broken streams, `encoding.too-long` past the limit.
 */
export function inflateZlib(input: Uint8Array, maxBytes: number): Inflated {
  if (
    input.length < 2 ||
    (input[0]! & 15) !== 8 ||
    input[0]! >> 4 > 7 ||
    ((input[0]! << 8) | input[1]!) % 31 !== 0
  )
    throw wrong();
  if ((input[1]! & 32) !== 0) throw wrong();
  const inflater = new Inflater(input, 2, maxBytes);
  inflater.run();
  const bytes = inflater.out.subarray(0, inflater.size);
  const end = inflater.at;
  const sum =
    end + 4 <= input.length
      ? ((input[end]! << 24) | (input[end + 1]! << 16) | (input[end + 2]! << 8) | input[end + 3]!) >>> 0
      : -1;
  return { bytes, complete: sum === adler32(bytes) && end + 4 === input.length };
}

/** Unpacks raw deflate (RFC 1951) of at most `maxBytes` bytes. `complete` is false where bytes follow the end. */
export function inflateRaw(input: Uint8Array, maxBytes: number): Inflated {
  const inflater = new Inflater(input, 0, maxBytes);
  inflater.run();
  return { bytes: inflater.out.subarray(0, inflater.size), complete: inflater.at === input.length };
}
