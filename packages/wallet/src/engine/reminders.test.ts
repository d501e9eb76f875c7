import { calendarOf } from '@munjigi/core/rules';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysBetween, endText, startText } from './dates.ts';
import { dueReminder } from './reminders.ts';

const calendar = calendarOf('Asia/Seoul');
const DAYS = [14, 7, 1];
const ask = (until: number | null, now: number, told: readonly number[] = []) =>
  dueReminder({ until, now, told, days: DAYS, calendar });
const at = (text: string) => Date.parse(`${text}+09:00`) / 1000;
/** Ends on 2 January at midnight: the 3rd, 0:00, is the first second that no longer counts. */
const UNTIL = at('2022-01-03T00:00:00');

describe('a reminder before the end', () => {
  it.each([
    ['2021-12-18T23:59:59', null],
    ['2021-12-19T00:00:00', 14],
    ['2021-12-25T12:00:00', 14],
    ['2021-12-26T00:00:00', 7],
    ['2022-01-01T00:00:00', 1],
    ['2022-01-02T23:59:59', 1],
    ['2022-01-03T00:00:00', null],
  ])('at %s: %s', (now, due) => {
    expect(ask(UNTIL, at(now))).toBe(due);
  });

  it('speaks once of each, and never again of a farther one', () => {
    expect(ask(UNTIL, at('2021-12-20T09:00:00'), [14])).toBeNull();
    expect(ask(UNTIL, at('2021-12-27T09:00:00'), [14])).toBe(7);
    expect(ask(UNTIL, at('2021-12-27T09:00:00'), [14, 7])).toBeNull();
    expect(ask(UNTIL, at('2021-12-20T09:00:00'), [7])).toBeNull();
  });

  it('is silent about what has no end', () => expect(ask(null, at('2022-01-06T14:00:00'))).toBeNull());

  it('says at most three things in all, the nearer the later, whenever the phone is looked at', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -40 * 86_400, max: 86_400 }), { maxLength: 60 }), (looks) => {
        const told: number[] = [];
        for (const look of [...looks].sort((a, b) => a - b)) {
          const due = ask(UNTIL, UNTIL + look, told);
          if (due !== null) told.push(due);
        }
        return told.length <= 3 && told.every((days, i) => i === 0 || days < told[i - 1]!);
      }),
    );
  });

  it('counts days of the calendar there, not spans of 24 hours', () => {
    expect(daysBetween(calendar, at('2022-01-01T00:00:00'), at('2022-01-02T23:59:59'))).toBe(1);
    expect(daysBetween(calendar, at('2022-01-01T23:59:59'), at('2022-01-02T00:00:00'))).toBe(1);
  });
});

describe('dates as people say them', () => {
  it('gives midnight to the day that ends with it', () => {
    expect(endText('ko', calendar, UNTIL)).toBe('1월 2일 밤 12시');
    expect(endText('en', calendar, UNTIL)).toBe('midnight, 2 Jan');
    expect(endText('ko', calendar, at('2022-01-06T15:00:00'))).toBe('1월 6일 15:00');
  });

  it('begins a day by its date alone', () => {
    expect(startText('ko', calendar, at('2022-01-12T00:00:00'))).toBe('1월 12일');
    expect(startText('en', calendar, at('2022-01-12T09:30:00'))).toBe('09:30, 12 Jan');
  });
});
