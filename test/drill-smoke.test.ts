import { expect, it } from 'vitest';
import type { Crowd } from '../packages/sim/src/crowd/index.ts';
import { NotHere } from '../packages/sim/src/drills/opening.ts';
import { recordOf } from '../packages/sim/src/drills/record.ts';
import { play } from '../packages/sim/src/drills/run.ts';
import { allShow } from '../packages/sim/src/drills/showing.ts';
import type { Drill } from '../packages/sim/src/drills/types.ts';

async function told(crowd: Crowd): Promise<void> {
  while (!(await allShow(crowd, 'app-down')())) await new Promise((go) => setTimeout(go, 250));
}

/** A drill of a minute: what the long ones stand on, on real processes. */
const drill: Drill = {
  name: 'smoke',
  gates: 10,
  perSecond: 12,
  async run({ service, crowd, arrive, during, begins, repaired, complain }) {
    await arrive('before', 3);
    begins();
    const { nodes, balancer } = service;
    await Promise.all([...nodes, balancer].map(({ process }) => process.kill()));
    const { wanted } = await arrive('nothing answers', 4);
    if ((await crowd.pulse()).waiting < wanted / 2)
      complain('entries went somewhere while nothing was there');
    await during('nobody touches anything, until every gate says it', told(crowd));
    await balancer.start();
    await Promise.all(nodes.map((node) => node.start()));
    await repaired('after', 3);
  },
};

it('every door decides and records while nodes and balancer are gone, the service notices by itself and says one thing everywhere, and the register holds all of it afterwards, once', async (context) => {
  const played = await play(drill, recordOf('2022-01-06'), () => {}, { compareStopped: false }).catch(
    (error: unknown) => {
      if (error instanceof NotHere) return context.skip(error.message);
      throw error;
    },
  );
  const { verdicts, entries, complaints, seconds, sentences } = played.line;
  expect(complaints).toEqual([]);
  expect(verdicts.wanted).toBeGreaterThan(50);
  expect(verdicts).toMatchObject({ refusedForServer: 0, wrong: 0 });
  expect(entries.made).toBeGreaterThan(40);
  expect(entries).toMatchObject({ lost: 0, doubled: 0 });
  const ways = String(played.line.figures['of the entries: by eye · by call · by poster · on paper']);
  expect(ways.split(' · ').map(Number), ways).not.toContain(0);
  expect(seconds.toRecover).not.toBeNull();
  expect(sentences[0]).toMatchObject({ notice: 'app-down', standing: 'provisional' });
}, 420_000);
