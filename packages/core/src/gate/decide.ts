import { REASONS, type ReasonCode } from '../reasons.ts';
import { type Admission, admission, type Grace } from '../rules/admission.ts';
import { initialOf, readHint } from '../rules/hint.ts';
import type { Parameters } from '../rules/pack.ts';
import { type Policy, rulesAge } from '../rules/policy.ts';
import type { Trust } from '../trust/types.ts';
import { type Drawing, drawingOf } from './drawing.ts';
import { evidenceOf } from './evidence.ts';
import { keyStateAt } from './key-state.ts';
import { nextSteps } from './next-steps.ts';
import type { CheckWord, Decision, DecisionContext, ForeignClaim, Inspected, PassClaim } from './types.ts';

/** Reasons of the bytes alone: they hold whatever the device knows or does not know. */
const OF_THE_CODE: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'not-a-pass',
  'unreadable',
  'two-codes',
  'decode',
  'inflate',
  'structure',
  'schema',
]);

/** What one judgement comes to, before it is written out as a decision. */
export interface Finding {
  readonly reason: ReasonCode;
  readonly parameters?: Parameters;
  readonly check?: CheckWord;
  readonly sameEntry?: boolean;
  /** True where the code itself was found good for this door today. */
  readonly entitled?: boolean | null;
  /** The class ended, the pass did not: the grace of ended proofs covers it. */
  readonly classEnded?: boolean;
}

/**
 * What the door says of a code: pure, synchronous, total; never throws, whatever it is handed. The first of these that
 * applies is the reason:
 *
 * 1. the bytes are no pass, or broken (214–216, 218–221)
 * 2. the rules of this device are too old, or do not know its venue (304)
 * 3. what `inspect` found: withdrawn, signature, key usage, unknown issuer (209, 210, 222, 305)
 * 4. a specimen outside an exercise (217)
 * 5. this device has no clock it can trust (301); the issuer's key is not of this time (305)
 * 6. the drawing is not fresh: first "reopen it" (207), a second fresh drawing with the same offset tells that the
 *    visitor's clock is off (302)
 * 7. the pass is not yet or no longer good (202, 201, 203)
 * 8. the same code was accepted before: within the window the same entry, later 208
 * 9. what the venue asks today (101–109, 201, 203, 204, 206, 213), and for paper and slow codes the hint first (212)
 *
 * An ended proof in a time of grace stays 201 and carries `grace` as its second line: not valid and no fine are two facts.
 */
export function decide(
  inspected: Inspected,
  trust: Trust,
  policy: Policy,
  context: DecisionContext,
): Decision {
  const seconds = context.instant?.seconds ?? null;
  const now = seconds === null ? null : admission(policy, context.venue, seconds);
  const finding = judge(inspected, trust, policy, context, now);
  return write(finding, inspected, trust, policy, context, now);
}

function judge(
  inspected: Inspected,
  trust: Trust,
  policy: Policy,
  context: DecisionContext,
  now: Admission | null,
): Finding {
  const { claim } = inspected;
  if (inspected.reason !== null && OF_THE_CODE.has(inspected.reason)) return { reason: inspected.reason };
  if (context.bundleAgeSeconds !== null && rulesAge(policy, context.bundleAgeSeconds) === 'too-old')
    return { reason: 'rules-too-old' };
  if (!policy.venueKinds.includes(context.venue.kind) || !policy.regions.includes(context.venue.region))
    return { reason: 'rules-too-old' };
  const isDrill =
    inspected.reason === 'specimen' && policy.exercise && inspected.steps.revocation !== 'failed';
  // Only this function admits: whatever `inspect` says, it can but speak against a code.
  if (inspected.reason !== null && !isDrill) {
    return { reason: REASONS[inspected.reason].door === 'admit' ? 'structure' : inspected.reason };
  }
  if (claim === null) return { reason: 'not-a-pass' };
  if (claim.kind === 'pass' && claim.specimen && !policy.exercise) return { reason: 'specimen' };

  const { instant } = context;
  if (
    instant === null ||
    !Number.isFinite(instant.seconds) ||
    !(instant.uncertaintySeconds <= policy.windows.uncertaintyCap)
  ) {
    return { reason: 'clock-gate' };
  }
  if (now === null) return { reason: 'rules-too-old' };
  const key = keyStateAt(inspected, trust, instant.seconds);
  if (key === 'withdrawn') return { reason: 'withdrawn' };
  if (key === 'out-of-time') return { reason: 'issuer-unknown' };

  const drawing = drawingOf(claim, policy.windows, context);
  if (drawing.state === 'stale')
    return drawing.clockIsOff
      ? { reason: 'clock-visitor', parameters: offset(drawing) }
      : { reason: 'old-drawing' };
  return judgeProof(inspected, claim, policy, context, instant.seconds, now);
}

const offset = ({ offsetSeconds }: Drawing): Parameters => ({
  minutes: Math.max(1, Math.round(Math.abs(offsetSeconds) / 60)),
  direction: offsetSeconds < 0 ? 'slow' : 'fast',
});

function judgeProof(
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
    over && end.of === 'pass' ? now.extensions.find(({ endedFrom }) => end.at! >= endedFrom) : undefined;
  const reasonOfEnd =
    claim.kind === 'pass' ? (policy.pack.classes[String(claim.admissionClass)]?.ended ?? 'ended') : 'ended';
  if (over && end.of === 'pass' && extended === undefined)
    return { reason: reasonOfEnd, parameters: { until: end.at! }, entitled: false };

  const seen = context.seenBeforeAt;
  const sameEntry = seen !== null && at - seen <= policy.windows.sameEntry;
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

function hintParameters(claim: PassClaim | ForeignClaim, policy: Policy): Parameters {
  const hint = hintOfClaim(claim, policy);
  if (hint !== null && hint.initial > 0)
    return { shown: 'yes', letter: policy.hintLetters[hint.initial] ?? '', day: hint.day };
  if (claim.kind === 'foreign' && claim.familyName && claim.birthDate) {
    return {
      shown: 'yes',
      letter: [...claim.familyName.trim()][0]?.toUpperCase() ?? '',
      day: Number(claim.birthDate.slice(8, 10)) || '',
    };
  }
  return { shown: 'no' };
}

function hintOfClaim(claim: PassClaim | ForeignClaim, policy: Policy): Decision['hint'] {
  if (claim.kind === 'pass') return readHint(claim.hint);
  const initial = claim.familyName === null ? 0 : initialOf(policy, claim.familyName);
  const day = Number(claim.birthDate?.slice(8, 10));
  return initial > 0 && Number.isInteger(day) && day >= 1 && day <= 31 ? { initial, day } : null;
}

function write(
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
