import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WITHDRAWN_SPREAD_SECONDS, withdrawnRenewal } from '../packages/offline/src/holder/withdrawn.ts';
import { liveTerms, renewalMoment } from '../packages/service/src/issuer/terms.ts';
import { korea, seconds } from './support/packs.ts';

const WALLETS = 100_000;
const HOUR = 3600;
const DAY = 86_400;
/** The minute in which everybody was told to fetch a pass: 13 December 2021, 11:39. */
const SURGE = seconds('2021-12-13T11:39:00+09:00');

/** How many fall into each of `count` boxes. */
function spread(values: readonly number[], boxOf: (value: number) => number, count: number): number[] {
  const boxes = new Array<number>(count).fill(0);
  for (const value of values) boxes[boxOf(value)]! += 1;
  return boxes;
}
/** Seven standard deviations of a box of an even spread: never passed by chance. */
const most = (mean: number) => mean + 7 * Math.sqrt(mean);

describe('the moments at which wallets renew', () => {
  const moments = Array.from({ length: WALLETS }, () => renewalMoment(korea, SURGE));

  it('are no herd: not in an hour, not in a minute of the hour, not in a second', () => {
    const from = Math.min(...moments.slice(0, 1000), ...moments.slice(-1000));
    const hours = Math.ceil((Math.max(...moments.slice(0, 50_000)) - from) / HOUR);
    expect(hours, 'spread over about two days').toBeGreaterThan(40);
    const byHour = new Map<number, number>();
    for (const moment of moments)
      byHour.set(Math.floor(moment / HOUR), (byHour.get(Math.floor(moment / HOUR)) ?? 0) + 1);
    expect(Math.max(...byHour.values())).toBeLessThan(most(WALLETS / 47));
    const byMinute = spread(moments, (moment) => Math.floor((moment % HOUR) / 60), 60);
    expect(Math.max(...byMinute)).toBeLessThan(most(WALLETS / 60));
    const bySecond = new Map<number, number>();
    for (const moment of moments) bySecond.set(moment, (bySecond.get(moment) ?? 0) + 1);
    expect(Math.max(...bySecond.values())).toBeLessThan(15);
  });

  it('come a day or more before the first pass ends, and never soon after it was issued', () => {
    const first =
      korea.calendar.startOf(korea.calendar.dateOf(SURGE)) + korea.pack.passes.endsAfterDays[0] * DAY;
    const [earliest, latest] = moments.reduce(
      ([least, most], moment) => [Math.min(least, moment), Math.max(most, moment)],
      [first, 0],
    );
    expect(latest).toBeLessThan(first - DAY);
    expect(earliest).toBeGreaterThan(SURGE + 2 * DAY);
  });

  it('stay apart in the batches that follow, and ends are spread over their days', () => {
    const third = moments.map((moment) => renewalMoment(korea, renewalMoment(korea, moment)));
    const byHour = new Map<number, number>();
    for (const moment of third)
      byHour.set(Math.floor(moment / HOUR), (byHour.get(Math.floor(moment / HOUR)) ?? 0) + 1);
    expect(Math.max(...byHour.values()) / WALLETS, 'of all, in the fullest hour').toBeLessThan(0.03);
    const entitlement = { admissionClass: 1, from: null, until: null, certificate: null } as never;
    const ends = Array.from(
      { length: 20_000 },
      () => liveTerms(korea, entitlement, 33, SURGE, SURGE).expiresAt,
    );
    const days = new Map<number, number>();
    for (const end of ends) days.set(end, (days.get(end) ?? 0) + 1);
    expect(days.size).toBe(4);
    expect(Math.max(...days.values())).toBeLessThan(most(ends.length / 4));
  });

  it('are drawn for each wallet alone where its key was withdrawn, once, within hours', () => {
    const drawn = Array.from(
      { length: WALLETS },
      (_, i) => withdrawnRenewal(null, ['01'], SURGE, () => i / WALLETS)!.at,
    );
    const boxes = spread(drawn, (at) => Math.min(5, Math.floor((at - SURGE) / HOUR)), 6);
    expect(Math.max(...boxes)).toBeLessThan(most(WALLETS / 6));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: WITHDRAWN_SPREAD_SECONDS }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (later, share) => {
          const first = withdrawnRenewal(null, ['02', '01'], SURGE, () => share)!;
          expect(withdrawnRenewal(first, ['01', '02', '02'], SURGE + later, () => 0.5)).toBe(first);
          expect(first.at - SURGE).toBeLessThan(WITHDRAWN_SPREAD_SECONDS);
        },
      ),
    );
    const wrongClock = { kids: '01', at: SURGE + 400 * DAY };
    expect(withdrawnRenewal(wrongClock, ['01'], SURGE, () => 0)).toEqual({ kids: '01', at: SURGE });
    expect(withdrawnRenewal(wrongClock, [], SURGE, () => 0)).toBeNull();
  });
});
