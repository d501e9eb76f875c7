/** What comes of a crowd at a desk of a certain speed. Times in seconds. */
export interface Queueing {
  /** Most people who come in one second. */
  readonly peakPerSecond: number;
  /** Where places are kept: most who wait at one time, the longest wait, and when nobody waits any more (from the start). */
  readonly mostWaiting: number;
  readonly longestWaitSeconds: number;
  readonly overAfterSeconds: number;
  /** Where no places are kept: how many come when the desk is full already, at their first try alone. */
  readonly turnedAway: number;
}

/** Below so few in a second nobody is coming any more. */
const NOBODY = 0.01;

/**
 * Lets people come second by second, from `first` on, until the last were told and nobody comes or waits any more.
 * @param comes people who come in a second; asked in order
 */
export function queueing(
  comes: (second: number) => number,
  perSecond: number,
  first: number,
  last: number,
): Queueing {
  let [peakPerSecond, mostWaiting, turnedAway, waiting, overAt] = [0, 0, 0, 0, first];
  for (let second = first; ; second++) {
    const come = comes(second);
    peakPerSecond = Math.max(peakPerSecond, come);
    turnedAway += Math.max(0, come - perSecond);
    waiting = Math.max(0, waiting + come - perSecond);
    mostWaiting = Math.max(mostWaiting, waiting);
    if (waiting > 0) overAt = second + 1;
    if (second >= last && waiting === 0 && come < NOBODY) break;
  }
  return {
    peakPerSecond: Math.round(peakPerSecond),
    mostWaiting: Math.round(mostWaiting),
    longestWaitSeconds: Math.round(mostWaiting / perSecond),
    overAfterSeconds: overAt - first,
    turnedAway: Math.round(turnedAway),
  };
}
