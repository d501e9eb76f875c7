import { describe, expect, it } from 'vitest';
import { compare } from './check.ts';

const ledger = { venueId: 1, gate: 'aa', counters: [1, 2, 3], confirmed: 3 };
const rows = [1, 2, 3].map((counter) => ({ gate: 'aa', counter }));

describe('the drill’s own count of entries', () => {
  it('finds nothing where every entry is there once', () => {
    expect(compare([ledger], rows)).toEqual({ made: 3, lost: 0, doubled: 0, invented: 0 });
  });

  it('sees a planted loss, a planted double and a planted stranger', () => {
    expect(compare([ledger], rows.slice(1))).toMatchObject({ lost: 1 });
    expect(compare([ledger], [...rows, rows[0]!])).toMatchObject({ lost: 0, doubled: 1 });
    expect(compare([ledger], [...rows, { gate: 'aa', counter: 4 }])).toMatchObject({ invented: 1 });
  });

  it('leaves the rows of other gates alone', () => {
    expect(compare([ledger], [...rows, { gate: 'bb', counter: 1 }])).toMatchObject({
      doubled: 0,
      invented: 0,
    });
  });
});
