import { figureOf } from './issuing-figures.ts';
import type { Drill } from './types.ts';
import { UnderWay } from './under-way.ts';

/** A tenth of what one network is allowed in earnest, for a tenth of the people. */
const PER_MINUTE = 30;
const WALLETS = 150;
const OVER_SECONDS = 5;
const FLOOD = { perSecond: 120, seconds: 30, networks: 4 };
/** Of a flood, so much at most gets past the door: what each of its networks is allowed. */
const LET_IN = 0.2;

/** A crowd of citizens behind one address of their carrier, beside a flood from elsewhere. */
export const drillNz20211117: Drill = {
  name: 'nz-2021-11-17',
  setUp: () => ({ flags: ['--enrolments-per-minute', String(PER_MINUTE)] }),
  async run(world) {
    const { record, service, arrive, begins, repaired, noticing, note, complain, figure, wallets } = world;
    const issuer = `http://127.0.0.1:${service.balancer.port}/api/issuer`;
    const [people, flooding] = [await wallets(), await wallets()];
    await arrive('before', 10);
    begins();
    note(
      `${WALLETS} people behind one address want their first passes, beside a flood from ${FLOOD.networks} networks`,
    );
    const flooded = new UnderWay(flooding.flood({ issuer, ...FLOOD }));
    const served = new UnderWay(
      people.fetch({
        issuer,
        wallets: WALLETS,
        overSeconds: OVER_SECONDS,
        work: 'first',
        people: record.guests[0]!.people,
        passesEach: 10,
        patienceSeconds: 150,
      }),
    );
    await arrive('citizens and a flood', FLOOD.seconds);
    const answers = await flooded.result;
    note('the flood is over');
    await repaired('the queue runs down', 5, () => served.isOver && noticing.isGood('issuers'));
    figureOf(world, 'first issues behind one address', await served.result);
    figure('the flood, answers by status', JSON.stringify(answers));
    const all = Object.values(answers).reduce((sum, times) => sum + times, 0);
    if ((answers['404'] ?? 0) > LET_IN * all) complain('the flood was not stopped at the door');
  },
};
