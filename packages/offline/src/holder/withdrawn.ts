/**
 * When a wallet fetches new passes because its issuer's key was withdrawn: not at once, since every wallet of that issuer
 * learns it in the same minutes. The moment is drawn for each wallet alone; who needs a code now taps for it, and waits for
 * a turn like everybody else.
 */

/** Seconds over which the wallets of one issuer spread. */
export const WITHDRAWN_SPREAD_SECONDS = 6 * 3600;

/** What is kept of it: under which keys, and when. */
export interface WithdrawnRenewal {
  readonly kids: string;
  /** Seconds. */
  readonly at: number;
}

/**
 * The renewal that a wallet owes to withdrawn keys; null where none of its passes is concerned. The same keys keep the moment
 * that was drawn for them.
 * @param kids key ids (hex) of held passes whose key was withdrawn
 * @param random a number from 0 up to 1
 */
export function withdrawnRenewal(
  kept: WithdrawnRenewal | null,
  kids: readonly string[],
  now: number,
  random: () => number,
): WithdrawnRenewal | null {
  if (kids.length === 0) return null;
  const named = [...new Set(kids)].sort().join(' ');
  // A moment that lies further ahead than the spread was drawn under a clock that was wrong.
  if (kept && kept.kids === named && kept.at <= now + WITHDRAWN_SPREAD_SECONDS) return kept;
  return { kids: named, at: Math.floor(now + random() * WITHDRAWN_SPREAD_SECONDS) };
}
