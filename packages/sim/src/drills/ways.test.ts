import { describe, expect, it } from 'vitest';
import type { WayLedger } from '../crowd/index.ts';
import { compareWays, waysAnswered, waysBefore } from './ways.ts';

const entry = (enteredAt: number, answered = true) => ({ enteredAt, savedAt: enteredAt * 1000, answered });
const calls: WayLedger = { venueId: 7, way: 'call', entries: [entry(101), entry(101), entry(102)] };
const paper: WayLedger = { venueId: 7, way: 'paper', entries: [entry(60), entry(60, false)] };
const rows = [101, 101, 102].map((enteredAt) => ({ venueId: 7, word: 'call', enteredAt }));

describe('the drill’s own count of entries without a gate', () => {
  it('finds nothing where each is there as often as it was made', () => {
    expect(compareWays([calls], rows)).toEqual({ made: 3, lost: 0, doubled: 0, invented: 0 });
  });

  it('sees a planted loss and a planted double, also of two guests in one second', () => {
    expect(compareWays([calls], rows.slice(1))).toMatchObject({ lost: 1, doubled: 0 });
    expect(compareWays([calls], [...rows, rows[0]!])).toMatchObject({ lost: 0, doubled: 1 });
  });

  it('takes a row by another way or of another second for one that nobody made, and leaves other venues alone', () => {
    const [first, ...rest] = rows;
    expect(compareWays([calls], [{ ...first!, word: 'poster' }, ...rest])).toMatchObject({
      lost: 1,
      invented: 1,
    });
    expect(compareWays([calls], [{ ...first!, enteredAt: 9 }, ...rest])).toMatchObject({
      lost: 1,
      invented: 1,
    });
    expect(compareWays([calls], [...rows, { ...first!, venueId: 8 }])).toMatchObject({
      doubled: 0,
      invented: 0,
    });
  });

  it('asks for what was made before an instant, for a line on paper once it was typed, and for what was answered', () => {
    expect(waysBefore([calls], 101_000)[0]!.entries).toHaveLength(2);
    expect(waysBefore([paper], 101_000)[0]!.entries).toEqual([entry(60)]);
    expect(waysAnswered([paper])[0]!.entries).toEqual([entry(60)]);
  });
});
