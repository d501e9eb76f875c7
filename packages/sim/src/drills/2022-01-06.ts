import { type BaselineWorld, playBaseline } from '../baseline/play.ts';
import type { Drill } from './types.ts';

/** What the server that everything ran to has left of its time: less than what comes needs, the old way or ours. */
const OVERRUN = 0.01;

/** The same events for those who ask a server before they answer. */
async function sameDay({ balancer, servers, postgres, arrive }: BaselineWorld): Promise<void> {
  const [a] = servers;
  await arrive(8);
  await postgres.backup();
  await arrive(5);
  for (const name of ['b', 'c']) await balancer.weigh(name, 0);
  a!.process.slow(OVERRUN);
  await arrive(12);
  await a!.process.kill();
  await arrive(15);
  await postgres.putBack();
  await a!.start();
  for (const name of ['b', 'c']) await balancer.weigh(name, 100);
  await arrive(8);
}

/** The day that this product is for. */
export const drill20220106: Drill = {
  name: '2022-01-06',
  async run({ service, postgres, crowd, arrive, note, begins, repaired }) {
    const { balancer, nodes } = service;
    const [a, b, c] = nodes;
    await arrive('before', 12);
    await postgres.backup();
    note('the backup is made that will be put in later');
    await arrive('after the backup', 8);
    begins();
    note('maintenance: b and c get weight 0, everything runs to a; a has one hundredth of its time');
    await balancer.weigh('b', 0);
    await balancer.weigh('c', 0);
    a!.process.slow(OVERRUN);
    await arrive('all on one node', 20);
    note('a is gone');
    await a!.process.kill();
    await arrive('nothing answers', 30);
    note('the backup database is put in: everything since is gone from the register');
    await postgres.putBack();
    await a!.start();
    await Promise.all([b, c].map((node) => balancer.weigh(node!.name, 100)));
    note('a is back, b and c have their weight again');
    await crowd.putBack();
    note('the telephone provider is asked to tell of its calls again');
    await service.announce('app-back', 'confirmed', {
      parameters: {
        since: Date.parse('2022-01-06T14:00:00+09:00') / 1000,
        until: Date.parse('2022-01-06T19:20:00+09:00') / 1000,
      },
    });
    const told = async () => (await crowd.report()).notices.every((notice) => notice === 'app-back');
    await repaired('after', 10, told);
  },
  async baseline({ folder, note }) {
    const found: Record<string, Awaited<ReturnType<typeof playBaseline>>> = {};
    for (const strategy of ['reported', 'competent'] as const) {
      note(`the same events, the old way (${strategy})`);
      found[strategy] = await playBaseline(strategy, { folder, perSecond: 20 }, sameDay);
    }
    return found;
  },
};
