import type { ChainReport } from '@munjigi/service/register';
import type { World } from '../world/world.ts';
import { checkCounts, countVisits } from './rows.ts';

/** Everything that must hold when the faults have stopped and all is quiet. */
export async function checkAll(world: World): Promise<void> {
  const { ledger, kernel, authority, nodes } = world;
  const node = nodes.find(({ ready }) => ready);
  if (!node?.desk || !node.process) {
    ledger.fail('no node is ready at the end');
    return;
  }
  const { desk, process } = node;
  const inNode = <T>(work: () => Promise<T>): Promise<T> =>
    new Promise((done, fail) => {
      kernel.after(process, 0, () => {
        work().then((value) => kernel.after(world.hand, 0, () => done(value)), fail);
      });
    });
  await inNode(() => desk.retain());
  const days = await inNode(async () => (await desk.oldTables()).map(({ day }) => day));
  if (days.length > 0) ledger.fail(`days past retention are still there: ${days.join(', ')}`);

  const tx = world.store.begin();
  for (const { venueId, gateNo } of tx.all(tx.tables.gate)) {
    const report = await inNode(() => desk.verifyChain(venueId, gateNo));
    for (const problem of (report as ChainReport | null)?.problems ?? [])
      ledger.fail(`chain ${venueId}/${gateNo}: ${problem.kind} from ${problem.from} to ${problem.to}`);
  }
  const today = authority.calendar.dateOf(kernel.nowMs / 1000);
  const oldest = authority.calendar.startOf(world.oldestDay(today));
  checkCounts(ledger, await countVisits(world), oldest);
  for (const one of nodes)
    if (one.overLimit > 0) ledger.fail(`${one.name} worked on ${one.overLimit} requests more than its limit`);
}
