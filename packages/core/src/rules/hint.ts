import type { Policy } from './policy.ts';

/**
 * The hint that a pass carries for staff to compare with an identity card: letter of the family name * 32 + day of birth.
 * 0, no hint, where the letter is unknown or so rare that it would mark its bearer.
 */
export function hintOf(policy: Policy, familyName: string, birthDate: string): number {
  const initial = initialOf(policy, familyName);
  const day = Number(birthDate.slice(8, 10));
  if (initial === 0 || policy.pack.hint.letters[initial - 1]!.blank === true) return 0;
  return Number.isInteger(day) && day >= 1 && day <= 31 ? initial * 32 + day : 0;
}

/** Which of the pack's letters, counted from 1, a family name begins with; 0 for none. */
export function initialOf(policy: Policy, familyName: string): number {
  const first = [...familyName.normalize('NFC').trim().toUpperCase()][0];
  if (first === undefined) return 0;
  return policy.pack.hint.letters.findIndex(({ from, to }) => from <= first && first <= to) + 1;
}

/** Takes the number of a pass apart; null where it carries no hint. */
export function readHint(hint: number): { initial: number; day: number } | null {
  const initial = hint >> 5;
  const day = hint & 31;
  return Number.isInteger(hint) && hint > 0 && hint < 1024 && day > 0 ? { initial, day } : null;
}
