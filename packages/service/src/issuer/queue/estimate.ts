/**
 * How long a place in the queue takes, from how fast the queue was measured to move. Pure.
 *
 * The estimate leans to the long side: the slower of the smoothed rate and of the time since the last move counts, a
 * quarter is added, and it is rounded up. Before the queue has moved twice nothing is promised at all.
 */

/** Weight of the newest measurement among all before it. */
const NEWEST = 0.2;
const CAUTION = 1.25;
/** A wait beyond this is told as unknown: no one knows that far ahead. */
const MOST_SECONDS = 6 * 3600;

export interface Moves {
  /** Milliseconds of the last move; null before the first. */
  readonly movedAt: number | null;
  /** Places in a second, smoothed; null before the second move. */
  readonly perSecond: number | null;
}

/** The moves after one more, of `places` at an instant (milliseconds). */
export function afterMove(before: Moves, places: number, atMs: number): Moves {
  if (before.movedAt === null) return { movedAt: atMs, perSecond: null };
  const seconds = (atMs - before.movedAt) / 1000;
  // Moves of one moment are one move: their places count with the next.
  if (seconds <= 0) return before;
  const measured = places / seconds;
  const { perSecond } = before;
  return {
    movedAt: atMs,
    perSecond: perSecond === null ? measured : perSecond + NEWEST * (measured - perSecond),
  };
}

/** Seconds until a place is served, or null where nothing honest can be said. `ahead` counts the place itself. */
export function waitOf({ movedAt, perSecond }: Moves, ahead: number, atMs: number): number | null {
  if (movedAt === null || perSecond === null || perSecond <= 0) return null;
  // A queue that stands is told as slow as it stands.
  const standing = Math.max(0, (atMs - movedAt) / 1000);
  const pace = Math.min(perSecond, standing > 0 ? Math.max(1, perSecond) / standing : perSecond);
  const seconds = (ahead / pace) * CAUTION;
  if (seconds > MOST_SECONDS) return null;
  return seconds <= 60 ? Math.max(5, Math.ceil(seconds / 5) * 5) : Math.ceil(seconds / 60) * 60;
}

/** When a waiting wallet asks again, in seconds: half its wait, between two seconds and a minute, spread by `share` (0 to 1). */
export function askAgainAfter(waitSeconds: number | null, share: number): number {
  const half = Math.min(60, Math.max(2, (waitSeconds ?? 20) / 2));
  return Math.max(1, Math.round(half * (0.75 + share / 2)));
}
