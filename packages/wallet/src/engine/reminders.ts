import type { Calendar } from '@munjigi/core/rules';
import { daysBetween } from './dates.ts';

/** Reminders before a proof ends: kept and told by this phone alone, no server knows of them. */
export interface ReminderQuestion {
  /** The first second at which the proof no longer counts; null for no end. */
  readonly until: number | null;
  readonly now: number;
  /** Days of this end that were told already. */
  readonly told: readonly number[];
  /** Days before the last day on which the pack wants its holders reminded. */
  readonly days: readonly number[];
  readonly calendar: Calendar;
}

/**
 * Which reminder is due, or null: none before the farthest day, none for what has ended, and each once. A phone that was
 * off for a week hears one reminder, the nearest, not two.
 */
export function dueReminder({ until, now, told, days, calendar }: ReminderQuestion): number | null {
  if (until === null || now >= until) return null;
  const left = daysBetween(calendar, now, until - 1);
  const reached = [...days].sort((a, b) => a - b).find((day) => left <= day);
  return reached !== undefined && !told.some((day) => day <= reached) ? reached : null;
}
