import { type Relay, startRelay } from '../stage/index.ts';
import { figureOf } from './issuing-figures.ts';
import type { Drill } from './types.ts';
import { UnderWay } from './under-way.ts';

const WALLETS = 40;
const OVER_SECONDS = 15;

/** One of two doors to issuing cannot be reached from outside. */
function oneDoorCut(): Drill {
  let side: Relay;
  return {
    name: '2022-02-03',
    async doors({ balancer }, atEnd) {
      side = await startRelay(balancer.port);
      atEnd(() => side.cut());
      return { side: `http://127.0.0.1:${side.port}` };
    },
    async run(world) {
      const { record, service, arrive, begins, repaired, noticing, note, complain, wallets } = world;
      const { balancer } = service;
      const [closed, open] = [side.port, balancer.port].map(
        (port) => `http://127.0.0.1:${port}/api/issuer`,
      ) as [string, string];
      const people = await wallets();
      await people.prepare(open, WALLETS, record.guests[0]!.people);
      await arrive('before', 10);
      begins();
      await side.cut();
      note('one door of two to the issuer cannot be reached');
      const common = {
        wallets: WALLETS,
        overSeconds: OVER_SECONDS,
        people: record.guests[0]!.people,
        passesEach: 10,
      };
      const there = new UnderWay(
        people.fetch({ ...common, issuer: closed, work: 'first', patienceSeconds: 120 }),
      );
      const here = new UnderWay(
        people.fetch({ ...common, issuer: open, work: 'renewal', patienceSeconds: 5 }),
      );
      await arrive('one door is closed', OVER_SECONDS + 10);
      if (!here.isOver) complain('wallets at the other door waited for the one that was closed');
      await side.mend();
      note('the door is reached again');
      noticing.stop();
      await repaired('after', 8, () => there.isOver);
      figureOf(world, 'at the door that was closed', await there.result);
      figureOf(world, 'at the other door', await here.result);
    },
  };
}

export const drill20220203 = oneDoorCut();
