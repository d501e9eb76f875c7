import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, calendarOf, dayNumber, isDate, yearsBefore } from './calendar.ts';

const at = (instant: string) => Date.parse(instant) / 1000;

describe('local days', () => {
  it('begin at local midnight, in summer and in winter', () => {
    const berlin = calendarOf('Europe/Berlin');
    expect(berlin.startOf('2022-01-06')).toBe(at('2022-01-05T23:00:00Z'));
    expect(berlin.startOf('2022-07-06')).toBe(at('2022-07-05T22:00:00Z'));
    expect(berlin.startOf('2022-03-28') - berlin.startOf('2022-03-27')).toBe(23 * 3600);
    expect(berlin.startOf('2022-10-31') - berlin.startOf('2022-10-30')).toBe(25 * 3600);
    expect(calendarOf('Asia/Seoul').dateOf(at('2022-01-05T15:00:00Z'))).toBe('2022-01-06');
    expect(calendarOf('Asia/Kathmandu').startOf('2022-01-06')).toBe(at('2022-01-05T18:15:00Z'));
  });

  it('begin with their first instant where clocks jump over midnight', () => {
    const santiago = calendarOf('America/Santiago');
    const start = santiago.startOf('2022-09-11');
    expect(santiago.dateOf(start)).toBe('2022-09-11');
    expect(santiago.dateOf(start - 1)).toBe('2022-09-10');
  });

  it('are found for every instant, and hold it', () => {
    const zones = ['Asia/Seoul', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC'].map(
      calendarOf,
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 1_500_000_000, max: 1_900_000_000 }),
        (zone, second) => {
          const date = zone.dateOf(second);
          expect(zone.startOf(date)).toBeLessThanOrEqual(second);
          expect(zone.startOf(addDays(date, 1))).toBeGreaterThan(second);
          expect(zone.dateOf(zone.startOf(date))).toBe(date);
        },
      ),
      { seed: 6, numRuns: 2000 },
    );
  });

  it('reach back to every birth date', () => {
    const seoul = calendarOf('Asia/Seoul');
    for (const date of ['1969-12-31', '1962-02-25', '1945-11-23', '1920-02-29']) {
      expect(seoul.dateOf(seoul.startOf(date))).toBe(date);
      expect(seoul.fieldsOf(seoul.startOf(date) + 3600).day).toBe(Number(date.slice(8)));
    }
  });

  it('answer something for every number, so that a wild clock throws nothing', () => {
    const zone = calendarOf('Asia/Seoul');
    for (const wild of [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      -1e20,
      1e20,
      8.64e15,
    ]) {
      expect(isDate(zone.dateOf(wild)), String(wild)).toBe(true);
      expect(zone.fieldsOf(wild).month).toBeGreaterThan(0);
    }
  });
});

describe('dates', () => {
  it('are real days', () => {
    expect(['2022-02-28', '2024-02-29'].every(isDate)).toBe(true);
    expect(['2022-02-29', '2022-13-01', '2022-1-1', '20220101', '', null, 5].some(isDate)).toBe(false);
  });

  it('count across months, leap days and years', () => {
    expect(addDays('2021-07-06', 180)).toBe('2022-01-02');
    expect(addDays('2022-01-01', -1)).toBe('2021-12-31');
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(dayNumber('1970-01-02')).toBe(1);
    expect(yearsBefore('2022-02-24', 60)).toBe('1962-02-24');
    expect(yearsBefore('2024-02-29', 1)).toBe('2023-03-01');
  });
});
