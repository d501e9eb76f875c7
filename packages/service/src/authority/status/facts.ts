import {
  admission,
  type CutoffRow,
  countsAt,
  cutoffs,
  type Grace,
  lawfulRecords,
  type Obligation,
  obligation,
  type Policy,
  usualObligation,
  type Venue,
  widestObligation,
} from '@munjigi/core/rules';
import type { Now } from '@munjigi/core/trust';

/** What counts at a group of venues, all of whom are told the very same. */
export interface VenueFacts {
  /** One of them. */
  readonly venue: Venue;
  /** Every kind and region of the group. */
  readonly venues: readonly Venue[];
  readonly duty: Obligation;
  readonly lawful: readonly string[];
  readonly grace: Grace | null;
  /** What proofs must say today. */
  readonly rows: readonly CutoffRow[];
}

/**
 * What counts at every kind of venue, those with the same facts together; the widest duty first, and of two the one that more
 * venues have.
 * @param at seconds
 */
export function factsOf(policy: Policy, now: Now, at: number): readonly VenueFacts[] {
  const groups = new Map<string, VenueFacts & { readonly venues: Venue[] }>();
  for (const kind of policy.venueKinds) {
    for (const region of policy.regions) {
      const facts = factsAt(policy, now, { kind, region }, at);
      if (!facts) continue;
      const { venue, ...same } = facts;
      const key = JSON.stringify(same);
      const known = groups.get(key);
      if (known) known.venues.push(venue);
      else groups.set(key, { ...facts, venues: [venue] });
    }
  }
  const widest = widestObligation(policy, at);
  const isWidest = ({ venue }: VenueFacts) => Number(usualObligation(policy, venue, at) === widest);
  return [...groups.values()].sort((a, b) => isWidest(b) - isWidest(a) || b.venues.length - a.venues.length);
}

function factsAt(policy: Policy, now: Now, venue: Venue, at: number): Omit<VenueFacts, 'venues'> | null {
  const counts = countsAt(policy, now, venue);
  const duty = obligation(policy, counts.obligation);
  if (!duty) return null;
  const checks = duty.check !== 'none';
  return {
    venue,
    duty,
    lawful: duty.record === 'none' ? [] : lawfulRecords(policy, venue, at, counts.obligation),
    grace: checks ? (admission(policy, venue, at)?.grace ?? null) : null,
    rows: checks ? cutoffs(policy, venue, at) : [],
  };
}
