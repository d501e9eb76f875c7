/**
 * `npm run bench -- overload`: one real node (`munjigi serve` on PostgreSQL) at half, at the whole and at three times of what it can
 * do, and how much memory it takes.
 *
 * What it can do is measured first in each round: gates that send their next batch when the last is answered. Then uploads come at
 * random instants, whatever became of those before (open loop), and latency counts from the instant at which an upload was due. Every
 * batch is one entry with a box of the real size, signed ahead: the hardest case, since a refusal costs as much as ever and the work
 * it spares is the smallest. The node and its database have one core, the generator has another. At the end the register has exactly
 * what was acknowledged, or the bench fails.
 *
 * MUNJIGI_BENCH_ROUNDS, MUNJIGI_BENCH_SECONDS and MUNJIGI_BENCH_GATES set other numbers than 3 rounds of 8 seconds with 3,000 gates.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgres } from '@munjigi/service/db';
import { placeOf, startNode } from '@munjigi/sim/stage';
import { keepTo } from './support/core.ts';
import { median, printFigures, say, short, whole } from './support/figures.ts';
import { removeWhenBrokenOff, startServer } from './support/server.ts';
import { type Stretch, Uploads } from './support/uploads.ts';

const ROUNDS = Number(process.env.MUNJIGI_BENCH_ROUNDS ?? 3);
const SECONDS = Number(process.env.MUNJIGI_BENCH_SECONDS ?? 8);
const GATES = Number(process.env.MUNJIGI_BENCH_GATES ?? 3_000);
/** Gates that send without a pause while capacity is measured. */
const CLOSED = 48;
const LEVELS = [
  ['Half', 0.5],
  ['Whole', 1],
  ['Three', 3],
] as const;
type Level = 'Capacity' | (typeof LEVELS)[number][0];
type Measured = Stretch & { readonly cpuSeconds: number };
const temp = mkdtempSync(join(tmpdir(), 'munjigi-bench-'));

/** Seconds of CPU that a process has used so far. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const told = (level: string, { due, accepted, full, goodput, p50Ms, p99Ms, lateMs }: Stretch): string =>
  `${level} ${whole(goodput)}/s (${due} due, ${accepted} accepted, ${full} full, p50 ${whole(p50Ms)} ms, p99 ${whole(p99Ms)} ms, sent late ${whole(lateMs)} ms)`;

async function run(): Promise<void> {
  const apart = keepTo(0);
  const server = await startServer();
  if (server.reason !== undefined) {
    say(`bench overload: ${server.reason}, so there is no PostgreSQL to measure.`);
    process.exitCode = 1;
    return;
  }
  removeWhenBrokenOff(() => server.remove());
  const place = await placeOf(temp, server);
  const node = await startNode(place);
  if (!apart || !keepTo(1))
    say('bench overload: the generator has no core of its own here, and is measured with the node.');
  const uploads = await Uploads.of(node, GATES, 1);
  const idle = node.peakMegabytes();

  const all: Record<Level, Measured[]> = { Capacity: [], Half: [], Whole: [], Three: [] };
  await uploads.prepare(12);
  await uploads.closed(CLOSED, 4);
  for (let round = 0; round < ROUNDS; round++) {
    const measure = async (level: Level, work: () => Promise<Stretch>): Promise<Stretch> => {
      await uploads.prepare(12);
      const before = cpuSeconds(node.process.pid);
      const stretch = await work();
      if (stretch.notSent > 0)
        throw new Error(`${stretch.notSent} uploads found no gate free: set MUNJIGI_BENCH_GATES higher.`);
      all[level].push({ ...stretch, cpuSeconds: cpuSeconds(node.process.pid) - before });
      say(`bench overload: round ${round + 1} of ${ROUNDS}: ${told(level, stretch)}`);
      return stretch;
    };
    const { goodput: capacity } = await measure('Capacity', () => uploads.closed(CLOSED, SECONDS));
    for (const [level, times] of LEVELS) await measure(level, () => uploads.open(capacity * times, SECONDS));
  }

  const db = openPostgres({ url: place.databases.register, connections: 1 });
  const { rows } = await db.query<{ n: number }>('SELECT count(*)::int4 AS n FROM entry');
  if (rows[0]!.n !== uploads.acknowledged)
    throw new Error(`${uploads.acknowledged} entries were acknowledged, and the register has ${rows[0]!.n}.`);
  const each = (level: Level, of: (one: Measured) => number) => median(all[level].map(of));
  const figures: Record<string, number> = {
    uploadsPerSecondCapacity: whole(each('Capacity', (one) => one.goodput)),
  };
  for (const [level] of LEVELS) {
    figures[`uploadsPerSecond${level}`] = whole(each(level, (one) => one.goodput));
    figures[`msAcceptedP50${level}`] = whole(each(level, (one) => one.p50Ms));
    figures[`msAcceptedP99${level}`] = whole(each(level, (one) => one.p99Ms));
    figures[`percentRefused${level}`] = whole(each(level, (one) => (one.full * 100) / one.due));
    figures[`msSentLateP99${level}`] = whole(each(level, (one) => one.lateMs));
  }
  const anUpload = each('Capacity', (one) => one.cpuSeconds / one.accepted);
  figures.microsecondsOfNodeForUpload = whole(anUpload * 1e6);
  figures.microsecondsOfNodeForRefusal = whole(
    each('Three', (one) => ((one.cpuSeconds - one.accepted * anUpload) * 1e6) / Math.max(1, one.full)),
  );
  figures.answersOfAnotherKind = Object.values(all)
    .flat()
    .reduce((sum, { other }) => sum + other, 0);
  figures.retryAfterFrom = Math.min(...all.Three.map(({ retryAfter }) => retryAfter[0]));
  figures.retryAfterTo = Math.max(...all.Three.map(({ retryAfter }) => retryAfter[1]));
  figures.entriesInRegister = rows[0]!.n;
  figures.megabytesIdle = whole(idle);
  figures.megabytesPeak = whole(node.peakMegabytes());
  const peakOf = (round: number) => Math.max(...Object.values(all).map((one) => one[round]!.goodput));
  const toPeak = (level: Level) => short(median(all[level].map(({ goodput }, i) => goodput / peakOf(i))));

  uploads.close();
  await db.close();
  await node.process.kill();
  await server.remove();
  printFigures('overload', figures, {
    goodputWholeToPeak: toPeak('Whole'),
    goodputThreeToPeak: toPeak('Three'),
  });
}

await run();
rmSync(temp, { recursive: true, force: true });
process.exit();
