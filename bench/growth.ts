/**
 * `npm run bench -- growth`: what ingest, retention and the reading of a trace take while a register grows, at 1, 10 and 50
 * million rows of 28 days. `--millions 1,10` is shorter; all need 25 GB under the system's temporary folder for about twenty
 * minutes, and everything is removed at the end, and when it is broken off.
 *
 * Each size is a database of its own on one private server; they are measured in turns, so that a busy machine weighs on all
 * alike. Ingest: 32 gates at once, batches of 10, from a parsed batch to the signed receipt. Under a trace: the same while a
 * reader holds a snapshot over all days, and retention takes a day off; half of the bare ingest before it and half after.
 * Retention: that day from detaching to its end, with nobody in the way. A trace: the entries of one venue on one day, and of
 * all kept days, of venues never read before, with nothing of any register in memory; `Warm` is the same venue read again.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Database, openPostgres } from '@munjigi/service/db';
import type { RegisterDesk } from '@munjigi/service/register';
import pg from 'pg';
import { restartCold } from './support/cold.ts';
import { printFigures, quantile, say, short, whole } from './support/figures.ts';
import { enrolGates, type Gate, openDesk } from './support/gates.ts';
import { grow } from './support/grown.ts';
import { removeWhenBrokenOff, startServer } from './support/server.ts';

const ROUNDS = Number(process.env.MUNJIGI_BENCH_ROUNDS ?? 3);
const GATES = 32;
/**
 * Of each gate. A group holds a batch of all, and when a day is taken off every connection plans anew, once: that makes one
 * slow group a day. With 500 groups the slowest hundredth is five of them, so it tells what ingest is like meanwhile; the
 * slow group itself is in `msIngestLongest…`.
 */
const BATCHES = 500;
/** Reads of a round, so few that the smallest register is not in memory before they end: a twelfth of its pages. */
const DAYS_READ = 20;
const ALL_DAYS_READ = 8;
const DAY_MS = 86_400_000;

const { values } = parseArgs({ options: { millions: { type: 'string', default: '1,10,50' } } });
const sizes = values.millions.split(',').map(Number);
if (sizes.some((size) => !(size > 0 && size <= 100)))
  throw new Error('--millions is a list such as 1,10,50.');
const temp = mkdtempSync(join(tmpdir(), 'munjigi-growth-'));

/** One register of some size. */
interface Sized {
  readonly millions: number;
  readonly url: string;
  readonly db: Database;
  readonly desk: RegisterDesk;
  readonly gates: readonly Gate[];
  readonly venues: number;
  readonly clock: { ms: number };
  /** The last moment that the rows made at first reach to. */
  readonly filledTo: number;
  readonly ingest: number[];
  readonly underTrace: number[];
  readonly retention: number[];
  readonly traceDay: number[];
  readonly traceDayWarm: number[];
  readonly traceAll: number[];
  readonly traceAllWarm: number[];
  nextVenue: number;
}

/** Milliseconds of each batch, all gates at once. */
async function ingest(one: Sized, batches = BATCHES): Promise<number[]> {
  const at = Math.floor(one.clock.ms / 1000);
  const work = await Promise.all(one.gates.map((gate) => gate.batches(batches, 10, at)));
  const took: number[] = [];
  await Promise.all(
    work.map(async (own) => {
      for (const batch of own) {
        const start = performance.now();
        const { receipt } = await one.desk.ingest(batch);
        took.push(performance.now() - start);
        if (receipt === null) throw new Error('A batch of the bench got no receipt.');
      }
    }),
  );
  return took;
}

/** Ingest while a long reader is there and a day past retention is taken off; then the day goes, with nobody in the way. */
async function underTrace(one: Sized): Promise<void> {
  // The new day has its tables, and every gate its first entry in it.
  one.clock.ms += DAY_MS;
  await one.desk.rows(1, { limit: 1 });
  await ingest(one, 5);
  one.ingest.push(...(await ingest(one, BATCHES / 2)));
  const reader = new pg.Client(one.url);
  await reader.connect();
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await reader.query('SELECT count(*) FROM entry WHERE venue_id = 1');
  const retaining = one.desk.retain();
  one.underTrace.push(...(await ingest(one)));
  await reader.query('COMMIT');
  await reader.end();
  await retaining;
  const { left } = await one.desk.retain();
  if (left.length > 0) throw new Error('A day of the bench did not go.');
  one.ingest.push(...(await ingest(one, BATCHES / 2)));
}

async function retention(one: Sized): Promise<void> {
  one.clock.ms += DAY_MS;
  await one.desk.rows(1, { limit: 1 });
  const start = performance.now();
  const { dropped } = await one.desk.retain();
  if (dropped.length !== 1) throw new Error('Retention of the bench dropped no day.');
  one.retention.push(performance.now() - start);
}

