import type { Admission } from '../rules/admission.ts';
import { endedPassSeconds } from '../rules/obligations.ts';
import type { Policy } from '../rules/policy.ts';
import { hintParameters } from './claim-hint.ts';
import type { Finding } from './finding.ts';
import type { DecisionContext, ForeignClaim, Inspected, PassClaim } from './types.ts';

/** Judges a genuine, freshly drawn code by its own dates, by what was seen before and by what the venue asks now. */
export function judgeProof(
  inspected: Inspected,
  claim: PassClaim | ForeignClaim,
  policy: Policy,
  context: DecisionContext,
  at: number,
  now: Admission,
): Finding {
  const required = now.check === 'required';
  if (inspected.notBefore !== null && at < inspected.notBefore)
    return { reason: 'not-yet', parameters: { from: inspected.notBefore } };
  const end = endOf(claim, inspected);
  const over = end.at !== null && at >= end.at;
  const extended =
    over && end.of === 'pass'
      ? (now.extensions.find(({ endedFrom }) => end.at! >= endedFrom) ??
        signedGrace(claim, policy, context, end.at!, at))
      : undefined;
  const reasonOfEnd =
    claim.kind === 'pass' ? (policy.pack.classes[String(claim.admissionClass)]?.ended ?? 'ended') : 'ended';
  if (over && end.of === 'pass' && extended === undefined)
    return { reason: reasonOfEnd, parameters: { until: end.at! }, entitled: false };

  const seen = context.seenBeforeAt;
  // A clock that was put back must not turn a new visit into an old one.
  const sameEntry = seen !== null && Math.abs(at - seen) <= policy.windows.sameEntry;
  if (seen !== null && !sameEntry && context.sameGuest !== true)
    return { reason: 'seen-before', parameters: { at: seen } };

  const missing = (finding: Finding): Finding => withoutProof(finding, sameEntry, context, now);
  if (over && end.of === 'class' && required) {
    return missing({
      reason: reasonOfEnd,
      parameters: { until: end.at! },
      entitled: false,
      classEnded: true,
    });
  }
  if (required && claim.kind === 'foreign' && !now.foreign.includes(claim.format)) {
    return missing({
      reason: 'not-accepted-here',
      parameters: hintParameters(claim, policy),
      entitled: false,
    });
  }
  if (required && claim.kind === 'pass' && !now.accepts.includes(claim.admissionClass)) {
    return missing({
      reason: 'nothing-usable',
      parameters: { alone: now.alone ? 'yes' : 'no' },
      entitled: false,
    });
  }
  const mustCompare = claim.kind === 'foreign' || claim.form === 'paper' || claim.lane === 'slow';
  if (mustCompare && !sameEntry && context.compared !== true) {
    return {
      reason: 'compare',
      parameters: hintParameters(claim, policy),
      check: required ? 'scan' : 'not-required',
      entitled: true,
    };
  }
  const told = { recorded: now.record ? 'yes' : 'no' };
  if (!required)
    return {
      reason: now.reason ?? 'not-required',
      parameters: told,
      check: 'not-required',
      sameEntry,
      entitled: true,
    };
  const good = { check: 'scan', sameEntry, entitled: true } as const;
  if (extended !== undefined)
    return {
      reason: 'valid-extended',
      parameters: extended.until === null ? {} : { until: extended.until },
      ...good,
    };
  return { reason: now.record ? 'valid' : 'check-only', ...good };
}

/**
 * The grace that a signed `now` gives to passes that ended while their issuer was overloaded or away: for own passes alone,
 * for the hours of the obligation, and only while that word is in force. Whether the issuer's key was withdrawn was judged
 * before: a grace never reaches such a pass.
 */
function signedGrace(
  claim: PassClaim | ForeignClaim,
  policy: Policy,
  { obligation: code, obligationUntil }: DecisionContext,
  endedAt: number,
  at: number,
): { readonly until: number } | undefined {
  if (claim.kind !== 'pass') return undefined;
  const until = endedAt + endedPassSeconds(policy, code, obligationUntil, at);
  return at < until ? { until } : undefined;
}

/** No usable proof in the code: people of an age, guests alone and parties are told apart before another proof is asked for. */
function withoutProof(
  finding: Finding,
  sameEntry: boolean,
  context: DecisionContext,
  now: Admission,
): Finding {
  const told = { recorded: now.record ? 'yes' : 'no' };
  const band = now.ages[0];
  if (band !== undefined)
    return {
      reason: band.reason,
      parameters: { ...told, age: band.below, born: band.bornFrom },
      check: 'not-required',
      sameEntry,
    };
  if (now.alone && context.party === 'alone')
    return { reason: 'alone', parameters: told, check: 'not-required', sameEntry };
  if (now.alone && now.perParty === 0 && context.party === 'group' && finding.reason === 'nothing-usable')
    return { ...finding, reason: 'party' };
  return finding;
}

/** Which end comes first: of the class (the person's proof) or of the pass that carries it. */
function endOf(
  claim: PassClaim | ForeignClaim,
  inspected: Inspected,
): { at: number | null; of: 'class' | 'pass' } {
  if (claim.kind === 'foreign') return { at: inspected.notAfter, of: 'pass' };
  if (claim.until !== null && claim.until < claim.expiresAt) return { at: claim.until, of: 'class' };
  return { at: claim.expiresAt, of: 'pass' };
}
