import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MUNJIGI, until, type VersionBefore, versionBefore } from '../stage/index.ts';
import type { Drill } from './types.ts';

/** As long as a balancer needs to hear that a node leaves. */
const DRAIN_SECONDS = 4;

let before: VersionBefore | null = null;

/**
 * The nodes run the version from before the newest change of the tables. Each is drained, ended and started again as this version, under
 * load, one after the other: meanwhile both serve the same gates on the same tables, which the first new one has changed.
 */
export const drillRollingUpgrade: Drill = {
  name: 'rolling-upgrade',
  async setUp({ folder }) {
    const built = join(folder, 'before');
    mkdirSync(built);
    before = await versionBefore(built);
    return {
      flags: ['--drain-seconds', String(DRAIN_SECONDS)],
      ...(before ? { program: before.program } : {}),
    };
  },
  async run({ service, crowd, arrive, during, note, complain, figure, noticing }) {
    const { balancer, nodes } = service;
    figure('the version before', before?.commit ?? 'none in this copy: this version is exchanged for itself');
    await arrive('before', 10);
    const upgrade = async (): Promise<void> => {
      for (const node of nodes) {
        note(`${node.name} is told to end`);
        const code = await node.process.stop();
        if (code !== 0) complain(`${node.name} ended with ${String(code)}`);
        await node.start(MUNJIGI);
        await until(`${node.name} is taken in again`, async () =>
          (await balancer.stats()).every(({ status }) => status === 'UP'),
        );
        note(`${node.name} is back`);
      }
    };
    await during('one node after the other', upgrade());
    await arrive('after', 8);
    const { failures } = await crowd.report();
    figure('calls of gates that failed, by why', JSON.stringify(failures));
    // A node may say that it is full; none may leave anybody without an answer.
    const dropped = Object.keys(failures).filter((code) => code !== 'service.full');
    if (dropped.length > 0)
      complain(`calls of gates failed while nodes were exchanged: ${dropped.join(', ')}`);
    for (const component of ['register', 'issuers']) {
      const bad = noticing.badRounds(component);
      if (bad > 0) complain(`the canary’s way failed ${bad} times: ${component}`);
    }
  },
};
