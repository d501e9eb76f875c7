import type { CameTo } from './past/past.ts';
import { add, tableOf } from './past/table.ts';
import { runRange } from './range.ts';
import { type RunResult, runSeed } from './run.ts';
import { notReached } from './sometimes.ts';
import { bigger } from './world/plan.ts';
import { CAUGHT_WITHIN, isCaught, PLANTS, type Plant } from './world/plants.ts';

const USAGE = `npm run sim -- --seed N [--trace]           one seed; --trace prints everything that happens
npm run sim -- --seeds FROM..TO               many seeds, on all cores; 1..10000 is the whole set
npm run sim -- --plant NAME [--seeds FROM..TO]   with a fault put in on purpose, until it is caught: ${Object.keys(PLANTS).join(', ')}
npm run sim -- --baselines --seeds FROM..TO   the strategies of the past beside the product, in the same world
  --big        1,500 gates
  --workers N  as many processes
The last line of standard output is JSON. Exit: 0 clean (or the plant was caught), 1 not, 2 usage.
`;

interface Arguments {
  seed: number | null;
  range: readonly [number, number] | null;
  plant: Plant | null;
  past: boolean;
  big: boolean;
  trace: boolean;
  workers: number | null;
}

const whole = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;

function read(args: readonly string[]): Arguments | null {
  const found: Arguments = {
    seed: null,
    range: null,
    plant: null,
    past: false,
    big: false,
    trace: false,
    workers: null,
  };
  for (let i = 0; i < args.length; i++) {
    const [name, value] = [args[i]!, args[i + 1]];
    if (name === '--big') found.big = true;
    else if (name === '--baselines') found.past = true;
    else if (name === '--trace') found.trace = true;
    else if (value === undefined) return null;
    else {
      i += 1;
      const [from, to] = value.split('..').map(whole);
      if (name === '--seed') found.seed = whole(value);
      else if (name === '--workers') found.workers = whole(value);
      else if (name === '--seeds' && from != null && to != null && from <= to) found.range = [from, to];
      else if (name === '--plant' && value in PLANTS) found.plant = value as Plant;
      else return null;
    }
  }
  return found.seed === null && found.range === null && found.plant === null ? null : found;
}

const say = (text: string) => process.stdout.write(`${text}\n`);
const tell = (text: string) => process.stderr.write(`${text}\n`);

function lineOf({ seed, trace, gates, visits, saved, events, settledMs, failures }: RunResult): string {
  const minutes = settledMs === null ? '-' : Math.round(settledMs / 60_000);
  const end = failures.length === 0 ? 'clean' : 'FAILED';
  return `seed ${seed}  trace ${trace.slice(0, 16)}  ${gates} gates, ${visits} guests, ${saved} entries, ${events} events, all confirmed after ${minutes} min  ${end}`;
}

function report(result: RunResult): void {
  say(lineOf(result));
  for (const failure of result.failures) say(`  ${failure}`);
}

/** The simulator's command. Answers the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const asked = read(args);
  if (!asked) {
    process.stderr.write(USAGE);
    return 2;
  }
  const { seed, plant, big } = asked;
  if (seed !== null) {
    const result = await runSeed({
      seed,
      plant,
      tell: asked.trace ? (line) => tell(line) : null,
      ...(big ? { change: bigger } : {}),
    });
    report(result);
    const { trace, failures, reached } = result;
    say(
      JSON.stringify({
        name: 'sim',
        seeds: 1,
        seed,
        trace,
        failed: failures.length > 0 ? [seed] : [],
        reached,
      }),
    );
    return failures.length > 0 ? 1 : 0;
  }
  return plant !== null ? runPlant(asked, plant) : runSet(asked);
}

async function runSet({ range, big, past, workers }: Arguments): Promise<number> {
  const [from, to] = range!;
  const failed: number[] = [];
  const reached: Record<string, number> = {};
  const sums: Record<string, CameTo> = {};
  const begun = performance.now();
  let seeds = 0;
  await runRange({
    from,
    to,
    plant: null,
    big,
    past,
    ...(workers === null ? {} : { workers }),
    onResult(result) {
      seeds += 1;
      add(sums, result);
      for (const [what, count] of Object.entries(result.reached))
        reached[what] = (reached[what] ?? 0) + count;
      if (result.failures.length > 0) {
        failed.push(result.seed);
        report(result);
      }
      if (seeds % 50 === 0 || seeds === to - from + 1) {
        const seconds = (performance.now() - begun) / 1000;
        tell(`sim: ${seeds} of ${to - from + 1} seeds, ${failed.length} failed, ${Math.round(seconds)} s`);
      }
      return undefined;
    },
  });
  if (past) say(tableOf(sums));
  const missed = notReached(seeds, reached);
  for (const what of missed) say(`Never reached: ${what}`);
  const seconds = Math.round((performance.now() - begun) / 1000);
  failed.sort((a, b) => a - b);
  say(
    JSON.stringify({ name: 'sim', seeds, failed, missed, seconds, reached, ...(past ? { past: sums } : {}) }),
  );
  return failed.length > 0 || missed.length > 0 ? 1 : 0;
}

async function runPlant({ range, big, workers }: Arguments, plant: Plant): Promise<number> {
  const [from, to] = range ?? [1, CAUGHT_WITHIN[plant]];
  let caught: RunResult | null = null;
  let seeds = 0;
  await runRange({
    from,
    to,
    plant,
    big,
    ...(workers === null ? {} : { workers }),
    onResult(result) {
      seeds += 1;
      if (isCaught(result.failures)) caught ??= result;
      return caught !== null;
    },
  });
  const found = caught as RunResult | null;
  say(`Planted: ${PLANTS[plant]}.`);
  if (found) report(found);
  else say(`Not caught within ${seeds} seeds.`);
  say(JSON.stringify({ name: 'sim', plant, seeds, caughtBy: found?.seed ?? null, within: to - from + 1 }));
  return found ? 0 : 1;
}
