import { type Calendar, calendarOf } from '@munjigi/core/rules';

/** Whole hours of a local day, from and until: `[[11, 14], [17, 20]]`. What ends before it begins goes over midnight. */
export type BusyHours = readonly (readonly [from: number, until: number])[];

const DAY = 24 * 60;

/**
 * Why no node may be taken out now, as a sentence, or null where one may. Too soon before busy hours is as wrong as in them: what goes
 * wrong must be taken back before people come.
 * @param seconds since 1970
 */
export function busyAt(
  seconds: number,
  calendar: Calendar,
  hours: BusyHours,
  marginMinutes: number,
): string | null {
  const { hour, minute } = calendar.fieldsOf(seconds);
  const now = hour * 60 + minute;
  const clock = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  for (const [from, until] of hours) {
    const begins = from * 60;
    const lasts = (until * 60 - begins + DAY) % DAY || DAY;
    if ((now - begins + DAY) % DAY < lasts)
      return `It is ${clock} (${calendar.timeZone}), and doors are busy from ${from} to ${until} h.`;
    const left = (begins - now + DAY) % DAY;
    if (left < marginMinutes)
      return `It is ${clock} (${calendar.timeZone}), and doors are busy from ${from} h, in ${left} minutes: too soon to take a mistake back before.`;
  }
  return null;
}

/** The same for an installation, whose hours and zone are data. */
export const hourRefuses = (
  terms: { readonly timeZone: string; readonly busyHours: BusyHours; readonly marginMinutes: number },
  nowMs: number,
): string | null =>
  busyAt(Math.floor(nowMs / 1000), calendarOf(terms.timeZone), terms.busyHours, terms.marginMinutes);

/** Reads `11-14,17-20`, or `none`; null where it is neither. */
export function readHours(text: string): BusyHours | null {
  if (text === 'none') return [];
  const hours = text.split(',').map((part) => {
    const [, from, until] = /^(\d{1,2})-(\d{1,2})$/.exec(part.trim()) ?? [];
    return [Number(from ?? Number.NaN), Number(until)] as const;
  });
  return hours.every(([from, until]) => from < 24 && until <= 24 && from !== until) ? hours : null;
}
