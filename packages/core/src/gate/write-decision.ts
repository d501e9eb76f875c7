import { REASONS } from '../reasons.ts';
import type { Admission, Grace } from '../rules/admission.ts';
import type { Parameters } from '../rules/pack.ts';
import type { Policy } from '../rules/policy.ts';
import type { Trust } from '../trust/types.ts';
import { hintOfClaim } from './claim-hint.ts';
import { evidenceOf } from './evidence.ts';
import type { Finding } from './finding.ts';
import { nextSteps } from './next-steps.ts';
import type { Decision, DecisionContext, Inspected } from './types.ts';

/** Writes a finding out as the decision that screens, records and commands read. */
export function writeDecision(
  finding: Finding,
  inspected: Inspected,
  trust: Trust,
  policy: Policy,
  context: DecisionContext,
  now: Admission | null,
): Decision {
  const { door, number } = REASONS[finding.reason];
  const { claim } = inspected;
  const grace = graceOf(finding, claim, now);
  const sameEntry = finding.sameEntry ?? false;
  return {
    verdict: door,
    reason: finding.reason,
    number,
    parameters: finding.parameters ?? {},
    also: grace === null ? null : 'grace',
    alsoParameters: grace === null ? {} : graceParameters(grace),
    check: door === 'admit' || finding.reason === 'compare' ? (finding.check ?? 'not-made') : 'not-made',
    record: door === 'admit' && (now?.record ?? false) && !sameEntry,
    sameEntry,
    hint: claim === null ? null : hintOfClaim(claim, policy),
    compareHint:
      claim !== null && (claim.kind === 'foreign' || claim.form === 'paper' || claim.lane === 'slow'),
    next: nextSteps(finding.reason, now, grace !== null, policy, context),
    evidence: evidenceOf(finding, inspected, trust, policy, context, now),
  };
}

/** What the texts of a grace need: its end, and whether it covers ended proofs or every missing one. */
export const graceParameters = ({ covers, until }: Grace): Parameters => ({
  kind: covers,
  ...(until === null ? {} : { until }),
});

/** The grace that covers a finding: of ended proofs only where the class ended, of missing ones always. */
function graceOf(finding: Finding, claim: Inspected['claim'], now: Admission | null): Admission['grace'] {
  const grace = now?.grace ?? null;
  if (grace === null || finding.entitled !== false || REASONS[finding.reason].door !== 'another-proof')
    return null;
  if (grace.covers === 'all') return grace;
  if (finding.classEnded !== true || claim?.kind !== 'pass') return null;
  return grace.classes === null || grace.classes.includes(claim.admissionClass) ? grace : null;
}
