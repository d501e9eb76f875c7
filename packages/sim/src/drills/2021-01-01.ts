import { allShow } from './showing.ts';
import type { Drill } from './types.ts';

/** Every server of the register gone at once. */
export const drill20210101: Drill = {
  name: '2021-01-01',
  async run({ service, postgres, databases, crowd, arrive, note, begins, repaired }) {
    const { balancer, nodes, authority, mirror } = service;
    await arrive('before', 10);
    begins();
    await Promise.all([
      ...nodes.map(({ process }) => process.kill()),
      balancer.process.kill(),
      postgres.stop('immediate'),
    ]);
    note('nodes, balancer and database are gone');
    await arrive('nothing answers', 32);
    // Every door has been told. Whoever is asked now, nobody answers.
    mirror.up = false;
    await Promise.all([authority.process.kill(), ...databases.slice(1).map((one) => one.stop('immediate'))]);
    note('the authority, its database and the mirror are gone too');
    await arrive('nothing and nobody answers', 12);
    await Promise.all(databases.map((one) => one.start()));
    mirror.up = true;
    await authority.start();
    await balancer.start();
    await Promise.all(nodes.map((node) => node.start()));
    note('all of them are started again');
    await service.announce(null, 'confirmed');
    await repaired('after', 10, allShow(crowd, null));
  },
};
