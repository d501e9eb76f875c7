import { type Notice, obligation, type Parameters, type Policy, widestObligation } from '../rules/index.ts';
import type { ComponentState } from './types.ts';

/** What may be said before a person has looked. */
export interface Provisional {
  readonly notice: string;
  /** Component and state that it answers to. */
  readonly component: string;
  readonly state: 'slow' | 'down';
  /** What is owed while it is provisional; null for the notice's own obligation. */
  readonly obligation: string | null;
  readonly parameters: Parameters;
}

/** True where the sentence speaks of the duty that the rules give most venues at that time. */
const fitsTheTime = (policy: Policy, { obligation: code }: Notice, at: number): boolean => {
  const widest = widestObligation(policy, at);
  return obligation(policy, code)?.standing === obligation(policy, widest)?.standing;
};

/**
 * The notice that the pack has pre-approved for what is seen; null where it has none. What is down goes before what is slow, and
 * else the order of the pack's table decides: one sentence counts at a time.
 */
export function provisionalFor(
  states: readonly ComponentState[],
  policy: Policy,
  at: number,
): Provisional | null {
  for (const state of ['down', 'slow'] as const) {
    for (const [id, row] of Object.entries(policy.pack.notices)) {
      const { preApproved } = row;
      if (!preApproved?.states.includes(state) || !fitsTheTime(policy, row, at)) continue;
      const found = states.find((one) => one.state === state && preApproved.seen.includes(one.component));
      if (!found) continue;
      return {
        notice: id,
        component: found.component,
        state,
        obligation: preApproved.meanwhile ?? null,
        parameters: { since: found.since ?? at },
      };
    }
  }
  return null;
}
