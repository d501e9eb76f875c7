import { type Crowd, quantile } from '../crowd/index.ts';
import type { PrivatePostgres, ServiceStage } from '../stage/index.ts';

/** Rounds at least, and at most where the machine is restless. */
const [FEWEST, MOST] = [9, 25];
/** A round is so many slices of each half, of so many verdicts each, in turn: what else runs here falls on both halves alike. */
const [SLICES, VERDICTS] = [3, 250];
/** The median is known well enough when it lies within so much of itself, 19 times of 20. */
const WITHIN = 0.1;

/**
 * What a gate's verdict takes with everything stopped (nodes, authority, balancer, databases, mirror) over what it takes with everything
 * running: the median over rounds of the ratio of p99. Verdicts for which the machine had no processor free are left out on both sides.
 */
export async function downToUp(
  crowd: Crowd,
  { nodes, authority, balancer, mirror }: ServiceStage,
  databases: readonly PrivatePostgres[],
): Promise<number> {
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
      took[half].push(...(await crowd.measure(VERDICTS)));
    }
    return quantile(took.down, 0.99) / quantile(took.up, 0.99);
  };
  try {
    await crowd.measure(VERDICTS * 2);
    const ratios: number[] = [];
    while (ratios.length < FEWEST || (ratios.length < MOST && !isKnown(ratios))) ratios.push(await round());
    return quantile(ratios, 0.5);
  } finally {
    await set(false);
  }
}

/** Whether the order statistics on both sides of the median, between which it lies 19 times of 20, are near it. */
function isKnown(ratios: readonly number[]): boolean {
  const sorted = [...ratios].sort((one, other) => one - other);
  const apart = 0.98 * Math.sqrt(sorted.length);
  const [low, middle, high] = [-apart, 0, apart].map(
    (off) => sorted[Math.round((sorted.length - 1) / 2 + off)]!,
  ) as [number, number, number];
  return low > middle * (1 - WITHIN) && high < middle * (1 + WITHIN);
}
