import type { TypedKind } from './pack.ts';
import type { Policy } from './policy.ts';

/**
 * Reads what staff typed for a guest without a code, by the pack's syntax: the same value in one spelling, or null where it
 * cannot be one.
 */
export function parseTyped(policy: Policy, kind: TypedKind, value: string): string | null {
  if (value.length > 200) return null;
  const { pattern, drop } = policy.pack.typed[kind];
  const plain = [...value.normalize('NFC')]
    .filter((char) => !drop.includes(char))
    .join('')
    .trim();
  return new RegExp(pattern, 'u').test(plain) ? plain : null;
}
