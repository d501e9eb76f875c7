import type { Policy } from './policy.ts';
import { parseTyped } from './typed.ts';

const INTERNATIONAL = /^\+[1-9][0-9]{6,14}$/;
const LONGEST = 40;

/**
 * The number of a caller in one spelling: as the country writes it, or with `+` and its country where it is of another one.
 * Null for a withheld number and for whatever else is none. Without `calls` in the pack nobody is recorded by telephone.
 */
export function callerNumber(policy: Policy, value: string): string | null {
  const { calls } = policy.pack;
  if (calls === undefined || value.length > LONGEST) return null;
  const plain = without(value, calls.drop).replace(/^00/, '+');
  const own = parseTyped(policy, 'phone', plain) ?? parseTyped(policy, 'phone', atHome(policy, plain));
  return own ?? (INTERNATIONAL.test(plain) ? plain : null);
}

/** The number of a venue in one spelling, or null where the pack gives no such numbers to venues. */
export function venueNumber(policy: Policy, value: string): string | null {
  const { calls } = policy.pack;
  if (calls === undefined || value.length > LONGEST) return null;
  const plain = without(value, calls.drop);
  const pattern = new RegExp(calls.pattern, 'u');
  return [plain, atHome(policy, plain)].find((one) => pattern.test(one)) ?? null;
}

/** A number in groups, as signs and screens show it: a wrong digit is seen, not counted. */
export function groupedNumber(policy: Policy, number: string): string {
  const { calls } = policy.pack;
  const found = calls && new RegExp(calls.groups, 'u').exec(number);
  return found ? found.slice(1).join('-') : number;
}

/** An international number of this country as it is dialled at home. */
function atHome(policy: Policy, number: string): string {
  const { country, trunk } = policy.pack.calls!;
  const digits = number.replace(/^\+/, '');
  return digits.startsWith(country) ? trunk + digits.slice(country.length).replace(/^0/, '') : number;
}

const without = (value: string, drop: string): string =>
  [...value.normalize('NFKC')]
    .filter((char) => !drop.includes(char))
    .join('')
    .trim();
