import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBusinessNumber } from './business-number.ts';
import type { WeightedNumber } from './pack.ts';

const RULE: WeightedNumber = {
  pattern: '^[0-9]{10}$',
  drop: ' -',
  weights: [1, 3, 7, 1, 3, 7, 1, 3, 5, 1],
  carry: [8],
  modulus: 10,
  remainder: 0,
};

describe('a business number by weighted sum', () => {
  it('knows numbers that large companies print on their pages', () => {
    for (const number of ['124-81-00998', '220-81-62517', '120 81 47521'])
      expect(parseBusinessNumber(RULE, number), number).toBe(number.replace(/\D/g, ''));
  });

  it('gives every first nine digits exactly one last digit, and finds any one digit that was mistyped', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[0-9]{9}$/),
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        (nine, place, off) => {
          const good = [...'0123456789'].filter((last) => parseBusinessNumber(RULE, nine + last) !== null);
          expect(good).toHaveLength(1);
          const whole = nine + good[0];
          const wrong = [...whole].map((digit, i) =>
            i === place ? String((Number(digit) + off) % 10) : digit,
          );
          // The ninth digit counts five times and its tens once: two values in ten may agree.
          if (place !== 8) expect(parseBusinessNumber(RULE, wrong.join(''))).toBeNull();
        },
      ),
    );
  });

  it('refuses what is no number of that form, whatever it is', () => {
    for (const text of [
      '',
      '124-81-0099',
      '124-81-009988',
      '124-81-0099a',
      '１２４-81-00999',
      '1'.repeat(500),
    ])
      expect(parseBusinessNumber(RULE, text), text).toBeNull();
    expect(parseBusinessNumber(RULE, '１２４-81-00998')).toBe('1248100998');
    fc.assert(
      fc.property(fc.string(), (text) => {
        const read = parseBusinessNumber(RULE, text);
        expect(read === null || /^[0-9]{10}$/.test(read)).toBe(true);
      }),
    );
  });
});
