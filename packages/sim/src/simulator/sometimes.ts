/**
 * Rare branches. A set of seeds of this size must reach each of them at least once: else the set says less than it seems to, and
 * fails.
 */
export const SOMETIMES: readonly string[] = [
  'a battery died',
  'a clock drifted further than it knew',
  'a clock was wrong and did not know',
  'a device wrote on after its battery had died',
  'a disk was full',
  'a drifting gate judged and wrote an entry',
  'a node died at an await',
  'a node took a request and never answered',
  'a request came twice',
  'a request was lost',
  'a tab died at a network',
  'a tab died at a read',
  'a tab died at a write',
  'a tab was closed',
  'a transaction waited for another',
  'an answer was lost',
  'an entry says a time seconds away from the truth',
  'an entry was written on a device whose clock was off',
  'connection lost after a write',
  'connection lost before a write',
  'said clock-gate',
  'said clock-visitor',
  'said ended',
  'said issuer-unknown',
  'said nothing-usable',
  'said old-drawing',
  'said seen-before',
  'said signature',
  'said valid',
  'the database crashed',
];

/** Smaller sets may miss one. */
export const SMALLEST_SET = 200;

/** What a set of runs should have reached and did not. */
export function notReached(seeds: number, reached: Readonly<Record<string, number>>): readonly string[] {
  return seeds < SMALLEST_SET ? [] : SOMETIMES.filter((what) => !reached[what]);
}
