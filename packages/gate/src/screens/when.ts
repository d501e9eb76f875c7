import type { Language } from '@munjigi/ui/texts';
import type { Gate } from '../model.ts';

/** Milliseconds of a moment that is given in seconds or in milliseconds. */
export const asMs = (moment: number): number => (moment < 1e11 ? moment * 1000 : moment);

const made = new Map<string, Intl.DateTimeFormat>();

function format(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  const known = made.get(key) ?? new Intl.DateTimeFormat(language, options);
  made.set(key, known);
  return known;
}

const zoneOf = (gate: Gate): { timeZone?: string } => {
  const zone = gate.timeZone?.value;
  return zone ? { timeZone: zone } : {};
};

/** `14:07:11` in the zone of the pack. */
export function clockTime(gate: Gate, ms: number): string {
  const options = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
  return format('en-GB', { ...options, ...zoneOf(gate) }).format(ms);
}

/** `1월 6일` or `6 January`. */
export function dayInWords(gate: Gate, ms: number, language: Language = gate.language.value): string {
  const locale = language === 'ko' ? 'ko-KR' : 'en-GB';
  return format(locale, { month: 'long', day: 'numeric', ...zoneOf(gate) }).format(ms);
}

/**
 * A stretch of time, in seconds: `1월 6일 14:00 – 19:20`. Its end has a day of its own where it is another one; without an end it
 * goes on. `time` leaves the first day out.
 */
export function stretch(
  gate: Gate,
  from: number,
  to: number | null,
  how: 'whole' | 'time' = 'whole',
): string {
  const [first, last] = [from * 1000, to === null ? null : to * 1000];
  const time = (ms: number): string => clockTime(gate, ms).slice(0, 5);
  const begins = how === 'whole' ? `${dayInWords(gate, first)} ${time(first)}` : time(first);
  if (last === null) return `${begins} –`;
  const sameDay = dayInWords(gate, first) === dayInWords(gate, last);
  // A stretch within a day stays on one line.
  return sameDay
    ? `${begins}\u00a0–\u00a0${time(last)}`
    : `${begins} – ${dayInWords(gate, last)} ${time(last)}`;
}

/** Hour of the day, 0 to 24 with its minutes as a fraction, in the zone of the pack. */
export function hourOfDay(gate: Gate, ms: number): number {
  const [hour = 0, minute = 0] = clockTime(gate, ms).split(':').map(Number);
  return hour + minute / 60;
}

export function bytesInWords(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
