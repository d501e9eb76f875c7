import type { Setting } from './types.ts';

/** Of each node's time: on such machines what a drill brings outruns the issuer. */
export const SMALL = 0.25;

/**
 * How a service on small machines is run: no more of the work that comes in a surge at a time than they can do beside everything else,
 * and a canary that calls slow what is slow for them. That the issuer is full it hears all the same.
 */
export const smallMachines = (
  work: 'first' | 'renewal',
  limit: number,
  more: readonly string[] = [],
): Setting => ({
  flags: [`--limit-${work}`, String(limit), ...more],
  canary: ['--slow', '3000', '--deadline', '6000'],
});
