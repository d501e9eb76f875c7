import { constants, deflateRawSync, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inflateRaw, inflateZlib } from './inflate.ts';

const LIMIT = 1 << 17;
const strategies = [
  constants.Z_DEFAULT_STRATEGY,
  constants.Z_FIXED,
  constants.Z_HUFFMAN_ONLY,
  constants.Z_RLE,
  constants.Z_FILTERED,
];
const content = fc.oneof(
  fc.uint8Array({ maxLength: 2000 }),
  fc.string({ maxLength: 2000 }).map((text) => new TextEncoder().encode(text)),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 900 }))
    .map(([part, times]) => {
      return Uint8Array.from({ length: part.length * times }, (_, i) => part[i % part.length]!);
    }),
);

describe('inflate', () => {
  it('gives back what zlib packed, at every level and strategy', () => {
    fc.assert(
      fc.property(
        content,
        fc.integer({ min: 0, max: 9 }),
        fc.constantFrom(...strategies),
        (bytes, level, strategy) => {
          const packed = inflateZlib(deflateSync(bytes, { level, strategy }), LIMIT);
          expect(packed.complete).toBe(true);
          expect(Buffer.compare(packed.bytes, bytes)).toBe(0);
          const raw = inflateRaw(deflateRawSync(bytes, { level, strategy }), LIMIT);
          expect(raw.complete).toBe(true);
          expect(Buffer.compare(raw.bytes, bytes)).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('stops a bomb at the limit without building it', () => {
    const bomb = deflateSync(Buffer.alloc(50 * 1024 * 1024));
    expect(() => inflateZlib(bomb, 65536)).toThrow(expect.objectContaining({ code: 'encoding.too-long' }));
  });

  it('sees bytes that follow the end, and a wrong or missing checksum', () => {
    const packed = deflateSync(Buffer.from('a pass, a pass, a pass'));
    expect(inflateZlib(packed, LIMIT).complete).toBe(true);
    expect(inflateZlib(Buffer.concat([packed, Buffer.of(0)]), LIMIT).complete).toBe(false);
    expect(inflateZlib(packed.subarray(0, -1), LIMIT).complete).toBe(false);
    const spoilt = Buffer.from(packed);
    spoilt[spoilt.length - 1]! ^= 1;
    expect(inflateZlib(spoilt, LIMIT).complete).toBe(false);
  });

  it('never does anything else than throw its own error on broken streams, and never claims a broken one complete', () => {
    fc.assert(
      fc.property(content, fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, place, flip) => {
        const packed = Uint8Array.from(deflateSync(bytes));
        const at = place % packed.length;
        packed[at] = packed[at]! ^ flip;
        try {
          const result = inflateZlib(packed, LIMIT);
          // A flip in the header may leave the content alone; a flip behind it must show.
          if (at >= 2 && result.complete) expect(Buffer.compare(result.bytes, bytes)).toBe(0);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^encoding\.(inflate|too-long)$/) });
        }
      }),
      { numRuns: 1000 },
    );
  });
});
