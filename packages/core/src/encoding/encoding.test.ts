import { readFileSync } from 'node:fs';
import * as cborg from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  base45Decode,
  base45Encode,
  type CborValue,
  decodeDeterministic,
  decodeFirst,
  decodeLenient,
  encodeDeterministic,
  fromBase64,
  fromHex,
  toBase64,
  toBase64url,
  toHex,
  utf8Decode,
  utf8Encode,
} from './index.ts';

const vectors = JSON.parse(
  readFileSync(new URL('../../../../vectors/encodings.json', import.meta.url), 'utf8'),
) as {
  readonly base45: {
    readonly valid: readonly { readonly bytes: string; readonly text: string }[];
    readonly invalid: readonly { readonly text: string; readonly why: string }[];
  };
  readonly cbor: {
    readonly invalid: readonly { readonly bytes: string; readonly why: string; readonly code: string }[];
  };
};

const bytes = (hex: string) => fromHex(hex.replace(/\s/g, ''));
const code = (value: string) => expect.objectContaining({ code: value });

describe('base45', () => {
  it.each(vectors.base45.valid)('agrees with RFC 9285: $text', ({ bytes: hex, text }) => {
    expect(base45Encode(fromHex(hex))).toBe(text);
    expect(toHex(base45Decode(text))).toBe(hex);
  });

  it.each(vectors.base45.invalid)('refuses $why, which lenient decoders let through: $text', ({ text }) => {
    expect(() => base45Decode(text)).toThrow(code('encoding.base45'));
  });

  it('gives back any bytes, also from the middle of a text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.string({ maxLength: 8 }), (content, before) => {
        expect(base45Decode(before + base45Encode(content), before.length)).toEqual(content);
      }),
    );
  });

  it('has one text for each bytes: what decodes encodes to itself', () => {
    const alphabet = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...alphabet), { maxLength: 60 }), (characters) => {
        const text = characters.join('');
        let decoded: Uint8Array;
        try {
          decoded = base45Decode(text);
        } catch {
          return;
        }
        expect(base45Encode(decoded)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('hexadecimal, base64 and UTF-8', () => {
  it('agree with the platform', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 100 }),
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        (content, text) => {
          const buffer = Buffer.from(content);
          expect(toHex(content)).toBe(buffer.toString('hex'));
          expect(toBase64(content)).toBe(buffer.toString('base64'));
          expect(toBase64url(content)).toBe(buffer.toString('base64url'));
          for (const encoded of [toBase64(content), toBase64url(content)])
            expect(fromBase64(encoded)).toEqual(content);
          expect(Buffer.from(utf8Encode(text)).toString()).toBe(text);
          expect(utf8Decode(utf8Encode(text))).toBe(text);
        },
      ),
    );
  });

  it('refuse what the platform replaces or skips', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (content) => {
        let expected: string | null = null;
        try {
          expected = strict.decode(content);
        } catch {
          // Not well-formed: ours must say so too.
        }
        if (expected === null) expect(() => utf8Decode(content)).toThrow(code('encoding.cbor'));
        else expect(utf8Decode(content)).toBe(expected);
      }),
      { numRuns: 3000 },
    );
    for (const text of ['ab$=', 'A', '=AAA', 'A A=', 'AB==C', 'AB', 'abd']) {
      expect(() => fromBase64(text), text).toThrow(code('encoding.base64url'));
    }
    for (const text of ['0', 'xx', '0x00']) expect(() => fromHex(text)).toThrow(code('encoding.hex'));
  });
});

const LIMITS = { maxBytes: 10_000, maxDepth: 10 };
const whole = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: -(2n ** 64n), max: -(2n ** 53n) - 1n }),
);
const leaf: fc.Arbitrary<CborValue> = fc.oneof(
  whole,
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.uint8Array({ maxLength: 40 }),
  fc.boolean(),
  fc.constant(null),
);
const { value } = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 5 },
    leaf,
    fc.array(tie('value'), { maxLength: 6 }),
    fc
      .array(fc.tuple(fc.oneof(fc.integer(), fc.string({ maxLength: 6 })), tie('value')), { maxLength: 6 })
      .map((fields) => new Map(fields)),
  ),
}));

