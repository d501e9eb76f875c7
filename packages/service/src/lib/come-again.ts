/** Seconds: nobody is asked to come again sooner or later than this. */
const SOONEST = 30;
const LATEST = 3_600;

/**
 * Whole seconds for `Retry-After`: from half a minute on, spread over the time that the backlog needs. The longest time is spread too:
 * a country that came back all at once an hour later would be turned away all at once.
 * @param random from 0 to below 1
 */
export function comeAgainSeconds(random: number, backlogSeconds = 0): number {
  const spread = Math.min(LATEST - SOONEST, Math.max(SOONEST, backlogSeconds));
  return Math.ceil(SOONEST + random * spread);
}
