import type { Language } from '@munjigi/ui/texts';

const made = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  const known = made.get(key) ?? new Intl.DateTimeFormat(locale, options);
  made.set(key, known);
  return known;
}

const DAY_MS = 86_400_000;

/** Dates and times as people say them, in a language and the time zone of the pack. Instants are milliseconds. */
export function writer(language: Language, timeZone: string) {
  const locale = language === 'ko' ? 'ko-KR' : 'en-GB';
  const plainDay = (ms: number) =>
    format('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(ms);
  const clock = (ms: number) =>
    format('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(ms);
  const day = (ms: number) => format(locale, { timeZone, month: 'long', day: 'numeric' }).format(ms);
  const offsetMs = (ms: number) => Date.parse(`${plainDay(ms)}T${clock(ms)}:00Z`) - ms + (ms % 60_000);
  return {
    /** `14:07` */
    clock,
    /** `1월 6일` or `6 January` */
    day,
    /** `1월 6일 목요일` */
    dayAndWeekday: (ms: number) =>
      format(locale, { timeZone, month: 'long', day: 'numeric', weekday: 'long' }).format(ms),
    /** `1월 6일 14:07` */
    moment: (ms: number) => `${day(ms)}${language === 'ko' ? ' ' : ', '}${clock(ms)}`,
    /** `2022-01-06` */
    plainDay,
    /** `2022-01-06T14:07`, as an input of the browser takes it. */
    inputOf: (ms: number) => `${plainDay(ms)}T${clock(ms)}`,
    /** The instant of what such an input holds; NaN where it holds none. */
    instantOf: (text: string): number => {
      const asUtc = Date.parse(`${text}:00Z`);
      if (Number.isNaN(asUtc)) return Number.NaN;
      const guess = asUtc - offsetMs(asUtc);
      return asUtc - offsetMs(guess);
    },
    /** A plain date in words. */
    ofPlainDay: (date: string) =>
      format(locale, { timeZone: 'UTC', month: 'long', day: 'numeric' }).format(Date.parse(`${date}T00:00Z`)),
    weekdayOf: (date: string) =>
      format(locale, { timeZone: 'UTC', weekday: 'short' }).format(Date.parse(`${date}T00:00Z`)),
    sameDay: (a: number, b: number) => plainDay(a) === plainDay(b),
    /** The plain date so many days later. */
    daysLater: (date: string, days: number) =>
      new Date(Date.parse(`${date}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10),
  };
}

export type Dates = ReturnType<typeof writer>;
