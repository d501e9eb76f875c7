import { type BaselineWorld, playBaseline } from '../baseline/play.ts';
import type { Drill } from './types.ts';

/** The same events for those who ask a server before they answer. */
async function sameDay({ balancer, servers, postgres, arrive }: BaselineWorld): Promise<void> {
  const [a] = servers;
  await arrive(10);
  await postgres.backup();
  await arrive(6);
  for (const name of ['b', 'c']) await balancer.weigh(name, 0);
  a!.process.slow(0.04);
  await arrive(15);
  await a!.process.kill();
  await arrive(20);
  await postgres.putBack();
  await a!.start();
  for (const name of ['b', 'c']) await balancer.weigh(name, 100);
  await arrive(10);
}

/** The day that this product is for. */
export const drill20220106: Drill = {
  name: '2022-01-06',
  async run({ service, postgres, arrive, note, begins, ends, noticing }) {
    const { balancer, nodes } = service;
    const [a, b, c] = nodes;
    await arrive('before', 12);
    await postgres.backup();
    note('the backup is made that will be put in later');
    await arrive('after the backup', 8);
    begins();
    note('maintenance: b and c get weight 0, everything runs to a; a gets one twenty-fifth of its time');
    await balancer.weigh('b', 0);
    await balancer.weigh('c', 0);
    a!.process.slow(0.04);
    await arrive('all on one node', 20);
    note('a is gone');
    await a!.process.kill();
    await arrive('nothing answers', 40);
    note('the backup database is put in: everything since is gone from the register');
    await postgres.putBack();
    await a!.start();
    await Promise.all([b, c].map((node) => balancer.weigh(node!.name, 100)));
    ends();
    note('a is back, b and c have their weight again');
    noticing.stop();
    await service.announce('app-back', 'confirmed', {
      parameters: {
        since: Date.parse('2022-01-06T14:00:00+09:00') / 1000,
        until: Date.parse('2022-01-06T19:20:00+09:00') / 1000,
      },
    });
    await arrive('after', 10);
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
