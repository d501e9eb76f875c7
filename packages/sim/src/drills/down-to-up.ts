import { type Crowd, quantile } from '../crowd/index.ts';
import type { PrivatePostgres, ServiceStage } from '../stage/index.ts';

const ROUNDS = 9;
const VERDICTS = 800;

/**
 * What a gate's verdict takes with everything stopped (nodes, authority, balancer, databases, mirror) over what it takes with everything
 * running: the median over rounds of the ratio of p99, each round's halves one right after the other and in changing order.
 */
export async function downToUp(
  crowd: Crowd,
  { nodes, authority, balancer, mirror }: ServiceStage,
  databases: readonly PrivatePostgres[],
): Promise<number> {
  const processes = [...nodes, authority, balancer].map(({ process }) => process);
  const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => {
    for (const process of processes) process.signal(name);
    for (const postgres of databases) postgres.signal(name);
  };
  const p99 = async (down: boolean): Promise<number> => {
    mirror.up = !down;
    signal(down ? 'SIGSTOP' : 'SIGCONT');
    // What was under way when the signal came is over.
    await new Promise((go) => setTimeout(go, 150));
    return quantile(await crowd.measure(VERDICTS), 0.99);
  };
  try {
    await crowd.measure(VERDICTS);
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const downFirst = round % 2 === 0;
      const first = await p99(downFirst);
      const second = await p99(!downFirst);
      ratios.push(downFirst ? first / second : second / first);
    }
    return quantile(ratios, 0.5);
  } finally {
    mirror.up = true;
    signal('SIGCONT');
  }
}
