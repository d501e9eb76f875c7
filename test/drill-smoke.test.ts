import { expect, it } from 'vitest';
import { NotHere } from '../packages/sim/src/drills/opening.ts';
import { recordOf } from '../packages/sim/src/drills/record.ts';
import { play } from '../packages/sim/src/drills/run.ts';
import type { Drill } from '../packages/sim/src/drills/types.ts';

/** A drill of half a minute: what the long ones stand on, on real processes. */
const drill: Drill = {
  name: 'smoke',
  gates: 10,
  perSecond: 12,
  async run({ service, crowd, arrive, begins, repaired, complain }) {
    await arrive('before', 3);
    begins();
    const { nodes, balancer } = service;
    await Promise.all([...nodes, balancer].map(({ process }) => process.kill()));
    const { wanted } = await arrive('nothing answers', 4);
    if ((await crowd.pulse()).waiting < wanted / 2)
      complain('entries went somewhere while nothing was there');
    await balancer.start();
    await Promise.all(nodes.map((node) => node.start()));
    await repaired('after', 3);
  },
};

it('every door decides and records while nodes and balancer are gone, and the register holds all of it afterwards, once', async (context) => {
  const record = { ...recordOf('2022-01-06'), canary: null, notice: null };
  const played = await play(drill, record, () => {}, { compareStopped: false }).catch((error: unknown) => {
    if (error instanceof NotHere) return context.skip(error.message);
    throw error;
  });
  const { verdicts, entries, complaints, seconds } = played.line;
  expect(complaints).toEqual([]);
  expect(verdicts.wanted).toBeGreaterThan(50);
  expect(verdicts).toMatchObject({ refusedForServer: 0, wrong: 0 });
  expect(entries.made).toBeGreaterThan(40);
  expect(entries).toMatchObject({ lost: 0, doubled: 0 });
  expect(seconds.toRecover).not.toBeNull();
}, 300_000);
