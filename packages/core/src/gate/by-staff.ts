import { REASONS, type ReasonCode } from '../reasons.ts';
import { type Admission, admission } from '../rules/admission.ts';
import { cutoffs } from '../rules/cutoffs.ts';
import type { Parameters } from '../rules/pack.ts';
import type { Policy } from '../rules/policy.ts';
import { nextSteps } from './next-steps.ts';
import type { CheckWord, Decision, DecisionContext } from './types.ts';
import { graceParameters } from './write-decision.ts';

/** What a member of staff saw or did, in place of a code or after one. */
export type StaffAnswer = 'eye' | 'age' | 'verbal' | 'alone' | 'not-required' | 'advised' | 'none';

/**
 * The decision that staff's own answer makes: checks by people are checks. Pure and total like `decide`. `alone` where the
 * venue does not take guests alone without a proof stays ◆ 204. `advised` ends a time of grace: not valid, no fine, and
 * the entry, as the guest may go in, says that a check was made. `none` records nothing.
 */
export function decideByStaff(answer: StaffAnswer, policy: Policy, context: DecisionContext): Decision {
  const seconds = context.instant?.seconds ?? null;
  const now = seconds === null ? null : admission(policy, context.venue, seconds);
  // A gate that does not know the time records: too much can be deleted, too little is lost.
  const record = now?.record ?? true;
  const told = { recorded: record ? 'yes' : 'no' };

  switch (answer) {
    case 'eye':
      return write('seen-by-eye', 'eye', record, told, now, policy, context);
    case 'age':
      return write('seen-age', 'eye', record, { ...told, ...bornOf(policy, context) }, now, policy, context);
    case 'verbal':
      return write('verbal', 'verbal', record, told, now, policy, context);
    case 'not-required':
      return write(now?.reason ?? 'not-required', 'not-required', record, told, now, policy, context);
    case 'alone': {
      if (now?.check === 'not-required')
        return write(now.reason ?? 'not-required', 'not-required', record, told, now, policy, context);
      if (now !== null && !now.alone)
        return write('nothing-usable', 'not-made', false, { alone: 'no' }, now, policy, context);
      return write('alone', 'not-required', record, told, now, policy, context);
    }
    case 'advised':
      if (now?.grace == null) return write('none', 'not-made', false, {}, now, policy, context);
      return write('grace', 'scan', record, graceParameters(now.grace), now, policy, context);
    case 'none':
      return write('none', 'not-made', false, {}, now, policy, context);
  }
}

/** The birth date from which age alone is enough today: the earliest, where the pack has several. */
function bornOf(policy: Policy, context: DecisionContext): Parameters {
  if (context.instant === null) return {};
  const rows = cutoffs(policy, context.venue, context.instant.seconds);
  const [born] = rows.flatMap(({ by, from }) => (by === 'birth' && from !== undefined ? [from] : [])).sort();
  return born === undefined ? {} : { born };
}

function write(
  reason: ReasonCode,
  check: CheckWord,
  record: boolean,
  parameters: Parameters,
  now: Admission | null,
  policy: Policy,
  context: DecisionContext,
): Decision {
  const { door, number } = REASONS[reason];
  const ends = reason === 'none' || reason === 'grace';
  return {
    verdict: door,
    reason,
    number,
    parameters,
    also: null,
    alsoParameters: {},
    check,
    record,
    sameEntry: false,
    hint: null,
    compareHint: false,
    next: ends ? [] : nextSteps(reason, now, false, policy, context),
    evidence: {
      integrity: 'not-reached',
      issuer: 'not-reached',
      freshness: 'not-reached',
      revocation: 'not-reached',
      entitlement: 'not-reached',
      rule: now?.rule ?? null,
      bundleAgeSeconds: context.bundleAgeSeconds,
    },
  };
}
