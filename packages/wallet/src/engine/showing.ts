/**
 * Which pass stands behind the code. A showing is a session: one pass for as long as the code stays open, or for three
 * minutes after it was closed, so that somebody who opens it again at the same door is not two guests. Each new showing
 * takes a pass that was never shown, at random among those that live. Where none is left, the least recently shown one
 * stands again and the wallet says so.
 */

export const SHOWING_SECONDS = 180;

/** What the rule needs to know of a pass. Times are whole seconds. */
export interface ShowablePass {
  readonly id: string;
  readonly expiresAt: number;
  /** When it was last shown; null for a fresh one. */
  readonly shownAt: number | null;
}

export interface Showing {
  readonly passId: string;
  readonly startedAt: number;
  /** Last second at which its code stood on the screen. */
  readonly lastShownAt: number;
  readonly reused: boolean;
}

/** True where the running session goes on: its pass still lives and the code was closed less than three minutes ago. */
export function goesOn(
  showing: Showing | null,
  passes: readonly ShowablePass[],
  now: number,
): showing is Showing {
  if (!showing) return false;
  const pass = passes.find((one) => one.id === showing.passId);
  // a clock that was put back may not keep one pass on the screen for ever
  const since = now - showing.lastShownAt;
  return pass !== undefined && pass.expiresAt > now && since <= SHOWING_SECONDS && since >= -SHOWING_SECONDS;
}

/**
 * The session for a code that is shown now, or null where no pass lives (the empty batch). `random` answers a number
 * from 0 up to 1.
 */
export function nextShowing(
  showing: Showing | null,
  passes: readonly ShowablePass[],
  now: number,
  random: () => number,
): Showing | null {
  if (goesOn(showing, passes, now)) return { ...showing, lastShownAt: now };
  const live = passes.filter((pass) => pass.expiresAt > now);
  const fresh = live.filter((pass) => pass.shownAt === null);
  const pick =
    fresh.length > 0
      ? fresh[Math.min(fresh.length - 1, Math.floor(random() * fresh.length))]
      : [...live].sort((a, b) => (a.shownAt ?? 0) - (b.shownAt ?? 0))[0];
  return pick ? { passId: pick.id, startedAt: now, lastShownAt: now, reused: pick.shownAt !== null } : null;
}

/** The next instant, in milliseconds, at which the code is drawn anew: the quarter minute of the corrected clock. */
export const nextDrawing = (nowMs: number): number => (Math.floor(nowMs / 15_000) + 1) * 15_000;
