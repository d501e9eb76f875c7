/**
 * `npm run bench -- ingest`: how many entries a second the register takes in, beside a bare `INSERT … SELECT FROM unnest()`
 * of the same rows into a table of the same shape.
 *
 * Ours is everything from a parsed batch to a signed, durable receipt: the gate's signature, the hash chain, the register's
 * own layer around every box, the function `ingest`, the commit. Bare is the insert alone, of rows that were made before,
 * over eight connections, each statement its own commit: `rawUnnest` as the driver does it (arrays of JavaScript values),
 * `binaryUnnest` with our binary arrays, the fastest that we know. All run in turns on one server, so that a busy machine
 * weighs on all alike; a ratio is the median over the rounds. Subjects are boxes of the real size (193 bytes, 221 in the
 * layer).
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Batch, type Entry, entryHash, genesis, type Head, signBatch } from '@munjigi/core/chain';
import { utf8Encode } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { compressPoint, keyThumbprint, type Signer } from '@munjigi/core/signing';
import { makePrivateKey, nodeCrypto, nodeSigner, openKeyFolder } from '@munjigi/service/crypto';
import {
  byteaArray,
  type Database,
  instantArray,
  int2Array,
  int4Array,
  migrate,
  openEmbedded,
  openPostgres,
  type Value,
} from '@munjigi/service/db';
import { createRegister, type Grouping, type RegisterDesk } from '@munjigi/service/register';
import pg from 'pg';

const ROUNDS = Number(process.env.MUNJIGI_BENCH_ROUNDS ?? 5);
const STREAMS = 8;
const NOW_MS = Date.now();
const AT = Math.floor(NOW_MS / 1000);
const say = (text: string) => process.stderr.write(`${text}\n`);

interface PrivatePostgres {
  readonly reason?: string;
  readonly version: number;
  database(name: string): Promise<string>;
  remove(): Promise<void>;
}

/** The private server of the tests; it is TypeScript, so Vite reads it for us. */
async function startServer(): Promise<PrivatePostgres> {
  const { runnerImport } = await import('vite');
  const file = fileURLToPath(new URL('../../test/support/postgres.ts', import.meta.url));
  const { module } = await runnerImport<{
    startPostgres(settings: Record<string, string>): Promise<PrivatePostgres>;
  }>(file, { logLevel: 'error' });
  return module.startPostgres({
    shared_buffers: '512MB',
    max_wal_size: '8GB',
    checkpoint_timeout: '30min',
    synchronous_commit: 'on',
  });
}

const temp = mkdtempSync(join(tmpdir(), 'munjigi-bench-'));

async function openDesk(db: Database, grouping: Partial<Grouping>): Promise<RegisterDesk> {
  await migrate(db, 'register', NOW_MS);
  return createRegister({
    db,
    clock: { nowMs: Date.now },
    crypto: nodeCrypto(),
    signer: nodeSigner(makePrivateKey()),
    keyStore: await openKeyFolder(join(temp, `keys-${randomBytes(4).toString('hex')}`)),
    terms: { timeZone: 'Asia/Seoul', retentionDays: 28 },
    grouping,
  });
}

/** A gate that makes its batches before the clock runs. */
class Gate {
  readonly signer: Signer = nodeSigner(makePrivateKey());
  readonly thumbprint = keyThumbprint(this.signer.publicKey);
  readonly anchor = new Uint8Array(randomBytes(32));
  head: Head;

  constructor(readonly venueId: number) {
    this.head = { counter: 0, hash: genesis(this.thumbprint, venueId) };
  }

  async batches(count: number, size: number): Promise<Batch[]> {
    const made: Batch[] = [];
    for (let b = 0; b < count; b++) {
      const previous = this.head;
      const entries = Array.from({ length: size }, () => this.#next());
      const bundle = { sequence: 1, digest: this.anchor };
      made.push(
        await signBatch({ venueId: this.venueId, previous, entries, bundle, pending: 0 }, this.signer),
      );
    }
    return made;
  }

  #next(): Entry {
    const entry: Entry = {
      venueId: this.venueId,
      counter: this.head.counter + 1,
      enteredAt: AT,
      check: 'scan',
      record: 'scan',
      kind: 'entry',
      dayKeyId: 1,
      subject: new Uint8Array(randomBytes(193)),
      anchor: this.anchor,
      clockUnknown: false,
    };
    this.head = { counter: entry.counter, hash: entryHash(entry, this.thumbprint, this.head.hash) };
    return entry;
  }
}

