/**
 * `npm run bench -- issue`: how many passes a second the issuer makes, beside the native signatures and verifications that
 * making them contains.
 *
 * Ours is everything from the keys of a batch to the stored answer: enrolment, evidence and entitlement, the proof of
 * possession of each key, the pass with its lint, the mapping sealed under its day key, one transaction with its commit.
 * `signing` is the bare ES256 signature of the same pass; `work` adds the bare verification of the proof under the holder
 * key, imported from its 33 compressed bytes by the fastest way there is. All run in turns in one process and a ratio is
 * the median over the rounds of this process's CPU time; passes per second are of the clock on the wall, eight batches at a
 * time. Wallets make their keys and proofs before the clock runs.
 */
import { createPublicKey, ECDH, generateKeyPairSync, sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { compilePolicy } from '@munjigi/core/rules';
import { compressPoint } from '@munjigi/core/signing';
import { readPackFolder } from '@munjigi/service/config';
import { makePrivateKey, nodeCrypto, nodeSigner, openKeyFolder } from '@munjigi/service/crypto';
import { type Database, migrate, openEmbedded, openPostgres } from '@munjigi/service/db';
import { demonstrationOf, issueBatch, openIssuingParts } from '@munjigi/service/issuer';

const ROUNDS = Number(process.env.MUNJIGI_BENCH_ROUNDS ?? 9);
// An issuer that runs all day is warm: the compiler has seen every path before the measuring starts.
const WARM_ROUNDS = 8;
const BATCHES = 40;
const BATCH = 30;
const AT_A_TIME = 8;
const AT = Date.parse('2022-01-06T13:58:00+09:00') / 1000;
const PACK = fileURLToPath(new URL('../../policies/kr-2022', import.meta.url));
const say = (text: string) => process.stderr.write(`${text}\n`);
const temp = mkdtempSync(join(tmpdir(), 'munjigi-bench-'));

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
  return module.startPostgres({ shared_buffers: '512MB', max_wal_size: '8GB', synchronous_commit: 'on' });
}

/** One batch as it comes from a wallet: the keys with their proofs. */
interface Asked {
  readonly secret: string;
  readonly nonce: Uint8Array;
  readonly keys: readonly { readonly key: Uint8Array; readonly proof: Uint8Array }[];
}

