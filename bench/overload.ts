/**
 * `npm run bench -- overload`: one real node (`munjigi serve` on PostgreSQL) at half, at the whole and at three times of what it can
 * do, and how much memory it takes.
 *
 * What it can do is measured first in each round: gates that send their next batch when the last is answered. Then uploads come at
 * random instants, whatever became of those before (open loop), and latency counts from the instant at which an upload was due. Every
 * batch is one entry with a box of the real size, signed ahead: the hardest case, since a refusal costs as much as ever and the work
 * it spares is the smallest. The generator, the node and the database share the machine. At the end the register has exactly
 * what was acknowledged, or the bench fails.
 *
 * MUNJIGI_BENCH_ROUNDS, MUNJIGI_BENCH_SECONDS and MUNJIGI_BENCH_GATES set other numbers than 3 rounds of 8 seconds with 3,000 gates.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openPostgres } from '@munjigi/service/db';
import { freePort, startProcess } from '@munjigi/sim/stage';
import { median, printFigures, say, short, whole } from './support/figures.ts';
import { openDesk } from './support/gates.ts';
import { removeWhenBrokenOff, startServer } from './support/server.ts';
import { type Stretch, Uploads } from './support/uploads.ts';

const ROUNDS = Number(process.env.MUNJIGI_BENCH_ROUNDS ?? 3);
const SECONDS = Number(process.env.MUNJIGI_BENCH_SECONDS ?? 8);
const GATES = Number(process.env.MUNJIGI_BENCH_GATES ?? 3_000);
/** Gates that send without a pause while capacity is measured. */
const CLOSED = 96;
const MUNJIGI = fileURLToPath(new URL('../../packages/ops/bin/munjigi.mjs', import.meta.url));
const LEVELS = [
  ['Half', 0.5],
  ['Whole', 1],
  ['Three', 3],
] as const;
const temp = mkdtempSync(join(tmpdir(), 'munjigi-bench-'));

/** Megabytes of a process: the most that it ever had. */
const peakMegabytes = (pid: number): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

/** Seconds of CPU that a process has used so far. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const told = (level: string, { due, accepted, full, goodput, p50Ms, p99Ms, lateMs }: Stretch): string =>
  `${level} ${whole(goodput)}/s (${due} due, ${accepted} accepted, ${full} full, p50 ${whole(p50Ms)} ms, p99 ${whole(p99Ms)} ms, sent late ${whole(lateMs)} ms)`;

async function run(): Promise<void> {
  const server = await startServer();
  if (server.reason !== undefined) {
    say(`bench overload: ${server.reason}, so there is no PostgreSQL to measure.`);
    process.exitCode = 1;
    return;
  }
  removeWhenBrokenOff(() => server.remove());
  const port = await freePort();
  const databases = { issuer: '', register: '', authority: '' };
  for (const desk of ['issuer', 'register', 'authority'] as const)
    databases[desk] = await server.database(desk);
  const node = await startProcess(
    process.execPath,
    [
      MUNJIGI,
      'serve',
      ...['--data', join(temp, 'data'), '--port', String(port), '--log', 'error', '--behind-proxy'],
      ...Object.entries(databases).flatMap(([desk, url]) => [`--database-${desk}`, url]),
    ],
    { ready: (line) => line.startsWith('{"listening"') },
  );
  const db = openPostgres({ url: databases.register, connections: 8, deadlineMs: 120_000 });
  const desk = await openDesk(db, temp);
  const uploads = await Uploads.of(desk, GATES, port, 1);
  const idle = peakMegabytes(node.pid);

  const all: Record<string, Stretch[]> = { Capacity: [], Half: [], Whole: [], Three: [] };
  await uploads.prepare(12);
  await uploads.closed(CLOSED, 4);
  for (let round = 0; round < ROUNDS; round++) {
    const measure = async (level: string, work: () => Promise<Stretch>): Promise<void> => {
      await uploads.prepare(12);
      const before = cpuSeconds(node.pid);
      const stretch = await work();
      say(`cpu ${cpuSeconds(node.pid) - before}`);
      all[level]!.push(stretch);
      say(`bench overload: round ${round + 1} of ${ROUNDS}: ${told(level, stretch)}`);
    };
    await measure('Capacity', () => uploads.closed(CLOSED, SECONDS));
    const capacity = all.Capacity![round]!.goodput;
    for (const [level, times] of LEVELS) await measure(level, () => uploads.open(capacity * times, SECONDS));
  }

  const { rows } = await db.query<{ n: number }>('SELECT count(*)::int4 AS n FROM entry');
  if (rows[0]!.n !== uploads.acknowledged)
    throw new Error(`${uploads.acknowledged} entries were acknowledged, and the register has ${rows[0]!.n}.`);
  const each = (level: string, of: (stretch: Stretch) => number) => median(all[level]!.map(of));
  const toPeak = (level: string) => short(median(all[level]!.map(({ goodput }, i) => goodput / peakOf(i))));
  const peakOf = (round: number) => Math.max(...Object.values(all).map((one) => one[round]!.goodput));
  const figures: Record<string, number> = {
    uploadsPerSecondCapacity: whole(each('Capacity', (one) => one.goodput)),
  };
  for (const [level] of LEVELS) {
    figures[`uploadsPerSecond${level}`] = whole(each(level, (one) => one.goodput));
    figures[`msAcceptedP50${level}`] = whole(each(level, (one) => one.p50Ms));
    figures[`msAcceptedP99${level}`] = whole(each(level, (one) => one.p99Ms));
    figures[`percentRefused${level}`] = whole(each(level, (one) => (one.full * 100) / one.due));
  }
  figures.answersOfAnotherKind = Object.values(all)
    .flat()
    .reduce((sum, { other }) => sum + other, 0);
  figures.retryAfterFrom = Math.min(...all.Three!.map(({ retryAfter }) => retryAfter[0]));
  figures.retryAfterTo = Math.max(...all.Three!.map(({ retryAfter }) => retryAfter[1]));
  figures.entriesInRegister = rows[0]!.n;
  figures.megabytesIdle = whole(idle);
  figures.megabytesPeak = whole(peakMegabytes(node.pid));

  uploads.close();
  await desk.close();
  await db.close();
  await node.kill();
  await server.remove();
  printFigures('overload', figures, {
    goodputWholeToPeak: toPeak('Whole'),
    goodputThreeToPeak: toPeak('Three'),
  });
}

await run();
rmSync(temp, { recursive: true, force: true });
process.exit();
