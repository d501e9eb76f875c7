import { type Crowd, quantile } from '../crowd/index.ts';
import type { PrivatePostgres, ServiceStage } from '../stage/index.ts';

/** Rounds at least; where the machine is restless there are more, within so many milliseconds. */
const [FEWEST, LONGEST_MS] = [7, 18_000];
/** A round is so many slices of each half, of so many verdicts each, in turn: what else runs here falls on both halves alike. */
const [SLICES, VERDICTS, SLICE_MS] = [3, 200, 600];
/** The median is known well enough when it lies within so much of itself, 19 times of 20. */
const WITHIN = 0.1;

/** A ratio with the two values between which it lies 19 times of 20. */
export interface Ratio {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** False where the machine was too restless to tell it closely. */
  readonly isClose: boolean;
}

/**
 * What a gate's verdict takes with everything stopped (nodes, authority, balancer, databases, mirror) over what it takes with everything
 * running: the median over rounds of the ratio of p99. Verdicts for which the machine had no processor free are left out on both sides.
 */
export async function downToUp(
  crowd: Crowd,
  { nodes, authority, balancer, mirror }: ServiceStage,
  databases: readonly PrivatePostgres[],
): Promise<Ratio> {
  const processes = [...nodes, authority, balancer].map(({ process }) => process);
  const set = async (down: boolean): Promise<void> => {
    mirror.up = !down;
    const signal = down ? 'SIGSTOP' : 'SIGCONT';
    for (const process of processes) process.signal(signal);
    for (const postgres of databases) postgres.signal(signal);
    // What was under way when the signal came is over.
    await new Promise((go) => setTimeout(go, 60));
  };
  const round = async (): Promise<number> => {
    const took = { down: [] as number[], up: [] as number[] };
    for (let slice = 0; slice < SLICES * 2; slice++) {
      const half = slice % 2 === 0 ? 'down' : 'up';
      await set(half === 'down');
      took[half].push(...(await crowd.measure(VERDICTS, SLICE_MS)));
    }
    return quantile(took.down, 0.99) / quantile(took.up, 0.99);
  };
  try {
    await crowd.measure(VERDICTS * 2, SLICE_MS * 2);
    const until = performance.now() + LONGEST_MS;
    const ratios: number[] = [];
    while (ratios.length < FEWEST || (performance.now() < until && !ratioOf(ratios).isClose))
      ratios.push(await round());
    return ratioOf(ratios);
  } finally {
    await set(false);
  }
}

/** The median, and the order statistics between which the true one lies. */
export function ratioOf(ratios: readonly number[]): Ratio {
  const sorted = [...ratios].sort((one, other) => one - other);
  const apart = 0.98 * Math.sqrt(sorted.length);
  const at = (off: number): number =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.round((sorted.length - 1) / 2 + off)))]!;
  const [low, value, high] = [at(-apart), at(0), at(apart)];
  return { value, low, high, isClose: low > value * (1 - WITHIN) && high < value * (1 + WITHIN) };
}
