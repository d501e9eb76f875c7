import { notReceipted } from './checks/devices.ts';
import { checkAll } from './checks/final.ts';
import { missing } from './checks/rows.ts';
import { Random } from './kernel/random.ts';
import { type CameTo, Past } from './past/past.ts';
import { OURS } from './past/table.ts';
import { Faults } from './world/faults.ts';
import { Guests } from './world/guests.ts';
import { drawPlan, type Plan } from './world/plan.ts';
import type { Plant } from './world/plants.ts';
import { World } from './world/world.ts';

export interface RunOptions {
  readonly seed: number;
  readonly plant?: Plant | null;
  readonly tell?: ((line: string) => void) | null;
  readonly change?: (plan: Plan) => Plan;
  /** True: the strategies of the past are played beside the product. */
  readonly past?: boolean;
}

/** What one seed came to. */
export interface RunResult {
  readonly seed: number;
  /** Hash of everything that happened, in order. */
  readonly trace: string;
  readonly events: number;
  readonly failures: readonly string[];
  readonly reached: Readonly<Record<string, number>>;
  readonly visits: number;
  readonly saved: number;
  readonly gates: number;
  /** Virtual milliseconds from the end of the faults until everything was confirmed. */
  readonly settledMs: number | null;
  /** What the product and each strategy of the past came to; null where they were not played. */
  readonly past: Readonly<Record<string, CameTo>> | null;
}

/** Once nothing breaks any more, everything is confirmed within this time. */
const SETTLED_WITHIN_MS = 100 * 60_000;

/** Runs one seed from its beginning to its end. */
export async function runSeed({
  seed,
  plant = null,
  tell = null,
  change,
  past = false,
}: RunOptions): Promise<RunResult> {
  const drawn = drawPlan(new Random(`plan ${seed}`));
  const plan = change?.(drawn) ?? drawn;
  const world = new World({ seed, plan, plant, tell });
  const { kernel, ledger } = world;
  const onRejection = (error: unknown) => world.isWrong(error);
  process.on('unhandledRejection', onRejection);
  let settledMs: number | null = null;
  try {
    await play(world, past, (ms) => {
      settledMs = ms;
    });
  } catch (error) {
    world.isWrong(error);
  } finally {
    world.end();
    process.off('unhandledRejection', onRejection);
  }
  return {
    seed,
    trace: world.trace.digest(),
    events: kernel.events,
    failures: ledger.failures,
    reached: Object.fromEntries([...ledger.reached].sort(([a], [b]) => (a < b ? -1 : 1))),
    visits: ledger.visits.length,
    saved: ledger.visits.filter(({ saved }) => saved !== null).length,
    gates: world.gates.length,
    settledMs,
    past: world.past && { [OURS]: oursOf(world), ...world.past.cameTo() },
  };
}

/** The product by the same measures. A lost or doubled entry is a broken rule, and the seed has failed. */
function oursOf({ ledger: { visits }, network: { counted } }: World): CameTo {
  return {
    guests: visits.length,
    unanswered: visits.filter(({ verdict }) => verdict === null).length,
    slow: visits.filter(({ tookMs }) => (tookMs ?? 0) > 3_000).length,
    lost: 0,
    doubled: 0,
    waiting: 0,
    requests: counted.requests,
    busiestSecond: counted.busiestSecond,
  };
}

/** Runs one step of the story to its end. */
async function step(world: World, work: () => Promise<void>): Promise<void> {
  let done = false;
  world.do(async () => {
    await work();
    done = true;
  });
  await world.kernel.run(world.kernel.nowMs + 3_600_000, () => done || world.ledger.failures.length > 0);
  if (!done) throw new Error('A step of the run did not come to its end.');
}

async function play(world: World, past: boolean, settled: (ms: number) => void): Promise<void> {
  const { kernel, plan, ledger } = world;
  const guests = new Guests(world);
  await step(world, async () => {
    for (const node of world.nodes) node.start();
    while (!world.nodes.every(({ ready }) => ready)) await kernel.pause(world.hand, 100);
    await world.publish(true);
    for (const gates of plan.venues) await world.addVenue(gates);
    for (const gate of world.gates) gate.open();
    await guests.issue();
    while (!world.gates.every(({ atTheDoor }) => atTheDoor)) await kernel.pause(world.hand, 100);
  });

  world.store.settle();
  const end = kernel.nowMs + Math.max(...plan.shifts.map(({ toMs }) => toMs));
  if (past) world.past = new Past(world);
  guests.schedule();
  const faults = new Faults(world);
  faults.schedule(end);
  world.backups.schedule(plan.backupEveryMs);
  await kernel.run(end);

  faults.stop();
  const stopped = kernel.nowMs;
  for (;;) {
    await kernel.run(kernel.nowMs + 60_000);
    if (ledger.failures.length > 0) break;
    let waits: string | null = missing(world);
    if (waits === null)
      await step(world, async () => {
        waits = await notReceipted(world);
      });
    if (waits === null) break;
    if (kernel.nowMs - stopped > SETTLED_WITHIN_MS) {
      ledger.fail(`not everything is confirmed, though nothing has been broken for a long time: ${waits}`);
      break;
    }
  }
  settled(kernel.nowMs - stopped);
  if (ledger.failures.length > 0) return;
  await step(world, () => checkAll(world));
}
