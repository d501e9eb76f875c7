/**
 * `npm run bench -- ingest`: how many entries a second the register takes in, beside a bare `INSERT … SELECT FROM unnest()`
 * of the same rows into a table of the same shape; and with 1, 8 and 64 gates sending batches of 1, 10 and 500.
 *
 * Ours is everything from a parsed batch to a signed, durable receipt: the gate's signature, the hash chain, the register's
 * own layer around every box, the function `ingest`, the commit. Bare is the insert alone, of rows that were made before,
 * over eight connections, each statement its own commit: `rawUnnest` as the driver does it (arrays of JavaScript values),
 * `binaryUnnest` with our binary arrays, the fastest that we know. All run in turns on one server, so that a busy machine
 * weighs on all alike; a ratio is the median over the rounds. Subjects are boxes of the real size (193 bytes, 221 in the
 * layer). MUNJIGI_BENCH_ROUNDS=1 is the shortest form.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openEmbedded, openPostgres } from '@munjigi/service/db';
import type { RegisterDesk } from '@munjigi/service/register';
import pg from 'pg';
import { asBinary, asValues, bare, RAW, RAW_TABLE, STREAMS } from './support/bare.ts';
import { median, printFigures, say, short, whole } from './support/figures.ts';
import { enrolGates, type Gate, openDesk, throughput } from './support/gates.ts';
import { startServer } from './support/server.ts';

const ROUNDS = Number(process.env.MUNJIGI_BENCH_ROUNDS ?? 5);
const WORST_HOUR = 1_500_000;
const temp = mkdtempSync(join(tmpdir(), 'munjigi-bench-'));
const figures: Record<string, number | string> = {};
const ratios: Record<string, number> = {};
const perSecond = (name: string): number => Number(figures[name]);

/** Batches of 500 against bare inserts, in turns. */
async function against(
  postgres: Database,
  embedded: Database,
  desks: Record<'grouped' | 'alone' | 'onEmbedded', RegisterDesk>,
  driver: pg.Pool,
): Promise<void> {
  const bigGates = await enrolGates(desks.grouped, STREAMS);
  const aloneGates = await enrolGates(desks.alone, STREAMS);
  const embeddedGates = await enrolGates(desks.onEmbedded, STREAMS);
  await postgres.script(RAW_TABLE);
  await embedded.script(RAW_TABLE);
  const raw = (each: number) => bare(each, 500, asValues, (values) => driver.query(RAW, [...values]));
  const binary = (each: number) => bare(each, 500, asBinary, (values) => postgres.query(RAW, values));
  const rawEmbedded = (each: number) => bare(each, 500, asBinary, (values) => embedded.query(RAW, values));
  // Warm: the compiler has seen every path, the pages are there.
  await throughput(desks.grouped, bigGates, 10, 500);
  await throughput(desks.onEmbedded, embeddedGates, 2, 500);
  await raw(2);
  await binary(2);

  const big: Record<'raw' | 'binary' | 'ours' | 'alone' | 'pglite' | 'rawPglite', number[]> = {
    raw: [],
    binary: [],
    ours: [],
    alone: [],
    pglite: [],
    rawPglite: [],
  };
  for (let round = 0; round < ROUNDS; round++) {
    big.raw.push(await raw(5));
    big.binary.push(await binary(5));
    big.ours.push(await throughput(desks.grouped, bigGates, 5, 500));
    big.alone.push(await throughput(desks.alone, aloneGates, 5, 500));
    big.pglite.push(await throughput(desks.onEmbedded, embeddedGates, 3, 500));
    big.rawPglite.push(await rawEmbedded(3));
    const line = Object.entries(big).map(([name, all]) => `${name} ${whole(all[round]!)}`);
    say(`bench ingest: round ${round + 1} of ${ROUNDS}: ${line.join(', ')}`);
  }
  const over = (mine: readonly number[], base: readonly number[]) =>
    short(median(mine.map((value, i) => value / base[i]!)));
  figures.rawUnnestRowsPerSecond = whole(median(big.raw));
  figures.binaryUnnestRowsPerSecond = whole(median(big.binary));
  figures.postgresEntriesPerSecondBatch500 = whole(median(big.ours));
  figures.postgresEntriesPerSecondBatch500WithoutGroups = whole(median(big.alone));
  figures.pgliteEntriesPerSecondBatch500 = whole(median(big.pglite));
  figures.pgliteRawUnnestRowsPerSecond = whole(median(big.rawPglite));
  ratios.postgresToRawUnnest = over(big.ours, big.raw);
  ratios.postgresWithoutGroupsToRawUnnest = over(big.alone, big.raw);
  ratios.postgresToBinaryUnnest = over(big.ours, big.binary);
  ratios.pgliteToRawUnnest = over(big.pglite, big.raw);
  ratios.pgliteToPgliteRawUnnest = over(big.pglite, big.rawPglite);
}

