import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayNumber, dueReminder } from './reminders.ts';

const ZONE = 'Asia/Seoul';
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
    expect(dueReminder(UNTIL, at(now), [], ZONE)).toBe(due);
  });

  it('speaks once of each, and never again of a farther one', () => {
    expect(dueReminder(UNTIL, at('2021-12-20T09:00:00'), [14], ZONE)).toBeNull();
    expect(dueReminder(UNTIL, at('2021-12-27T09:00:00'), [14], ZONE)).toBe(7);
    expect(dueReminder(UNTIL, at('2021-12-27T09:00:00'), [14, 7], ZONE)).toBeNull();
    expect(dueReminder(UNTIL, at('2021-12-20T09:00:00'), [7], ZONE)).toBeNull();
  });

  it('is silent about what has no end', () =>
    expect(dueReminder(null, at('2022-01-06T14:00:00'), [], ZONE)).toBeNull());

  it('says at most three things in all, the nearer the later, whenever the phone is looked at', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -40 * 86_400, max: 86_400 }), { maxLength: 60 }), (looks) => {
        const told: number[] = [];
        for (const look of [...looks].sort((a, b) => a - b)) {
          const due = dueReminder(UNTIL, UNTIL + look, told, ZONE);
          if (due !== null) told.push(due);
        }
        return told.length <= 3 && told.every((days, i) => i === 0 || days < told[i - 1]!);
      }),
    );
  });

  it('counts days of the calendar there, not spans of 24 hours', () => {
    expect(dayNumber(at('2022-01-02T23:59:59'), ZONE) - dayNumber(at('2022-01-01T00:00:00'), ZONE)).toBe(1);
    expect(dayNumber(at('2022-01-02T00:00:00'), ZONE) - dayNumber(at('2022-01-01T23:59:59'), ZONE)).toBe(1);
  });
});