async function enrolGates(desk: RegisterDesk, count: number): Promise<Gate[]> {
  const gates: Gate[] = [];
  for (let i = 0; i < count; i++) {
    const { venueId, enrolmentCode } = await desk.enrolVenue({
      name: 'bench',
      kind: 'restaurant',
      region: 'seoul',
    });
    const gate = new Gate(venueId);
    const gateKey = compressPoint(gate.signer.publicKey);
    const proof = await gate.signer.sign(possessionBytes(utf8Encode(enrolmentCode), gateKey));
    await desk.enrolGate({ venueId, enrolmentCode, gateKey, name: 'bench', proof });
    gates.push(gate);
  }
  return gates;
}

/** Entries a second when every gate sends its batches one after the other, all gates beside each other. */
async function ours(desk: RegisterDesk, gates: readonly Gate[], each: number, size: number): Promise<number> {
  const work = await Promise.all(gates.map((gate) => gate.batches(each, size)));
  const start = performance.now();
  await Promise.all(
    work.map(async (batches) => {
      for (const batch of batches) {
        const { results } = await desk.ingest(batch);
        if (results.some((one) => one.result !== 'stored'))
          throw new Error('A batch of the bench was not stored.');
      }
    }),
  );
  return (gates.length * each * size * 1000) / (performance.now() - start);
}

const COLUMNS =
  'venue_id, entered_at, counter, late_s, anchor_ref, day_key_id, gate_no, check_code, record_code, kind, flags, subject_hash, subject, claimed_at';
const RAW = `INSERT INTO raw_entry (${COLUMNS})
  SELECT $1, t.* FROM unnest($2::timestamptz[], $3::int4[], $4::int4[], $5::int4[], $6::int4[], $7::int2[], $8::int2[], $9::int2[],
    $10::int2[], $11::int2[], $12::bytea[], $13::bytea[], $14::timestamptz[]) t`;

const TABLE = 'CREATE TABLE IF NOT EXISTS raw_entry (LIKE entry INCLUDING ALL)';

/** The columns of some rows as JavaScript values. */
function rawRows(stream: number, from: number, size: number) {
  const same = <T>(value: T): T[] => Array.from({ length: size }, () => value);
  return {
    venue: stream + 1,
    at: same(AT * 1000),
    counter: Array.from({ length: size }, (_, i) => from + i + 1),
    ints: [same(3), same(1), same(1)],
    smallints: [1, 1, 1, 0, 0].map((value) => same(value)),
    hashes: same(0).map(() => randomBytes(32)),
    boxes: same(0).map(() => randomBytes(221)),
    claimed: same(null),
  };
}

type RawRows = ReturnType<typeof rawRows>;
const asValues = (rows: RawRows): readonly (number | readonly unknown[])[] => [
  rows.venue,
  rows.at.map((ms) => new Date(ms)),
  rows.counter,
  ...rows.ints,
  ...rows.smallints,
  rows.hashes,
  rows.boxes,
  rows.claimed,
];
const asBinary = (rows: RawRows): Value[] => [
  rows.venue,
  instantArray(rows.at),
  int4Array(rows.counter),
  ...rows.ints.map(int4Array),
  ...rows.smallints.map(int2Array),
  byteaArray(rows.hashes),
  byteaArray(rows.boxes),
  instantArray(rows.claimed),
];

let rawCounter = 0;

