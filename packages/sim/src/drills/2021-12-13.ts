import { figureOf } from './issuing-figures.ts';
import { SMALL, smallMachines } from './small-machines.ts';
import type { Drill } from './types.ts';
import { UnderWay } from './under-way.ts';

const WALLETS = 250;
const OVER_SECONDS = 12;

/** People without a pass all want their first one at lunch. */
export const drill20211213: Drill = {
  name: '2021-12-13',
  setUp: () => smallMachines('first', 1),
  async run(world) {
    const { record, service, arrive, begins, repaired, noticing, note, wallets } = world;
    const people = await wallets();
    for (const { process } of service.nodes) process.slow(SMALL);
    await arrive('before', 10);
    begins();
    note(`${WALLETS} people ask for their first passes within ${OVER_SECONDS} s`);
    const surge = new UnderWay(
      people.fetch({
        issuer: `http://127.0.0.1:${service.balancer.port}/api/issuer`,
        wallets: WALLETS,
        overSeconds: OVER_SECONDS,
        work: 'first',
        people: record.guests[0]!.people,
        passesEach: 30,
        patienceSeconds: 150,
      }),
    );
    await arrive('the surge comes', OVER_SECONDS);
    await repaired('the queue runs down', 5, () => surge.isOver && noticing.isGood('issuers'));
    figureOf(world, 'first issues', await surge.result);
  },
};