/** Small batches of sixty gates at once, as after lunch, with group commit and without. */
async function smallBatches(grouped: RegisterDesk, alone: RegisterDesk): Promise<void> {
  for (const [size, each] of [
    [10, 8],
    [1, 20],
  ] as const) {
    const many = await enrolGates(grouped, 60);
    const single = await enrolGates(alone, 60);
    await throughput(grouped, many, 2, size);
    await throughput(alone, single, 2, size);
    const together: number[] = [];
    const apart: number[] = [];
    for (let round = 0; round < Math.min(3, ROUNDS); round++) {
      together.push(await throughput(grouped, many, each, size));
      apart.push(await throughput(alone, single, each, size));
    }
    figures[`postgresEntriesPerSecondBatch${size}`] = whole(median(together));
    figures[`postgresEntriesPerSecondBatch${size}WithoutGroups`] = whole(median(apart));
    say(
      `bench ingest: batches of ${size}: ${whole(median(together))} entries a second, without groups ${whole(median(apart))}`,
    );
  }
}

/** Every number of gates with every size of batch, on one engine. */
async function everySize(engine: 'postgres' | 'pglite', desk: RegisterDesk): Promise<void> {
  const all: Gate[] = await enrolGates(desk, 64);
  for (const count of [1, 8, 64]) {
    for (const size of [1, 10, 500]) {
      const gates = all.slice(0, count);
      const entries =
        engine === 'postgres' ? { 1: 400, 10: 3_000, 500: 24_000 } : { 1: 150, 10: 1_500, 500: 12_000 };
      const each = Math.max(1, Math.ceil(entries[size as 1 | 10 | 500] / count / size));
      await throughput(desk, gates, 1, size);
      const rates: number[] = [];
      for (let round = 0; round < Math.min(3, ROUNDS); round++)
        rates.push(await throughput(desk, gates, each, size));
      const name = `${engine}EntriesPerSecond${count}GatesBatch${size}`;
      figures[name] = whole(median(rates));
      say(`bench ingest: ${engine}, ${count} gates, batches of ${size}: ${figures[name]} entries a second`);
    }
  }
}

/** Bytes of the newest day's table and its index for each entry in it. */
async function bytesPerEntry(db: Database): Promise<number> {
  const { rows } = await db.query<{ bytes: number; n: number }>(
    `SELECT sum(pg_total_relation_size(i.inhrelid))::int8 AS bytes, (SELECT count(*) FROM entry) AS n
     FROM pg_inherits i WHERE i.inhparent = 'entry'::regclass AND pg_relation_size(i.inhrelid) > 0`,
  );
  return rows[0]!.bytes / rows[0]!.n;
}

async function run(): Promise<void> {
  const server = await startServer();
  if (server.reason !== undefined) {
    say(`bench ingest: ${server.reason}, so there is no PostgreSQL to measure.`);
    process.exitCode = 1;
    return;
  }
  const embedded = await openEmbedded({ folder: join(temp, 'register'), deadlineMs: 120_000 });
  const url = await server.database('bench');
  const driver = new pg.Pool({ connectionString: url, max: STREAMS });
  const postgres = openPostgres({ url, connections: STREAMS, deadlineMs: 120_000 });
  const grouped = await openDesk(postgres, temp);
  const alone = await openDesk(postgres, temp, { gates: 1, lanes: STREAMS });
  const onEmbedded = await openDesk(embedded, temp);

  await against(postgres, embedded, { grouped, alone, onEmbedded }, driver);
  await smallBatches(grouped, alone);
  await everySize('postgres', grouped);
  await everySize('pglite', onEmbedded);

  figures.bytesPerEntry = whole(await bytesPerEntry(postgres));
  figures.worstHourBatch = 500;
  figures.secondsFor1500000 = whole(WORST_HOUR / perSecond('postgresEntriesPerSecondBatch500'));
  figures.secondsFor1500000Batch10 = whole(WORST_HOUR / perSecond('postgresEntriesPerSecondBatch10'));
  figures.secondsFor1500000Singles = whole(WORST_HOUR / perSecond('postgresEntriesPerSecondBatch1'));
  figures.postgresVersion = server.version;

  for (const desk of [grouped, alone, onEmbedded]) await desk.close();
  await driver.end();
  await postgres.close();
  await embedded.close();
  await server.remove();
}

await run();
rmSync(temp, { recursive: true, force: true });
if (Object.keys(ratios).length > 0) printFigures('ingest', figures, ratios);
