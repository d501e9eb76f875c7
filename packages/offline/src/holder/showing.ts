/**
 * Which pass stands behind the code. A showing is a session: one pass for as long as the code stays open, or for three
 * minutes after it was closed. Each new showing takes a pass that was never shown, at random among those that live, so that
 * the order of a batch tells nothing. Where none is left, the least recently shown one stands again and the wallet says so.
 * Where a signed word lets passes count past their end, ended ones stand in, after every other.
 */

export const SHOWING_SECONDS = 180;

/** What the rule needs to know of a pass. Times are whole seconds. */
export interface Showable {
  readonly id: number;
  readonly expiresAt: number;
  /** When it was last shown; null for a fresh one. */
  readonly shownAt: number | null;
}

export interface Showing {
  readonly passId: number;
  readonly startedAt: number;
  readonly lastShownAt: number;
  readonly reused: boolean;
}

/**
 * The session for a code that is shown now, or null where no pass lives. `random` answers a number from 0 up to 1.
 * @param graceSeconds how long passes count past their end, by a signed word that is in force; 0 usually
 */
export function nextShowing(
  current: Showing | null,
  passes: readonly Showable[],
  now: number,
  random: () => number,
  graceSeconds = 0,
): Showing | null {
  const unended = passes.filter((pass) => pass.expiresAt > now);
  const live = unended.length > 0 ? unended : passes.filter((pass) => pass.expiresAt + graceSeconds > now);
  // A clock that was put back may not keep one pass on the screen for ever.
  const goesOn =
    current &&
    Math.abs(now - current.lastShownAt) <= SHOWING_SECONDS &&
    live.some((pass) => pass.id === current.passId);
  if (current && goesOn) return { ...current, lastShownAt: now };
  const fresh = live.filter((pass) => pass.shownAt === null);
  const pick =
    fresh.length > 0
      ? fresh[Math.min(fresh.length - 1, Math.floor(random() * fresh.length))]
      : [...live].sort((a, b) => (a.shownAt ?? 0) - (b.shownAt ?? 0))[0];
  return pick ? { passId: pick.id, startedAt: now, lastShownAt: now, reused: pick.shownAt !== null } : null;
}
