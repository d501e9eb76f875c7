import { initialOf, readHint } from '../rules/hint.ts';
import type { Parameters } from '../rules/pack.ts';
import type { Policy } from '../rules/policy.ts';
import type { Decision, ForeignClaim, PassClaim } from './types.ts';

/** What the texts of a comparison need: one letter and a day, never a name. */
export function hintParameters(claim: PassClaim | ForeignClaim, policy: Policy): Parameters {
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

/** What staff compare with a card: from the pass itself, or from a foreign certificate's name in memory. */
export function hintOfClaim(claim: PassClaim | ForeignClaim, policy: Policy): Decision['hint'] {
  if (claim.kind === 'pass') return readHint(claim.hint);
  const initial = claim.familyName === null ? 0 : initialOf(policy, claim.familyName);
  const day = Number(claim.birthDate?.slice(8, 10));
  return initial > 0 && Number.isInteger(day) && day >= 1 && day <= 31 ? { initial, day } : null;
}
