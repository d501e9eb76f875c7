import { randomInt } from 'node:crypto';
import { addDays, type Entitlement, type Policy } from '@munjigi/core/rules';

const DAY = 86_400;
const draw = (from: number, to: number): number => randomInt(from, to);

/** What a pass says besides its key. Times are whole seconds. */
export interface Terms {
  readonly expiresAt: number;
  readonly admissionClass: number;
  readonly hint: number;
  readonly until: number | null;
}

/** One pass's terms, with the last local day on which it is live, YYYY-MM-DD. */
export interface DrawnTerms {
  readonly terms: Terms;
  readonly endDay: string;
}

/**
 * Terms of live passes. The end is drawn for each pass by itself among the pack's days, on the daily instant, so that no
 * two passes of a person share a mark (protocol A3); the end of the class is told only where it comes before that.
 * @param moment seconds as of which they are issued
 * @param at seconds now: a pass issued as of an earlier moment is still live
 * @returns draws one pass's terms
 */
export function liveTermsOf(
  policy: Policy,
  entitlement: Entitlement,
  hint: number,
  moment: number,
  at: number,
): () => DrawnTerms {
  const [first, last] = policy.pack.passes.endsAfterDays;
  const passed = Math.max(0, Math.ceil((at + 1 - startOfDay(policy, moment)) / DAY));
  const earliest = Math.min(last, Math.max(first, passed));
  const known = new Map<number, DrawnTerms>();
  return () => {
    const days = randomInt(earliest, last + 1);
    let drawn = known.get(days);
    if (!drawn) {
      const terms = termsOf(policy, entitlement, hint, moment, days);
      drawn = { terms, endDay: endDayOf(policy, terms) };
      known.set(days, drawn);
    }
    return drawn;
  };
}

/** Terms of one live pass; see `liveTermsOf`. */
export const liveTerms = (...of: Parameters<typeof liveTermsOf>): Terms => liveTermsOf(...of)().terms;

const startOfDay = ({ calendar }: Policy, at: number): number => calendar.startOf(calendar.dateOf(at));

/** Terms of a paper pass: the pack's number of days, today included. */
export const paperTerms = (policy: Policy, entitlement: Entitlement, hint: number, at: number): Terms =>
  termsOf(policy, entitlement, hint, at, policy.pack.passes.paperDays);

function termsOf(policy: Policy, entitlement: Entitlement, hint: number, at: number, days: number): Terms {
  const { calendar } = policy;
  const expiresAt = calendar.startOf(addDays(calendar.dateOf(at), days));
  const { admissionClass, until } = entitlement;
  return { expiresAt, admissionClass, hint, until: until !== null && until < expiresAt ? until : null };
}

/**
 * The instant as of which an enrolment's passes are issued: an earlier one in an exercise, as long as passes of that day
 * are still live now; else now. Seconds.
 */
export function issuingMoment(policy: Policy, asOf: number | null, at: number): number {
  if (asOf === null || asOf > at) return at;
  const { calendar } = policy;
  const last = calendar.startOf(addDays(calendar.dateOf(asOf), policy.pack.passes.endsAfterDays[1]));
  return at < last ? asOf : at;
}

/** The last local day on which terms are good, YYYY-MM-DD. */
export const lastDayOf = (policy: Policy, terms: Terms): string =>
  policy.calendar.dateOf((terms.until ?? terms.expiresAt) - 1);

/** The last local day on which the pass itself is live, YYYY-MM-DD. */
export const endDayOf = (policy: Policy, terms: Terms): string => policy.calendar.dateOf(terms.expiresAt - 1);

/**
 * When a wallet renews: well before the first end, at a moment drawn for it alone, so that no crowd comes at once.
 * @param between draws a whole number from the first up to, and not with, the second
 */
export function renewalMoment(policy: Policy, at: number, between: typeof draw = draw): number {
  const [first] = policy.pack.passes.endsAfterDays;
  const earliest = Math.floor((first / 2 - 0.5) * DAY);
  return at + earliest + between(0, Math.max(1, (first - 1) * DAY - earliest - DAY));
}
