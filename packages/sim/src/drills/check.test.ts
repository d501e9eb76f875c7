import { describe, expect, it } from 'vitest';
import { before, compare, receipted } from './check.ts';

const places = [1, 2, 3].map((counter) => ({ counter, enteredAt: 100 + counter }));
const ledger = {
  venueId: 7,
  gate: 'aa',
  entries: places.map((place, i) => ({ ...place, savedAt: i })),
  receipted: 2,
};
const rows = places.map((place) => ({ venueId: 7, gate: 'aa', ...place }));

describe('the drill’s own count of entries', () => {
  it('finds nothing where every entry is there once', () => {
    expect(compare([ledger], rows)).toEqual({ made: 3, lost: 0, doubled: 0, invented: 0 });
  });

  it('sees a planted loss, a planted double and a planted stranger', () => {
    expect(compare([ledger], rows.slice(1))).toMatchObject({ lost: 1, invented: 0 });
    expect(compare([ledger], [...rows, rows[0]!])).toMatchObject({ lost: 0, doubled: 1 });
    expect(compare([ledger], [...rows, { ...rows[0]!, counter: 4 }])).toMatchObject({ invented: 1 });
  });

  it('takes an entry at another venue or another second for one that is lost, and the row for one that nobody made', () => {
    const [first, ...rest] = rows;
    expect(compare([ledger], [{ ...first!, venueId: 8 }, ...rest])).toMatchObject({ lost: 1, invented: 1 });
    expect(compare([ledger], [{ ...first!, enteredAt: 1 }, ...rest])).toMatchObject({ lost: 1, invented: 1 });
    expect(compare([ledger], [...rows, { ...first!, enteredAt: 1 }])).toMatchObject({ lost: 0, doubled: 1 });
  });

  it('leaves the rows of other gates alone', () => {
    expect(compare([ledger], [...rows, { ...rows[0]!, gate: 'bb' }])).toMatchObject({
      doubled: 0,
      invented: 0,
    });
  });

  it('asks for what was saved before an instant alone, where only that has to be there', () => {
    expect(compare(before([ledger], 1), rows.slice(0, 2))).toMatchObject({ made: 2, lost: 0 });
    expect(compare(before([ledger], 2), rows.slice(0, 2))).toMatchObject({ made: 3, lost: 1 });
  });

  it('asks for what was receipted alone, where the register has just lost its server', () => {
    expect(compare(receipted([ledger]), rows.slice(0, 2))).toMatchObject({ made: 2, lost: 0 });
    expect(compare(receipted([ledger]), rows.slice(0, 1))).toMatchObject({ made: 2, lost: 1 });
  });
});