/** Rows a second of bare inserts of the same rows into a table of the same shape. */
async function bare<V>(
  each: number,
  size: number,
  prepare: (rows: RawRows) => V,
  insert: (values: V) => Promise<unknown>,
): Promise<number> {
  const statements = Array.from({ length: STREAMS }, (_, stream) =>
    Array.from({ length: each }, () => {
      rawCounter += size;
      return prepare(rawRows(stream, rawCounter, size));
    }),
  );
  const start = performance.now();
  await Promise.all(
    statements.map(async (own) => {
      for (const values of own) await insert(values);
    }),
  );
  return (STREAMS * each * size * 1000) / (performance.now() - start);
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const whole = (value: number): number => Math.round(value);
const figures: Record<string, number> = {};
const ratios: Record<string, number> = {};

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
  const postgres = openPostgres({
    url,
    connections: STREAMS,
    deadlineMs: 120_000,
  });
  const grouped = await openDesk(postgres, {});
  const alone = await openDesk(postgres, { gates: 1, lanes: STREAMS });
  const onEmbedded = await openDesk(embedded, {});

  // Warm: the compiler has seen every path, the pages are there.
  const bigGates = await enrolGates(grouped, STREAMS);
  const aloneGates = await enrolGates(alone, STREAMS);
  const embeddedGates = await enrolGates(onEmbedded, STREAMS);
  await postgres.script(TABLE);
  await embedded.script(TABLE);
  const raw = (each: number) => bare(each, 500, asValues, (values) => driver.query(RAW, [...values]));
  const binary = (each: number) => bare(each, 500, asBinary, (values) => postgres.query(RAW, values));
  const rawEmbedded = (each: number) => bare(each, 500, asBinary, (values) => embedded.query(RAW, values));
  await ours(grouped, bigGates, 10, 500);
  await ours(onEmbedded, embeddedGates, 2, 500);
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
    big.ours.push(await ours(grouped, bigGates, 5, 500));
    big.alone.push(await ours(alone, aloneGates, 5, 500));
    big.pglite.push(await ours(onEmbedded, embeddedGates, 3, 500));
    big.rawPglite.push(await rawEmbedded(3));
    const line = Object.entries(big).map(([name, all]) => `${name} ${whole(all[round]!)}`);
    say(`bench ingest: round ${round + 1} of ${ROUNDS}: ${line.join(', ')}`);
  }
  const against = (mine: readonly number[], base: readonly number[]) =>
    median(mine.map((value, i) => value / base[i]!));
  const short = (value: number) => Math.round(value * 1000) / 1000;
  figures.rawUnnestRowsPerSecond = whole(median(big.raw));
  figures.binaryUnnestRowsPerSecond = whole(median(big.binary));
  figures.postgresEntriesPerSecondBatch500 = whole(median(big.ours));
  figures.postgresEntriesPerSecondBatch500WithoutGroups = whole(median(big.alone));
  figures.pgliteEntriesPerSecondBatch500 = whole(median(big.pglite));
  figures.pgliteRawUnnestRowsPerSecond = whole(median(big.rawPglite));
  ratios.postgresToRawUnnest = short(against(big.ours, big.raw));
  ratios.postgresWithoutGroupsToRawUnnest = short(against(big.alone, big.raw));
  ratios.postgresToBinaryUnnest = short(against(big.ours, big.binary));
  ratios.pgliteToRawUnnest = short(against(big.pglite, big.raw));
  ratios.pgliteToPgliteRawUnnest = short(against(big.pglite, big.rawPglite));

  // Small batches: many gates at once, as after lunch.
  for (const [size, each] of [
    [10, 8],
    [1, 20],
  ] as const) {
    const many = await enrolGates(grouped, 60);
    const single = await enrolGates(alone, 60);
    await ours(grouped, many, 2, size);
    await ours(alone, single, 2, size);
    const together: number[] = [];
    const apart: number[] = [];
    for (let round = 0; round < 3; round++) {
      together.push(await ours(grouped, many, each, size));
      apart.push(await ours(alone, single, each, size));
    }
    figures[`postgresEntriesPerSecondBatch${size}`] = whole(median(together));
    figures[`postgresEntriesPerSecondBatch${size}WithoutGroups`] = whole(median(apart));
    say(
      `bench ingest: batches of ${size}: ${whole(median(together))} entries a second, without groups ${whole(median(apart))}`,
    );
  }
  figures.secondsFor1500000Singles = whole(1_500_000 / figures.postgresEntriesPerSecondBatch1!);
  figures.postgresVersion = server.version;

  for (const desk of [grouped, alone, onEmbedded]) await desk.close();
  await driver.end();
  await postgres.close();
  await embedded.close();
  await server.remove();
}

await run();
rmSync(temp, { recursive: true, force: true });
if (Object.keys(ratios).length > 0) {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${process.platform} ${process.arch}`;
  process.stdout.write(
    `${JSON.stringify({ name: 'ingest', machine, node: process.version, figures, ratios })}\n`,
  );
}