describe('CBOR in deterministic form', () => {
  it('gives back any document, and agrees with another decoder', () => {
    fc.assert(
      fc.property(value, (document) => {
        const encoded = encodeDeterministic(document);
        const again = decodeDeterministic(encoded, LIMITS);
        expect(encodeDeterministic(again)).toEqual(encoded);
        expect(again).toEqual(cborg.decode(encoded, { useMaps: true }));
      }),
      { numRuns: 500 },
    );
  });

  it('has one form: whatever decodes encodes to the same bytes', () => {
    const mutated = fc.tuple(value, fc.nat(), fc.nat(255)).map(([document, place, byte]) => {
      const encoded = encodeDeterministic(document);
      encoded[place % encoded.length] = byte;
      return encoded;
    });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ minLength: 1, maxLength: 12 })), (candidate) => {
        let decoded: CborValue;
        try {
          decoded = decodeDeterministic(candidate, LIMITS);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^encoding\./) });
          return;
        }
        expect(encodeDeterministic(decoded)).toEqual(candidate);
      }),
      { numRuns: 5000 },
    );
  });

  it.each(vectors.cbor.invalid)('refuses $why', ({ bytes: hex, code: expected }) => {
    expect(() => decodeDeterministic(fromHex(hex), LIMITS)).toThrow(code(expected));
  });

  it('refuses depth and size before anything is built', () => {
    expect(() => decodeDeterministic(new Uint8Array(5000).fill(0x81), LIMITS)).toThrow(code('encoding.cbor'));
    expect(() => decodeLenient(new Uint8Array(5000).fill(0x9f), LIMITS)).toThrow(code('encoding.cbor'));
    expect(() => decodeDeterministic(new Uint8Array(10_001), LIMITS)).toThrow(code('encoding.too-long'));
  });

  it('refuses to encode what it would not decode', () => {
    for (const wrong of [1.5, Number.NaN, 2 ** 53, undefined, [undefined]]) {
      expect(() => encodeDeterministic(wrong as CborValue)).toThrow(code('encoding.cbor'));
    }
  });

  it('hands out copies: a document that is changed later changes nothing that was read from it', () => {
    const encoded = Buffer.from('8243010203f6', 'hex');
    const [part] = decodeDeterministic(encoded, LIMITS) as [Uint8Array];
    encoded.fill(0);
    expect([...part]).toEqual([1, 2, 3]);
    expect(part.constructor).toBe(Uint8Array);
    expect(part.byteLength).toBe(part.buffer.byteLength);
  });
});

describe('CBOR as foreign issuers write it', () => {
  it.each([
    ['9f0102ff', [1, 2]],
    ['bf6161 01ff', new Map([['a', 1]])],
    ['5f4101420203ff', Uint8Array.of(1, 2, 3)],
    ['7f616161 62ff', 'ab'],
    ['d8641a00', 'cut'],
    ['c11a61d63f10', 1641430800],
    ['f93c00', 1],
    ['f9c400', -4],
    ['fa47c35000', 100000],
    ['fb3ff199999999999a', 1.1],
    ['f97c00', Number.POSITIVE_INFINITY],
    ['f90001', 2 ** -24],
    ['1b001fffffffffffff', 2 ** 53 - 1],
    ['1bffffffffffffffff', 2n ** 64n - 1n],
    ['3bffffffffffffffff', -(2n ** 64n)],
    ['3b001fffffffffffff', -(2n ** 53n)],
    ['1817', 23],
    ['f7', null],
    ['a201000102', new Map([[1, 2]])],
  ])('reads %s', (hex, expected) => {
    if (expected === 'cut') expect(() => decodeLenient(bytes(hex), LIMITS)).toThrow(code('encoding.cbor'));
    else expect(decodeLenient(bytes(hex), LIMITS)).toEqual(expected);
  });

  it('reads the first item of bytes that go on, and says how much is left', () => {
    expect(decodeFirst(bytes('82010200ff'), LIMITS)).toEqual({ value: [1, 2], rest: 2 });
  });

  it('never does anything else than throw its own error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (candidate) => {
        try {
          decodeLenient(candidate, LIMITS);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^encoding\./) });
        }
      }),
      { numRuns: 5000 },
    );
  });
});
