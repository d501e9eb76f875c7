import { REASONS, type ReasonCode } from '../reasons.ts';
import type { Admission } from '../rules/admission.ts';
import { acceptedChecks } from '../rules/obligations.ts';
import type { Policy } from '../rules/policy.ts';
import type { DecisionContext, NextStep } from './types.ts';

/** The step that may settle a reason at once; it goes before the usual ones. */
const FIRST: Partial<Record<ReasonCode, NextStep>> = {
  'old-drawing': 'reopen',
  'clock-visitor': 'reopen',
  'seen-before': 'same-guest',
  compare: 'hint-matches',
};

/**
 * What staff can do next, in the order in which it helps: after ◆ another proof first, after ? one's own eyes first. Where
 * nothing has to be checked, only the record is left to be made. The step that ends it stands last, and is "advised" in a
 * time of grace.
 */
export function nextSteps(
  reason: ReasonCode,
  now: Admission | null,
  grace: boolean,
  policy: Policy,
  context: DecisionContext,
): NextStep[] {
  const { door } = REASONS[reason];
  if (door === 'admit') return [];
  const steps: NextStep[] = [];
  const first = FIRST[reason];
  if (first !== undefined) steps.push(first);
  const { check, alone, record } = now ?? atAnyTime(policy, context);
  if (check === 'not-required') {
    steps.push('other-proof');
    if (record) steps.push('typed');
  } else {
    steps.push(
      ...(door === 'cannot-tell' ? (['eye', 'other-proof'] as const) : (['other-proof', 'eye'] as const)),
    );
    if (context.obligation != null && acceptedChecks(policy, context.obligation).includes('verbal'))
      steps.push('verbal');
    if (alone) steps.push('alone');
  }
  if (door === 'another-proof') steps.push(grace ? 'advised' : 'none');
  return steps;
}

/** What the pack ever asks of such a venue, for a device that does not know the time: every way on that may be lawful. */
function atAnyTime(
  policy: Policy,
  { venue }: DecisionContext,
): Pick<Admission, 'check' | 'alone' | 'record'> {
  const rules = policy.pack.admission.filter(
    ({ kinds, regions }) =>
      (kinds === undefined || kinds.includes(venue.kind)) &&
      (regions === undefined || regions.includes(venue.region)),
  );
  const required = rules.length === 0 || rules.some(({ check }) => check === 'required');
  return {
    check: required ? 'required' : 'not-required',
    alone: rules.some(({ alone }) => alone === true),
    record: true,
  };
}
