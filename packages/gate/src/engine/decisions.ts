import type { CheckWord, Decision } from '@munjigi/core/gate';
import { REASONS, type ReasonCode } from '@munjigi/core/reasons';

const NOTHING_SEEN: Decision['evidence'] = {
  integrity: 'not-reached',
  issuer: 'not-reached',
  freshness: 'not-reached',
  revocation: 'not-reached',
  entitlement: 'not-reached',
  rule: null,
  bundleAgeSeconds: null,
};

/** An answer that no code decided: by staff, or about this device. Number and verdict come from the one table of reasons. */
export function ownDecision(reason: ReasonCode, more: Partial<Decision> = {}): Decision {
  const { door, number } = REASONS[reason];
  return {
    verdict: door,
    reason,
    number,
    parameters: {},
    also: null,
    alsoParameters: {},
    check: 'not-made',
    record: false,
    sameEntry: false,
    hint: null,
    compareHint: false,
    next: [],
    evidence: NOTHING_SEEN,
    ...more,
  };
}

/** What the door says of a check by people where no rules are at hand to say it better. */
export function staffReason(check: CheckWord): ReasonCode {
  switch (check) {
    case 'eye':
      return 'seen-by-eye';
    case 'verbal':
      return 'verbal';
    case 'not-required':
      return 'alone';
    default:
      return 'ok';
  }
}