async function openIssuer(db: Database, name: string) {
  await migrate(db, 'issuer', AT * 1000);
  const policy = compilePolicy(readPackFolder(PACK));
  const parts = await openIssuingParts({
    db,
    keys: await openKeyFolder(join(temp, `keys-${name}`)),
    clock: { nowMs: () => AT * 1000 },
    crypto: nodeCrypto(),
    policy,
    name: policy.id,
    exercise: true,
    ...demonstrationOf(PACK, policy),
    limits: { first: AT_A_TIME, renewal: AT_A_TIME, paper: 1 },
  });
  const ask = async (): Promise<Asked> => {
    const { secret, nonce } = await parts.enrolments.add('demonstration', 'haneul', null, AT);
    const keys = Array.from({ length: BATCH }, () => {
      const signer = nodeSigner(makePrivateKey());
      const key = compressPoint(signer.publicKey);
      return { key, proof: signer.sign(possessionBytes(nonce, key)) as Uint8Array };
    });
    return { secret, nonce, keys };
  };
  return { issue: (one: Asked) => issueBatch(parts, one.secret, one.nonce, one.keys, AT), ask };
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
/** As many bytes as a pass's to-be-signed text has. */
const SIGNED = Buffer.alloc(87, 1);
const signing = (): void => {
  sign('sha256', SIGNED, { key: privateKey, dsaEncoding: 'ieee-p1363' });
};

/** The fastest import of a compressed point that `node:crypto` has, and the one verification that it is for. */
function verification(nonce: Uint8Array, key: Uint8Array, proof: Uint8Array): void {
  const full = ECDH.convertKey(key, 'prime256v1', undefined, undefined, 'uncompressed') as Buffer;
  const [x, y] = [full.toString('base64url', 1, 33), full.toString('base64url', 33, 65)];
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const good = verify(
    'sha256',
    possessionBytes(nonce, key),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    proof,
  );
  if (!good) throw new Error('the baseline does not verify');
}

interface Cost {
  /** Microseconds of CPU and of the wall's clock for one pass. */
  readonly cpu: number;
  readonly wall: number;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (how?: { readonly type: 'minor' }) => void;

/** Each part starts without the garbage of the one before, and clears away its own on its own account. */
async function cost(work: () => Promise<void> | void): Promise<Cost> {
  collect();
  const before = process.cpuUsage();
  const from = process.hrtime.bigint();
  await work();
  collect({ type: 'minor' });
  const wall = Number(process.hrtime.bigint() - from) / 1000;
  const { user, system } = process.cpuUsage(before);
  const passes = BATCHES * BATCH;
  return { cpu: (user + system) / passes, wall: wall / passes };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

async function measure(db: Database, name: string) {
  const { ask, issue } = await openIssuer(db, name);
  const rounds: { readonly ours: Cost; readonly signs: Cost; readonly verifies: Cost }[] = [];
  for (let round = -WARM_ROUNDS; round < ROUNDS; round++) {
    const asked: Asked[] = [];
    for (let i = 0; i < BATCHES; i++) asked.push(await ask());
    const ours = await cost(async () => {
      const queue = [...asked];
      const worker = async () => {
        for (let one = queue.pop(); one; one = queue.pop()) await issue(one);
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, worker));
    });
    const signs = await cost(() => {
      for (let i = 0; i < BATCHES * BATCH; i++) signing();
    });
    const verifies = await cost(() => {
      for (const { nonce, keys } of asked) for (const { key, proof } of keys) verification(nonce, key, proof);
    });
    if (round >= 0) rounds.push({ ours, signs, verifies });
    say(`${name}: ${Math.round(1e6 / ours.wall)} passes a second`);
  }
  const of = (take: (one: (typeof rounds)[number]) => number) => median(rounds.map(take));
  return {
    perSecond: 1e6 / of(({ ours }) => ours.wall),
    cpu: of(({ ours }) => ours.cpu),
    signs: of(({ signs }) => signs.cpu),
    verifies: of(({ verifies }) => verifies.cpu),
    toSigning: of(({ ours, signs }) => signs.cpu / ours.cpu),
    toWork: of(({ ours, signs, verifies }) => (signs.cpu + verifies.cpu) / ours.cpu),
  };
}

const round = (value: number, digits = 0) => Math.round(value * 10 ** digits) / 10 ** digits;

const server = await startServer();
try {
  const embedded = await openEmbedded({ folder: join(temp, 'pglite') });
  const pglite = await measure(embedded, 'pglite');
  await embedded.close();
  if (server.reason) say(`PostgreSQL was left out: ${server.reason}`);
  const db = server.reason
    ? null
    : openPostgres({ url: await server.database('bench_issue'), connections: AT_A_TIME });
  const postgres = db && (await measure(db, 'postgresql'));
  await db?.close();
  const main = postgres ?? pglite;
  process.stdout.write(
    `${JSON.stringify({
      name: 'issue',
      machine: `${cpus()[0]?.model ?? 'unknown'} x${cpus().length}`,
      node: process.version,
      figures: {
        passesPerSecond: round(main.perSecond),
        passesPerSecondPglite: round(pglite.perSecond),
        cpuMicrosecondsPerPass: round(main.cpu, 1),
        nativeSigningMicroseconds: round(main.signs, 1),
        nativeVerifyingMicroseconds: round(main.verifies, 1),
        batch: BATCH,
      },
      ratios: {
        toNativeSigning: round(main.toSigning, 3),
        issueToNativeWork: round(main.toWork, 3),
        pgliteIssueToNativeWork: round(pglite.toWork, 3),
      },
    })}\n`,
  );
} finally {
  if (!server.reason) await server.remove();
  rmSync(temp, { recursive: true, force: true });
}
