import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CborValue, encodeDeterministic } from '../encoding/index.ts';
import { ENTRY_CLAIM } from './layout.ts';
import { lintPass } from './lint.ts';
import { writePass } from './write-pass.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const kids = fc.uint8Array({ minLength: 1, maxLength: 2 });
/** Numbers of every length of head, legal or not. */
const numbers = fc.oneof(
  fc.nat(30),
  fc.nat(300),
  fc.nat(70_000),
  fc.nat(2 ** 31 - 1),
  fc.maxSafeNat(),
  fc.constantFrom(23, 24, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER),
);
const entries = fc.oneof(fc.tuple(numbers, numbers), fc.tuple(numbers, numbers, numbers));

function structureOf(kid: Uint8Array, expiresAt: number, form: [number, CborValue], entry: number[]) {
  const header = new Map<number, CborValue>([
    [1, -7],
    [4, kid],
  ]);
  const claims = new Map<number, CborValue>([[4, expiresAt], form, [ENTRY_CLAIM, entry]]);
  const parts = [encodeDeterministic(header), encodeDeterministic(claims)] as const;
  return {
    header: parts[0],
    claims: parts[1],
    bytes: encodeDeterministic([parts[0], new Map(), parts[1], new Uint8Array(64)]),
  };
}

describe('a pass that is written in one go', () => {
  it('has the bytes of deterministic CBOR of its structure, live, whatever it says', () => {
    fc.assert(
      fc.property(kids, numbers, bytes(64), entries, (kid, expiresAt, point, entry) => {
        const holderKey = Uint8Array.from([4, ...point]);
        const key = new Map<number, CborValue>([
          [1, 2],
          [-1, 1],
          [-2, holderKey.slice(1, 33)],
          [-3, (holderKey[64]! & 1) === 1],
        ]);
        const { bytes, header, claims } = writePass({ kid, expiresAt, form: { holderKey }, entry });
        expect({ bytes, header, claims }).toEqual(
          structureOf(kid, expiresAt, [8, new Map([[1, key]])], [...entry]),
        );
      }),
    );
  });

  it('has the bytes of deterministic CBOR of its structure, on paper, whatever it says', () => {
    fc.assert(
      fc.property(kids, numbers, bytes(16), entries, (kid, expiresAt, handle, entry) => {
        const { bytes, header, claims } = writePass({ kid, expiresAt, form: { handle }, entry });
        expect({ bytes, header, claims }).toEqual(structureOf(kid, expiresAt, [7, handle], [...entry]));
      }),
    );
  });

  it('is found fault with, or not, as its structure is: the lint reads the very bytes', () => {
    const grid = { timeZone: 'Asia/Seoul' };
    fc.assert(
      fc.property(kids, numbers, bytes(16), entries, (kid, expiresAt, handle, entry) => {
        const { bytes } = writePass({ kid, expiresAt, form: { handle }, entry });
        const other = structureOf(kid, expiresAt, [7, handle], [...entry]).bytes;
        expect(lintPass(bytes, grid)).toEqual(lintPass(other, grid));
      }),
    );
  });

  it.each([
    ['a key id of none', { kid: new Uint8Array(0) }],
    ['a key id of three bytes', { kid: new Uint8Array(3) }],
    ['a handle of 15 bytes', { form: { handle: new Uint8Array(15) } }],
    ['a fraction', { expiresAt: 1.5 }],
    ['a number below zero', { entry: [-1, 0] }],
    ['a number beyond 2^53', { expiresAt: 2 ** 53 }],
    ['no number', { entry: [Number.NaN, 0] }],
  ])('is not written with %s', (_what, wrong) => {
    const right = {
      kid: Uint8Array.of(1),
      expiresAt: 900,
      form: { handle: new Uint8Array(16) },
      entry: [1, 33],
    };
    expect(() => writePass(right)).not.toThrow();
    expect(() => writePass({ ...right, ...wrong })).toThrow(expect.objectContaining({ code: 'pass.claims' }));
  });
});
