import { figureOf } from './issuing-figures.ts';
import { SMALL, smallMachines } from './small-machines.ts';
import type { Drill } from './types.ts';
import { UnderWay } from './under-way.ts';

const WALLETS = 300;
const OVER_SECONDS = 8;
const FLOOD = { perSecond: 120, seconds: 20, networks: 3 };
/** Of all wallets, so many may renew within one hour when they renew by themselves. */
const NO_HERD = 0.15;

/** All wallets renew at one hour, and somebody floods the issuer besides. */
export const drillNl20210925: Drill = {
  name: 'nl-2021-09-25',
  // As in earnest: an exercise has ten times as much room.
  setUp: () => smallMachines('renewal', 2, ['--enrolments-per-minute', '300']),
  async run(world) {
    const { record, service, arrive, begins, repaired, noticing, note, complain, figure, wallets } = world;
    const issuer = `http://127.0.0.1:${service.balancer.port}/api/issuer`;
    const [people, flooding] = [await wallets(), await wallets()];
    await people.prepare(issuer, WALLETS, record.guests[0]!.people);
    for (const { process } of service.nodes) process.slow(SMALL);
    await arrive('before', 10);
    begins();
    note(`${WALLETS} wallets renew at once, beside ${FLOOD.perSecond} senseless requests a second`);
    const flooded = new UnderWay(flooding.flood({ issuer, ...FLOOD }));
    const renewed = new UnderWay(
      people.fetch({
        issuer,
        wallets: WALLETS,
        overSeconds: OVER_SECONDS,
        work: 'renewal',
        people: [],
        passesEach: 30,
        patienceSeconds: 150,
      }),
    );
    await arrive('renewals and a flood', FLOOD.seconds);
    const answers = await flooded.result;
    note(
      `the flood is over: ${Object.entries(answers)
        .map(([status, times]) => `${status}: ${times}`)
        .join(', ')}`,
    );
    await repaired('the queue runs down', 5, () => renewed.isOver && noticing.isGood('issuers'));
    const fetched = await renewed.result;
    figureOf(world, 'renewals', fetched);
    figure('the flood, answers by status', JSON.stringify(answers));
    const hours = new Map<number, number>();
    for (const at of fetched.renewAfter)
      hours.set(Math.floor(at / 3600), (hours.get(Math.floor(at / 3600)) ?? 0) + 1);
    const worst = Math.max(...hours.values()) / fetched.renewAfter.length;
    figure(
      'of these wallets, renewing by themselves in the same hour next time',
      `${Math.round(worst * 100)} %`,
    );
    if (worst > NO_HERD) complain('wallets that renewed together will renew together again');
  },
};
