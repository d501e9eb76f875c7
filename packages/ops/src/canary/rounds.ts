import { randomInt } from 'node:crypto';
import type { Observation, Seen, State } from '@munjigi/core/incident';
import type { Look } from './look.ts';
import type { Way } from './seen.ts';

/** What one round came to: the ways that were gone, and what kept the canary itself from looking. */
export interface Round {
  readonly ways: readonly Way[];
  readonly seen: readonly Seen[];
  readonly faults: readonly Error[];
}

/** Looks do not begin in one instant, so that a canary is no small crowd of its own. Milliseconds. */
export const SPREAD_MS = 200;

/** Every door and mirror once, side by side. A fault of the canary itself says nothing of what it looked at. */
export async function oneRound(looks: readonly Look[], slowMs: number): Promise<Round> {
  const results = await Promise.allSettled(
    looks.map(async (look) => {
      await pause(randomInt(0, SPREAD_MS));
      return look();
    }),
  );
  const ways = results.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  const seen = ways.map((way) => way.seen(slowMs)).filter((one) => one !== null);
  return { ways, seen, faults: results.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])) };
}

/** Resolves after some time, or at once when the signal comes. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal?.aborted) return done();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      done();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });

const RANK: Readonly<Record<State, number>> = { works: 0, slow: 1, down: 2 };

/** Where a component stood otherwise in the round before; what was never seen is taken to work. */
export function changed(now: Observation | Round, before: Observation | null) {
  return now.seen.flatMap((seen) => {
    const { component, door, state } = seen;
    const was =
      before?.seen.find((one) => one.component === component && one.door === door)?.state ?? 'works';
    return was === state ? [] : [{ ...seen, worse: RANK[state] > RANK[was] }];
  });
}

/** After a round in which something became worse the next one comes within this. Milliseconds. */
const HURRY_MS = 300;

/**
 * How long to wait before the next round: the rest of the pace, up to a fifth less. After a round in which something became worse the
 * next one comes at once, so that two looks agree within ten seconds; never twice in a row.
 */
export function waitBefore(everyMs: number, tookMs: number, hurry: boolean): number {
  if (hurry) return randomInt(HURRY_MS / 3, HURRY_MS + 1);
  return Math.max(HURRY_MS / 3, everyMs * (0.8 + randomInt(0, 201) / 1000) - tookMs);
}
