import type { Random } from '../kernel/random.ts';
import type { ClockKind } from './clocks.ts';

/** What a seed is about: how many, how long, and which faults are drawn how often. */
export interface Plan {
  readonly crypto: 'stand-in' | 'real';
  readonly clocks: ClockKind;
  readonly nodes: number;
  readonly venues: readonly number[];
  readonly startOffsetMs: number;
  /** The rules change at the beginning of the day so many days from now. */
  readonly changeAfterDays: number;
  readonly rulesEveryMs: number;
  readonly backupEveryMs: number;
  /** Hours at which doors are open: from the start, in milliseconds. */
  readonly shifts: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** Guests at all gates together. */
  readonly guests: number;
  /** How often each fault comes: mean number in a run. */
  readonly faults: Readonly<Record<FaultName, number>>;
}

export const FAULTS = [
  'cable',
  'half-open',
  'slow-network',
  'node-crash',
  'node-dies-at-await',
  'node-cut',
  'database-crash',
  'lost-tail',
  'standby-away',
  'older-backup',
  'tab-closed',
  'tab-dies-at-await',
  'battery',
  'disk-full',
  'disk-fails',
  'clock-jump',
  'node-hangs',
] as const;
export type FaultName = (typeof FAULTS)[number];

const HOUR_MS = 3_600_000;

export function drawPlan(random: Random): Plan {
  const venues = Array.from({ length: random.scale(1, 5) }, () => random.scale(1, 4));
  const gates = venues.reduce((sum, count) => sum + count, 0);
  const longMs = random.between(15, 45) * 60_000;
  const startOffsetMs = random.below(5 * HOUR_MS);
  // A swarm: each run has some kinds of faults and not others, so that one does not always hide another.
  const faults = Object.fromEntries(
    FAULTS.map((name) => {
      // A kind that came later draws from a stream of its own, so that older seeds stay the worlds that they were.
      const own = name === 'node-hangs' ? random.fork(name) : random;
      return [name, own.chance(0.5) ? 0 : own.around(3)];
    }),
  ) as Record<FaultName, number>;
  return {
    crypto: random.chance(0.02) ? 'real' : 'stand-in',
    clocks: 'drifting',
    nodes: random.between(1, 3),
    venues,
    startOffsetMs,
    changeAfterDays: random.between(0, 2),
    rulesEveryMs: random.scale(60_000, 600_000),
    backupEveryMs: random.scale(200_000, 1_200_000),
    shifts: [{ fromMs: 0, toMs: longMs }],
    guests: gates * random.scale(4, 20),
    faults,
  };
}

/** The same world as it was before the clocks of devices drifted and nodes hung: what old seeds found is found in it only. */
export function asOnce(plan: Plan): Plan {
  return { ...plan, clocks: 'exact', faults: { ...plan.faults, 'node-hangs': 0 } };
}

/** The same with 1,500 gates, and fewer guests at each. */
export function bigger(plan: Plan): Plan {
  const venues = Array.from({ length: 600 }, (_, i) => 1 + (i % 4));
  return { ...plan, crypto: 'stand-in', nodes: 3, venues, guests: 4_000, rulesEveryMs: 600_000 };
}
