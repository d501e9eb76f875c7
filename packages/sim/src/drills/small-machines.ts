import type { Setting } from './types.ts';

/** Of each node's time: on such machines what a drill brings outruns the issuer. */
export const SMALL = 0.25;

/**
 * How a service on small machines is run: no more at a time than they can do beside everything else, and a canary that calls slow what
 * is slow for them. That the issuer is full it hears all the same.
 */
export const SMALL_MACHINES = {
  flags: ['--limit-first', '1', '--limit-renewal', '1'],
  canary: ['--slow', '3000', '--deadline', '6000'],
} satisfies Setting;
