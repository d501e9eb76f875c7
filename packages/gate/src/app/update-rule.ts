/** Everything that decides whether a waiting version may take over by itself. */
export interface UpdateMoment {
  /** A newer version waits. */
  readonly ready: boolean;
  /** This tab is the one that writes entries: another one would be cut off in the middle. */
  readonly writes: boolean;
  /** The screen waits for a guest, or nobody has started a shift. */
  readonly idle: boolean;
  readonly sinceLastScanMs: number;
  /** Hour of the day at the venue, with its minutes as a fraction; null while the clock is not trusted. */
  readonly hour: number | null;
  readonly protectedHours: readonly (readonly [from: number, to: number])[];
}

export const QUIET_MS = 10 * 60_000;
/** Meal times, where a pack names no hours of its own. */
const USUAL_HOURS: UpdateMoment['protectedHours'] = [
  [11, 14],
  [17, 20],
];

/** Never under a scan, never at the busy hours, never where it cannot be told: then only by a tap. */
export function mayUpdateByItself(moment: UpdateMoment): boolean {
  const { ready, writes, idle, sinceLastScanMs, hour } = moment;
  if (!ready || !writes || !idle || hour === null || sinceLastScanMs < QUIET_MS) return false;
  const hours = moment.protectedHours.length > 0 ? moment.protectedHours : USUAL_HOURS;
  return !hours.some(([from, to]) => hour >= from && hour < to);
}
