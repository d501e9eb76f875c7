import { calendarOf } from '@munjigi/core/rules';
import { describe, expect, it } from 'vitest';
import { busyAt, readHours } from './hours.ts';

const seoul = calendarOf('Asia/Seoul');
const MEALS = [
  [11, 14],
  [17, 20],
] as const;
const at = (time: string, hours: Parameters<typeof busyAt>[2] = MEALS) =>
  busyAt(Date.parse(`2022-01-06T${time}+09:00`) / 1000, seoul, hours, 15);

describe('the hours in which no node is taken out', () => {
  it('are the whole of lunch and dinner, by the clock of the venues', () => {
    for (const time of ['11:00:00', '12:30:00', '13:59:59', '17:00:00', '19:59:59'])
      expect(at(time), time).toMatch(/busy from 1[17] to/);
    for (const time of ['10:45:00', '14:00:00', '16:45:00', '20:00:00', '02:00:00'])
      expect(at(time), time).toBeNull();
    expect(at('13:58:00')).toBe('It is 13:58 (Asia/Seoul), and doors are busy from 11 to 14 h.');
  });

  it('begin earlier, by what taking back needs', () => {
    expect(at('10:46:00')).toMatch(/in 14 minutes/);
    expect(at('16:59:59')).toMatch(/in 1 minutes/);
    expect(at('23:50:00', [[0, 2]])).toMatch(/in 10 minutes/);
  });

  it('may go over midnight', () => {
    for (const time of ['22:00:00', '23:59:00', '00:00:00', '01:59:00'])
      expect(at(time, [[22, 2]]), time).not.toBeNull();
    expect(at('02:00:00', [[22, 2]])).toBeNull();
  });

  it('are read as hours, and as nothing else', () => {
    expect(readHours('11-14, 17-20')).toEqual(MEALS);
    expect(readHours('none')).toEqual([]);
    for (const wrong of ['', '11', '11-25', '24-3', '11-11', 'lunch', '11-14,'])
      expect(readHours(wrong)).toBeNull();
  });
});
