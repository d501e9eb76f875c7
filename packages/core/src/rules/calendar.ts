/** Local days of one time zone, and back. Seconds are whole seconds since 1970; dates are YYYY-MM-DD. */
export interface Calendar {
  readonly timeZone: string;
  /** The local date at an instant. */
  dateOf(seconds: number): string;
  /** The first second of a local day. */
  startOf(date: string): number;
  /** Local fields at an instant; weekday counts from Sunday = 0. */
  fieldsOf(seconds: number): LocalFields;
}

export interface LocalFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly weekday: number;
}

const DAY = 86_400;
const QUARTER = 900;
const FIRST = -2_208_988_800;
const LAST = 253_402_300_799;
const REMEMBERED = 8192;

/** Zones have few names; whoever asks for many gets each made anew. */
const KNOWN_ZONES = 64;
const known = new Map<string, Calendar>();

/** The calendar of an IANA zone. Throws RangeError where the platform does not know the zone. */
export function calendarOf(timeZone: string): Calendar {
  let calendar = known.get(timeZone);
  if (calendar === undefined) {
    calendar = makeCalendar(timeZone);
    if (known.size < KNOWN_ZONES) known.set(timeZone, calendar);
  }
  return calendar;
}

/** A formatter and the memory of its answers cost far more than one answer does. */
function makeCalendar(timeZone: string): Calendar {
  const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const offsets = new Map<number, number>();

  /** Seconds that local time is ahead of UTC; constant within a quarter of an hour in every zone. */
  const offsetAt = (seconds: number): number => {
    const quarter = Math.floor(seconds / QUARTER);
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      const part: Record<string, number> = {};
      for (const { type, value } of format.formatToParts(quarter * QUARTER * 1000))
        part[type] = Number(value);
      const local = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
      offset = local / 1000 - quarter * QUARTER;
      if (offsets.size >= REMEMBERED) offsets.clear();
      offsets.set(quarter, offset);
    }
    return offset;
  };

  const localOf = (seconds: number): Date => {
    const known = Number.isFinite(seconds) ? Math.min(LAST - DAY, Math.max(FIRST, Math.floor(seconds))) : 0;
    return new Date((known + offsetAt(known)) * 1000);
  };

  const dateOf = (seconds: number): string => localOf(seconds).toISOString().slice(0, 10);

  return {
    timeZone,
    dateOf,
    startOf(date) {
      const utc = Date.parse(`${date}T00:00:00Z`) / 1000;
      const start = utc - offsetAt(utc - offsetAt(utc));
      // Where clocks jump over midnight the day starts with the first instant that bears its date.
      return dateOf(start) === date ? start : start + 3600;
    },
    fieldsOf(seconds) {
      const local = localOf(seconds);
      return {
        year: local.getUTCFullYear(),
        month: local.getUTCMonth() + 1,
        day: local.getUTCDate(),
        hour: local.getUTCHours(),
        minute: local.getUTCMinutes(),
        weekday: local.getUTCDay(),
      };
    },
  };
}

/** The date so many days later (or earlier). */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY * 1000).toISOString().slice(0, 10);
}

/** The same day so many years earlier; 29 February becomes 1 March. */
export function yearsBefore(date: string, years: number): string {
  const year = String(Number(date.slice(0, 4)) - years).padStart(4, '0');
  return new Date(
    Date.parse(`${year}-${date.slice(5, 7)}-01T00:00:00Z`) + (Number(date.slice(8)) - 1) * DAY * 1000,
  )
    .toISOString()
    .slice(0, 10);
}

/** True for YYYY-MM-DD of a day that exists. */
export function isDate(text: unknown): text is string {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text);
}

/** Whole days since 1970 of a date. */
export const dayNumber = (date: string): number => Math.round(Date.parse(`${date}T00:00:00Z`) / 1000 / DAY);
