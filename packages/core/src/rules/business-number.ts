import type { WeightedNumber } from './pack.ts';

/**
 * Reads a venue's business number by the pack's rule: its digits in one spelling, or null where it cannot be one. It says that
 * the number is well formed, not whose it is.
 */
export function parseBusinessNumber(rule: WeightedNumber, value: string): string | null {
  if (value.length > 80) return null;
  const plain = [...value.normalize('NFKC')]
    .filter((char) => !rule.drop.includes(char))
    .join('')
    .trim();
  if (!/^[0-9]+$/.test(plain) || plain.length !== rule.weights.length) return null;
  if (!new RegExp(rule.pattern, 'u').test(plain)) return null;
  const sum = rule.weights.reduce((total, weight, i) => {
    const product = weight * Number(plain[i]);
    return total + product + (rule.carry.includes(i) ? Math.floor(product / 10) : 0);
  }, 0);
  return sum % rule.modulus === rule.remainder ? plain : null;
}
