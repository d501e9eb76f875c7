import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bar, countWord, HIDDEN_HEIGHT, hoursShown, marks, most } from './scale.ts';

const bar = (at: number, told: number | null, hidden = false): Bar => ({ at, told, hidden, late: 0 });

describe('the axis of a plot', () => {
  it('has at most four whole marks that rise evenly and reach over the highest bar', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (max) => {
        const found = marks(max);
        expect(found.length).toBeGreaterThan(0);
        expect(found.length).toBeLessThanOrEqual(4);
        expect(found.every(Number.isInteger)).toBe(true);
        expect(found.at(-1)).toBeGreaterThanOrEqual(max);
        for (const [i, mark] of found.entries()) expect(mark).toBe(found[0]! * (i + 1));
      }),
    );
  });

  it('leaves room for a hidden number, and none for what is not known', () => {
    expect(most([bar(0, null), bar(1, 0, true)])).toBe(HIDDEN_HEIGHT);
    expect(most([bar(0, 9), bar(1, 7, true)])).toBe(7 + HIDDEN_HEIGHT);
    expect(most([bar(0, null)])).toBe(0);
  });

  it('shows the hours of trade, and never leaves out one in which somebody came', () => {
    expect(hoursShown([bar(3, null), bar(12, 40)])).toEqual([9, 22]);
    expect(hoursShown([bar(0, 0, true), bar(23, 7)])).toEqual([0, 24]);
    expect(hoursShown([bar(5, 0)])).toEqual([9, 22]);
  });
});

describe('a count in words', () => {
  const words = { hidden: 'hidden', unknown: 'unknown', atLeast: (n: number) => `${n} or more` };

  it('never says nothing where something is hidden or not known', () => {
    expect(countWord(bar(0, 0), words)).toBe('0');
    expect(countWord(bar(0, null), words)).toBe('unknown');
    expect(countWord(bar(0, 0, true), words)).toBe('hidden');
    expect(countWord(bar(0, 12, true), words)).toBe('12 or more');
  });
});
