import { figureOf } from './issuing-figures.ts';
import { allShow } from './showing.ts';
import { SMALL, smallMachines } from './small-machines.ts';
import type { Drill } from './types.ts';
import { UnderWay } from './under-way.ts';

const WALLETS = 400;
/** Of everybody who was told at the same minute, and of everybody who was given a turn. */
const AT_ONCE_SECONDS = 8;
const IN_TURN_SECONDS = 100;
/** Nobody whose turn it is waits longer, in milliseconds. */
const SHORT_MS = 5_000;

/** The same wallets renew at one call, and then each in its turn. */
export const drill20211214: Drill = {
  name: '2021-12-14',
  setUp: () => smallMachines('renewal', 2),
  async run(world) {
    const { record, service, crowd, arrive, begins, repaired, during, noticing, note, complain, wallets } =
      world;
    const issuer = `http://127.0.0.1:${service.balancer.port}/api/issuer`;
    const people = await wallets();
    await people.prepare(issuer, WALLETS, record.guests[0]!.people);
    for (const { process } of service.nodes) process.slow(SMALL);
    const renewal = (overSeconds: number) =>
      people.fetch({
        issuer,
        wallets: WALLETS,
        overSeconds,
        work: 'renewal',
        people: [],
        passesEach: 30,
        patienceSeconds: 150,
      });
    await arrive('before', 10);
    begins();
    note(`${WALLETS} wallets are told to renew now`);
    const atOnce = new UnderWay(renewal(AT_ONCE_SECONDS));
    await arrive('everybody at once', AT_ONCE_SECONDS);
    await repaired('the queue runs down', 5, () => atOnce.isOver && noticing.isGood('issuers'));
    figureOf(world, 'told at once', await atOnce.result);
    await service.announce(null, 'confirmed');
    await during(
      'the notice is taken back',
      (async () => {
        while (!(await allShow(crowd, null)())) await new Promise((go) => setTimeout(go, 500));
      })(),
    );
    note(`the same wallets, each in its turn within ${IN_TURN_SECONDS} s`);
    const before = noticing.failed('issuers');
    const inTurn = await during('each in its turn', renewal(IN_TURN_SECONDS));
    figureOf(world, 'each in its turn', inTurn);
    const late = inTurn.ms.filter((ms) => ms > SHORT_MS).length;
    if (late > 0) complain(`${late} wallets waited longer than ${SHORT_MS / 1000} s at their turn`);
    if (noticing.failed('issuers') > before) complain('issuing was not good while each came in its turn');
  },
};
