import type { Calendar } from '@munjigi/core/rules';
import { type Language, t } from '@munjigi/ui/texts';

/** Dates and instants as people say them. Instants are whole seconds; the calendar is the pack's. */

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

const two = (n: number) => String(n).padStart(2, '0');

function fields(language: Language, calendar: Calendar, seconds: number) {
  const { month, day, hour, minute } = calendar.fieldsOf(seconds);
  return {
    month: language === 'ko' ? month : (MONTHS[month - 1] ?? ''),
    day,
    time: `${two(hour)}:${two(minute)}`,
  };
}

/** "1월 6일" · "6 Jan". */
export const dayText = (language: Language, calendar: Calendar, seconds: number): string =>
  t(language, 'wallet.date', fields(language, calendar, seconds));

/**
 * The end of something that no longer counts from that second on: midnight belongs to the day before it,
 * "1월 2일 밤 12시" · "midnight, 2 Jan".
 */
export function endText(language: Language, calendar: Calendar, until: number): string {
  const found = fields(language, calendar, until);
  return found.time === '00:00'
    ? t(language, 'wallet.date.midnight', fields(language, calendar, until - 1))
    : t(language, 'wallet.date.time', found);
}

/** The beginning: "1월 12일", with the time where it is not midnight. */
export function startText(language: Language, calendar: Calendar, from: number): string {
  const found = fields(language, calendar, from);
  return t(language, found.time === '00:00' ? 'wallet.date' : 'wallet.date.time', found);
}

/** "14:00" in the pack's zone. */
export const timeText = (calendar: Calendar, seconds: number): string => fields('ko', calendar, seconds).time;

/** "13:58:11" in the pack's zone. */
export const clockText = (calendar: Calendar, ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  return `${timeText(calendar, seconds)}:${two(((seconds % 60) + 60) % 60)}`;
};

/** "1월 6일 목요일" · "Thursday, 6 January". */
export const longDayText = (language: Language, calendar: Calendar, seconds: number): string =>
  new Intl.DateTimeFormat(language === 'ko' ? 'ko-KR' : 'en-GB', {
    timeZone: calendar.timeZone,
    month: 'long',
    day: 'numeric',
    weekday: 'long',
  }).format(seconds * 1000);

/** Whole days of the calendar between two instants. */
export const daysBetween = (calendar: Calendar, from: number, to: number): number =>
  Math.round(
    (Date.parse(`${calendar.dateOf(to)}T00:00:00Z`) - Date.parse(`${calendar.dateOf(from)}T00:00:00Z`)) /
      86_400_000,
  );