/** What a case reads: everything of a venue in a window. */
async function traces(one: Sized): Promise<void> {
  const read = async (venue: number, from: number, to: number): Promise<number> => {
    const start = performance.now();
    await one.db.query(
      `SELECT entered_at, counter, gate_no, day_key_id, check_code, record_code, kind, flags, subject FROM entry
       WHERE venue_id = $1 AND entered_at >= $2 AND entered_at < $3 ORDER BY entered_at, gate_no, counter`,
      [venue, new Date(from), new Date(to)],
    );
    return performance.now() - start;
  };
  const next = () => {
    one.nextVenue = 1 + ((one.nextVenue + 7_919) % one.venues);
    return one.nextVenue;
  };
  const [newest, oldest] = [one.filledTo - DAY_MS, one.clock.ms - 27 * DAY_MS];
  // A connection plans its first statement over every day's table; a service's connection has done so.
  await read(next(), newest - DAY_MS, newest);
  await read(next(), oldest, one.clock.ms);
  for (let i = 0; i < DAYS_READ; i++) {
    const [venue, to] = [next(), newest - i * DAY_MS];
    one.traceDay.push(await read(venue, to - DAY_MS, to));
    one.traceDayWarm.push(await read(venue, to - DAY_MS, to));
  }
  for (let i = 0; i < ALL_DAYS_READ; i++) {
    const venue = next();
    one.traceAll.push(await read(venue, oldest, one.clock.ms));
    one.traceAllWarm.push(await read(venue, oldest, one.clock.ms));
  }
}

async function run(): Promise<void> {
  const server = await startServer({
    shared_buffers: '1GB',
    max_wal_size: '2GB',
    maintenance_work_mem: '512MB',
    // Rows are made without the log; what is measured is written to it.
    wal_level: 'minimal',
    max_wal_senders: '0',
  });
  if (server.reason !== undefined) {
    say(`bench growth: ${server.reason}, so there is no PostgreSQL to measure.`);
    process.exitCode = 1;
    return;
  }
  const all: Sized[] = [];
  const remove = async () => {
    await server.remove();
    rmSync(temp, { recursive: true, force: true });
  };
  removeWhenBrokenOff(remove);
  try {
    for (const millions of sizes) {
      const url = await server.database(`growth${millions}`);
      const db = openPostgres({ url, connections: 8, deadlineMs: 600_000 });
      const clock = { ms: Date.now() };
      const start = performance.now();
      const { venues } = await grow(db, millions, clock.ms);
      say(`bench growth: ${millions} million rows made in ${whole((performance.now() - start) / 1000)} s`);
      const desk = await openDesk(db, temp, {}, () => clock.ms);
      const gates = await enrolGates(desk, GATES);
      const lists = { ingest: [], underTrace: [], retention: [], traceDay: [], traceAll: [] };
      const warm = { traceDayWarm: [], traceAllWarm: [] };
      all.push({
        millions,
        url,
        db,
        desk,
        gates,
        venues,
        clock,
        filledTo: clock.ms,
        nextVenue: 0,
        ...lists,
        ...warm,
      });
    }
    for (const one of all) await ingest(one);
    for (let round = 1; round <= ROUNDS; round++) {
      for (const one of all) await underTrace(one);
      for (const one of all) await retention(one);
      if (!(await restartCold(server)))
        say('bench growth: the system still holds pages of the files in memory');
      for (const one of all) await traces(one);
      say(`bench growth: round ${round} of ${ROUNDS}`);
    }
    report(all);
  } finally {
    for (const { desk, db } of all) {
      await desk.close();
      await db.close();
    }
    await remove();
  }
}

function report(all: readonly Sized[]): void {
  const figures: Record<string, number> = {};
  const ratios: Record<string, number> = {};
  const named = (one: Sized) => ({
    IngestP50: quantile(one.ingest, 0.5),
    IngestP99: quantile(one.ingest, 0.99),
    IngestP99UnderTraceAndRetention: quantile(one.underTrace, 0.99),
    IngestLongest: quantile(one.ingest, 1),
    IngestLongestUnderTraceAndRetention: quantile(one.underTrace, 1),
    TraceDayP50: quantile(one.traceDay, 0.5),
    TraceDayP99: quantile(one.traceDay, 0.99),
    TraceAllDaysP50: quantile(one.traceAll, 0.5),
    TraceAllDaysP99: quantile(one.traceAll, 0.99),
    TraceDayWarmP50: quantile(one.traceDayWarm, 0.5),
    TraceAllDaysWarmP50: quantile(one.traceAllWarm, 0.5),
    RetentionOfADay: quantile(one.retention, 0.5),
  });
  for (const one of all) {
    for (const [what, ms] of Object.entries(named(one)))
      figures[`ms${what}At${one.millions}Million`] = short(ms);
    figures[`microsecondsRetentionPerRowAt${one.millions}Million`] = short(
      (quantile(one.retention, 0.5) * 1000) / (one.venues * 16),
    );
    ratios[`ingestP99UnderTraceToWithoutAt${one.millions}Million`] = short(
      quantile(one.underTrace, 0.99) / quantile(one.ingest, 0.99),
    );
  }
  for (const one of all.slice(1)) {
    const first = named(all[0]!);
    for (const [what, ms] of Object.entries(named(one)))
      ratios[`ms${what}At${one.millions}To${all[0]!.millions}Million`] = short(
        ms / first[what as keyof typeof first],
      );
  }
  const [smallest, largest] = [named(all[0]!), named(all[all.length - 1]!)];
  const grown = (what: keyof typeof smallest) => short(largest[what] / smallest[what]);
  ratios.ingestP99 = grown('IngestP99');
  ratios.traceP99 = grown('TraceAllDaysP99');
  ratios.retention = grown('RetentionOfADay');
  printFigures('growth', figures, ratios);
}

await run();
