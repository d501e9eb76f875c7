import { MunjigiError } from '../errors.ts';
import type { Bundle, Now } from './types.ts';

/** A sequence may run ahead by this much: a stolen key must not be able to publish the last number there is. */
export const MAX_JUMP = 10_000;
const DAY = 86_400;

/**
 * Two documents of one number: a device keeps the one in use and says so, since somebody shows different people different
 * rules. Throws `trust.equivocation`.
 */
export function refuseTwoFaces(document: string): never {
  throw new MunjigiError(
    'trust.equivocation',
    `Two different ${document}s carry one number: keep the one in use and raise an alarm.`,
  );
}

interface Order {
  readonly rootVersion: number;
  readonly sequence: number;
  readonly issuedAt: number;
}

function order(current: Order | null, next: Order, at: number, document: string): 'take' | 'same' {
  if (next.issuedAt > at + DAY) {
    throw new MunjigiError(
      'trust.fast-forward',
      `This ${document} claims to be issued more than a day from now: keep the one in use.`,
    );
  }
  if (!current || next.rootVersion > current.rootVersion) return 'take';
  if (next.rootVersion < current.rootVersion || next.sequence < current.sequence) {
    throw new MunjigiError('trust.rollback', `This ${document} is older than the one in use.`);
  }
  if (next.sequence === current.sequence) return 'same';
  if (next.sequence - current.sequence > MAX_JUMP) {
    throw new MunjigiError(
      'trust.fast-forward',
      `The number of this ${document} jumps by more than ${MAX_JUMP}: keep the one in use.`,
    );
  }
  return 'take';
}

const liveIssuers = (bundle: Bundle) => bundle.issuers.filter((issuer) => !issuer.withdrawn);
const COUNTS: readonly (readonly [string, (bundle: Bundle) => number])[] = [
  ['issuer keys', (bundle) => liveIssuers(bundle).length],
  ['issuers', (bundle) => new Set(liveIssuers(bundle).map((i) => i.issuer)).size],
  ['foreign keys', (bundle) => bundle.foreign.length],
  ['register keys', (bundle) => bundle.registerKeys.length],
];

/**
 * Whether a verified bundle replaces the one in use: `take`, or `same` for the same (root version, sequence).
 * @param at pessimistic seconds
 * Throws `trust.rollback` for an older one, `trust.fast-forward` for a leap, `trust.shrunk` for one that lost more than half of
 * its keys without a new root.
 */
export function compareBundles(current: Bundle | null, next: Bundle, at: number): 'take' | 'same' {
  const answer = order(current, next, at, 'bundle');
  if (!current || answer === 'same' || next.rootVersion > current.rootVersion) return answer;
  for (const [what, count] of COUNTS) {
    if (count(next) * 2 < count(current)) {
      throw new MunjigiError(
        'trust.shrunk',
        `This bundle lost more than half of the ${what}: only a new root may do that.`,
      );
    }
  }
  return 'take';
}

/** Whether a verified `now` replaces the one in use, by the same rules of order. Throws like `compareBundles`. */
export function compareNow(current: Now | null, next: Now, at: number): 'take' | 'same' {
  const place = (now: Now): Order => ({
    rootVersion: now.bundle.rootVersion,
    sequence: now.sequence,
    issuedAt: now.issuedAt,
  });
  return order(current && place(current), place(next), at, 'document of what counts now');
}
