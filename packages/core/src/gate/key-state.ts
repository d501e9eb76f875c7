import type { Trust } from '../trust/types.ts';
import type { Inspected } from './types.ts';

/** Whether the key that signed counts at an instant. `unknown`: no such key, or the code names none. */
export function keyStateAt(
  inspected: Inspected,
  trust: Trust,
  at: number,
): 'good' | 'withdrawn' | 'out-of-time' | 'unknown' {
  if (inspected.format === null || inspected.keyId === null) return 'unknown';
  const keys = inspected.key ? [inspected.key] : trust.keys(inspected.format, inspected.keyId);
  if (keys.length === 0) return 'unknown';
  const kept = keys.filter(({ withdrawn }) => !withdrawn);
  if (kept.length === 0) return 'withdrawn';
  return kept.some(({ from, until }) => (from === null || at >= from) && (until === null || at < until))
    ? 'good'
    : 'out-of-time';
}
