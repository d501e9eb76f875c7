import { describe, expect, it } from 'vitest';
import { mayUpdateByItself, QUIET_MS, type UpdateMoment } from './update-rule.ts';

const quiet: UpdateMoment = {
  ready: true,
  writes: true,
  idle: true,
  sinceLastScanMs: QUIET_MS,
  hour: 15,
  protectedHours: [],
};

describe('update by itself', () => {
  it('comes in a quiet hour', () => {
    expect(mayUpdateByItself(quiet)).toBe(true);
  });

  it.each([
    ['under a scan', { sinceLastScanMs: QUIET_MS - 1 }],
    ['while staff type', { idle: false }],
    ['in a tab that only looks on', { writes: false }],
    ['at lunch', { hour: 11 }],
    ['at the end of lunch', { hour: 13.99 }],
    ['in the evening', { hour: 19.5 }],
    ['in the hours of the pack', { hour: 8.5, protectedHours: [[8, 9]] as const }],
    ['while the clock is not trusted', { hour: null }],
    ['where nothing waits', { ready: false }],
  ])('never comes %s', (_, change) => {
    expect(mayUpdateByItself({ ...quiet, ...change })).toBe(false);
  });

  it('keeps to the hours of the pack where it has some', () => {
    expect(mayUpdateByItself({ ...quiet, hour: 12, protectedHours: [[8, 9]] })).toBe(true);
  });
});
