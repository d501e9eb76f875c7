import { figureOf } from './issuing-figures.ts';
import type { Drill } from './types.ts';

/** A tenth of what one network is allowed in earnest, for a tenth of the people. */
const PER_MINUTE = 30;
const WALLETS = 150;
const OVER_SECONDS = 10;
const FLOOD = { perSecond: 120, seconds: 30, networks: 4 };
/** Of a flood, so much is turned away before anything is read. */
const STOPPED = 0.8;

/** A crowd of citizens behind one address of their carrier, beside a flood from elsewhere. */
export const drillNz20211117: Drill = {
  name: 'nz-2021-11-17',
  setUp: () => ({ flags: ['--enrolments-per-minute', String(PER_MINUTE)] }),
  async run(world) {
    const { service, arrive, begins, repaired, noticing, note, complain, figure, wallets } = world;
    const issuer = `http://127.0.0.1:${service.balancer.port}/api/issuer`;
    const [people, flooding] = [await wallets(), await wallets()];
    await arrive('before', 10);
    begins();
    note(
      `${WALLETS} people behind one address want their first passes, beside a flood from ${FLOOD.networks} networks`,
    );
    const flooded = flooding.flood({ issuer, ...FLOOD });
    let isServed = false;
    const served = people
      .fetch({
        issuer,
        wallets: WALLETS,
        overSeconds: OVER_SECONDS,
        work: 'first',
        people: ['haneul', 'sunja', 'seoyeon'],
        passesEach: 10,
        patienceSeconds: 150,
      })
      .finally(() => {
        isServed = true;
      });
    await arrive('citizens and a flood', FLOOD.seconds);
    const answers = await flooded;
    note('the flood is over');
    await repaired('the queue runs down', 5, () => isServed && noticing.isGood('issuing'));
    figureOf(world, 'first issues behind one address', await served);
    figure('the flood, answers by status', JSON.stringify(answers));
    const all = Object.values(answers).reduce((sum, times) => sum + times, 0);
    if ((answers['429'] ?? 0) < STOPPED * all) complain('the flood was not stopped at the door');
  },
};
