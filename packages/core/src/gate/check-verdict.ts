import { REASONS, type ReasonCode } from '../reasons.ts';
import type { Policy } from '../rules/policy.ts';
import type { Trust } from '../trust/types.ts';
import { decide } from './decide.ts';
import { type CodeVerdict, judgeAlone } from './judge-alone.ts';
import type { Decision, DecisionContext, Inspected } from './types.ts';

/** What `munjigi check` prints of one code. `decision` is what a door would say, where a policy was given. */
export interface CheckResult extends CodeVerdict {
  readonly decision: Decision | null;
}

const CLOCK_REASONS: ReadonlySet<ReasonCode> = new Set<ReasonCode>(['old-drawing', 'clock-visitor']);

/**
 * The truth about a code at an instant (seconds). Without rules the pass alone is judged. With rules it is what a door of
 * that kind would say, except that a pass that has certainly ended, or has not begun, is told so even where its drawing is
 * old too: the command speaks of the code, not to a guest who could open it anew. Never throws.
 */
export function checkVerdict(
  inspected: Inspected,
  trust: Trust,
  at: number,
  rules?: { readonly policy: Policy; readonly venue: DecisionContext['venue'] },
): CheckResult {
  const alone = judgeAlone(inspected, trust, at);
  if (rules === undefined) return { ...alone, decision: null };
  const decision = decide(inspected, trust, rules.policy, {
    instant: { seconds: at, uncertaintySeconds: 0 },
    bundleAgeSeconds: trust.issuedAt === null ? null : Math.max(0, at - trust.issuedAt),
    venue: rules.venue,
    party: 'unknown',
    seenBeforeAt: null,
    lastDrawingOffsetSeconds: null,
  });
  const isDated = alone.steps.validity === 'failed' && CLOCK_REASONS.has(decision.reason);
  const reason = isDated ? reasonOfDates(inspected, rules.policy, alone.reason) : decision.reason;
  return { verdict: REASONS[reason].check, reason, steps: alone.steps, decision };
}

function reasonOfDates({ claim }: Inspected, policy: Policy, reason: ReasonCode): ReasonCode {
  if (reason !== 'ended' || claim?.kind !== 'pass') return reason;
  return policy.pack.classes[String(claim.admissionClass)]?.ended ?? 'ended';
}
