/** Reminders before a proof ends: kept and told by this phone alone, no server knows of them. */

/** Days before the last day on which the wallet speaks up. */
export const REMIND_DAYS = [14, 7, 1] as const;

/** Number of the calendar day in that zone, so that two instants can be told apart in whole days. */
export function dayNumber(seconds: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const parts = Object.fromEntries(
    format.formatToParts(seconds * 1000).map((part) => [part.type, part.value]),
  );
  return Date.UTC(Number(parts.year), Number(parts.month) - 1, Number(parts.day)) / 86_400_000;
}

/**
 * Which reminder is due for an end (whole seconds, the first one at which the proof no longer counts), or null: none
 * while more than fourteen days are left, none for an ended proof, and each of 14, 7 and 1 once. A phone that was off
 * for a week hears one reminder, the nearest, not two. `told` holds the reminders of this end that were shown.
 */
export function dueReminder(
  until: number | null,
  now: number,
  told: readonly number[],
  timeZone: string,
): number | null {
  if (until === null || now >= until) return null;
  const left = dayNumber(until - 1, timeZone) - dayNumber(now, timeZone);
  const reached = [...REMIND_DAYS].reverse().find((days) => left <= days);
  return reached !== undefined && !told.some((days) => days <= reached) ? reached : null;
}
