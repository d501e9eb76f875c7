/** The marks of a value axis that starts at nothing: at most four, whole, round, the last at or above `max`. */
export function marks(max: number): readonly number[] {
  const rough = Math.max(1, max) / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? rough;
  const whole = Math.max(1, Math.ceil(step));
  return Array.from({ length: Math.max(1, Math.ceil(max / whole)) }, (_, i) => whole * (i + 1));
}

/** How many came in a stretch of time, as far as the register tells. */
export interface Count {
  /** What is told; null where it is not known, which is never drawn as nothing. */
  readonly told: number | null;
  /** True where a number too small to be told stands beside it, or in its place. */
  readonly hidden: boolean;
  /** Of what is told, how many were kept on the device before they were confirmed. */
  readonly late: number;
}

/** What a plot draws at a place. */
export interface Bar extends Count {
  readonly at: number;
}

/** How high a hidden number is drawn: it is one of the smallest, and its mark says so by being hollow. */
export const HIDDEN_HEIGHT = 4;

/** The height that a plot needs. */
export const most = (bars: readonly Count[]): number =>
  bars.reduce((high, { told, hidden }) => Math.max(high, (told ?? 0) + (hidden ? HIDDEN_HEIGHT : 0)), 0);

/** The hours that a day's plot shows: nine to twenty-two, and whatever lies outside with something in it. */
export function hoursShown(bars: readonly Bar[]): readonly [number, number] {
  const busy = bars.filter(({ told, hidden }) => hidden || (told ?? 0) > 0);
  return [Math.min(9, ...busy.map(({ at }) => at)), Math.max(22, ...busy.map(({ at }) => at + 1))];
}

/** A count in words: the number, at least so many, a hidden one, or not known. */
export function countWord(
  { told, hidden }: Count,
  words: { readonly hidden: string; readonly unknown: string; readonly atLeast: (n: number) => string },
): string {
  if (told === null) return hidden ? words.hidden : words.unknown;
  if (!hidden) return String(told);
  return told === 0 ? words.hidden : words.atLeast(told);
}
