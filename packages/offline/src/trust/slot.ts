/**
 * When a device fetches a bundle that it has heard of: not at once, since every device of the country hears of it in the same
 * seconds, and a bundle is large. Until then it decides by the one it has, which was in force a moment ago.
 */
export const SLOT_SECONDS = 900;
/** Where it cannot wait: a key was withdrawn, or what is said now cannot be understood without it. */
export const URGENT_SLOT_SECONDS = 60;

/**
 * The second at which this device fetches. A slot that was drawn stays, also when a still newer bundle is heard of; one that lies
 * further ahead than a slot can was drawn for another reason, or under a clock that was wrong, and is drawn anew.
 * @param kept the slot that this device waits for, or null
 * @param now seconds
 * @param random a number from 0 up to 1
 */
export function bundleSlot(kept: number | null, now: number, urgent: boolean, random: () => number): number {
  const within = urgent ? URGENT_SLOT_SECONDS : SLOT_SECONDS;
  return kept !== null && kept <= now + within ? kept : now + random() * within;
}
