import { REASONS, type ReasonCode } from '../reasons.ts';
import { type Admission, admission } from '../rules/admission.ts';
import type { Parameters } from '../rules/pack.ts';
import { type Policy, rulesAge } from '../rules/policy.ts';
import type { Trust } from '../trust/types.ts';
import { type Drawing, drawingOf } from './drawing.ts';
import type { Finding } from './finding.ts';
import { judgeProof } from './judge-proof.ts';
import { keyStateAt } from './key-state.ts';
import type { Decision, DecisionContext, Inspected } from './types.ts';
import { writeDecision } from './write-decision.ts';

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
 * 7. the pass is not yet or no longer good (202, 201, 203), unless its end was put off by the pack or by the signed `now`
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
  return writeDecision(finding, inspected, trust, policy, context, now);
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
