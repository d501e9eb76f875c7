/**
 * Full jitter with a cap that grows with the outage: min(600 s, max(60 s, outage / 10)). A server that says when to come
 * again is believed, up to an hour.
 * @param failures failures in a row, from 1
 * @param outageMs since the first of them
 */
export function waitAfterFailure(
  failures: number,
  outageMs: number,
  retryAfterSeconds: number | null,
  random: () => number,
): number {
  if (retryAfterSeconds !== null) return Math.min(retryAfterSeconds, 3600) * 1000;
  const cap = Math.min(600_000, Math.max(60_000, outageMs / 10));
  return random() * Math.min(cap, 1_000 * 2 ** Math.min(failures, 20));
}
