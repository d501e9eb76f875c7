import { MunjigiError } from '../errors.ts';

const QUICK_BITS = 9;
export const QUICK_MASK = (1 << QUICK_BITS) - 1;

export const brokenStream = () =>
  new MunjigiError('encoding.inflate', 'The compressed bytes are broken: scan the code again.');

// Working room, used by one call at a time and never read before it is set.
const next = new Uint16Array(16);
const offsets = new Uint16Array(16);

/** A Huffman code (RFC 1951 §3.2.2): a table for short codes, counts for the rest. */
export class Code {
  /** symbol << 4 | length, by the next QUICK_BITS bits as they come off the stream; 0 where the code is longer. */
  readonly quick = new Uint16Array(1 << QUICK_BITS);
  readonly counts = new Uint16Array(16);
  readonly symbols = new Uint16Array(288);

  /** Takes the code lengths of the symbols from `from` up to `to`. Throws where they make no code. */
  set(lengths: Uint8Array, from: number, to: number): this {
    const { quick, counts, symbols } = this;
    counts.fill(0);
    for (let i = from; i < to; i++) counts[lengths[i]!]!++;
    counts[0] = 0;
    let left = 1;
    let used = 0;
    let code = 0;
    for (let size = 1; size < 16; size++) {
      const count = counts[size]!;
      left = left * 2 - count;
      if (left < 0) throw brokenStream();
      code = (code + counts[size - 1]!) << 1;
      next[size] = code;
      offsets[size] = used;
      used += count;
    }
    // An incomplete code is legal for a single symbol only (RFC 1951 §3.2.7).
    if (left > 0) {
      if (used > 1) throw brokenStream();
      quick.fill(0);
    }
    for (let i = from; i < to; i++) {
      const size = lengths[i]!;
      if (size === 0) continue;
      symbols[offsets[size]!++] = i - from;
      let bits = next[size]!++;
      let reversed = 0;
      for (let bit = 0; bit < size; bit++, bits >>= 1) reversed = (reversed << 1) | (bits & 1);
      if (size > QUICK_BITS) quick[reversed & QUICK_MASK] = 0;
      else {
        const entry = ((i - from) << 4) | size;
        for (let at = reversed; at <= QUICK_MASK; at += 1 << size) quick[at] = entry;
      }
    }
    return this;
  }
}
