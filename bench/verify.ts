/**
 * `npm run bench -- verify`: how close the whole inspection of a code comes to the bare signature checks inside it.
 *
 * Ours and bare `node:crypto` run in turns in one process, so that a busy machine weighs on both alike. A ratio is the
 * median over all rounds of the CPU time of both sides in the same round; a figure is the median round. The baseline of an entry pass is one verification with a cached issuer key
 * and one with the holder key imported from the same 33 compressed bytes by the fastest way that `node:crypto` offers.
 */
import { spawnSync } from 'node:child_process';
import { createPublicKey, ECDH, generateKeyPairSync, sign, verify } from 'node:crypto';
import { cpus } from 'node:os';
import { deflateSync } from 'node:zlib';
import { base45Encode, type CborValue, encodeDeterministic } from '@munjigi/core/encoding';
import { presentPass } from '@munjigi/core/entry-pass';
import { issueLivePass } from '@munjigi/core/entry-pass/issue';
import { inspect } from '@munjigi/core/gate';
import { compressPoint, type Signer, toBeSigned } from '@munjigi/core/signing';
import { type TrustedKey, trustFromKeys } from '@munjigi/core/trust';
import { nodeCrypto } from '@munjigi/service/crypto';

const ROUNDS = Number(process.env.MUNJIGI_BENCH_ROUNDS ?? 60);
const PER_ROUND = 100;
// A gate that runs all day is warm: the compiler has seen every path before the measuring starts.
const WARM_ROUNDS = 50;
const CODES = 100;
const KID = Uint8Array.of(1);

function makeSigner() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  const signer: Signer = {
    publicKey: spki.slice(26),
    sign: (data) => new Uint8Array(sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' })),
  };
  return { signer, spki, publicKey };
}

const trusted = (format: 'entry-pass' | 'hcert', keyId: string, publicKey: Uint8Array): TrustedKey => ({
  format,
  keyId,
  publicKey,
  algorithm: 'ES256',
  issuer: 'bench',
  usage: null,
  from: null,
  until: null,
  withdrawn: false,
});

/** One thing that a baseline verifies: `key` is cached, or 33 compressed bytes to import. */
interface Check {
  readonly data: Uint8Array;
  readonly signature: Uint8Array;
  readonly holder?: Uint8Array;
}

const issuer = makeSigner();

/** What was signed, caught on its way: so that the baseline checks the very same bytes. */
function caught(signer: Signer, into: Check[], holder?: Uint8Array): Signer {
  return {
    publicKey: signer.publicKey,
    async sign(data) {
      const signature = await signer.sign(data);
      into.push({ data, signature, ...(holder ? { holder } : {}) });
      return signature;
    },
  };
}

async function entryPasses() {
  const codes: { text: string; checks: Check[] }[] = [];
  for (let i = 0; i < CODES; i++) {
    const checks: Check[] = [];
    const { signer } = makeSigner();
    const terms = { holderKey: signer.publicKey, expiresAt: 1641999600, admissionClass: 1, hint: 81 };
    const pass = await issueLivePass(terms, caught(issuer.signer, checks), KID);
    const text = await presentPass(
      pass,
      caught(signer, checks, compressPoint(signer.publicKey)),
      1641430800 + i,
      0,
    );
    codes.push({ text, checks });
  }
  return {
    codes,
    trust: trustFromKeys([trusted('entry-pass', '01', issuer.spki)], { timeZone: 'Asia/Seoul' }),
  };
}

/** A certificate of usual size and content, packed as issuers pack it. */
async function certificates() {
  const codes: { text: string; checks: Check[] }[] = [];
  const kid = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  for (let i = 0; i < CODES; i++) {
    const checks: Check[] = [];
    const content: CborValue = {
      ver: '1.3.0',
      nam: { fn: 'Musterfrau-Gößinger', fnt: 'MUSTERFRAU<GOESSINGER', gn: 'Gabriele', gnt: 'GABRIELE' },
      dob: '1998-02-26',
      v: [
        {
          tg: '840539006',
          vp: '1119349007',
          mp: 'EU/1/20/1528',
          ma: 'ORG-100030215',
          dn: 2,
          sd: 2,
          dt: '2021-06-18',
          co: 'AT',
          is: 'Ministry of Health, Austria',
          ci: `URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD${String(i).padStart(3, '0')}#B`,
        },
      ],
    };
    const claims = encodeDeterministic(
      new Map<number, CborValue>([
        [1, 'AT'],
        [4, 1672531200],
        [6, 1624010400],
        [-260, new Map([[1, content]])],
      ]),
    );
    const header = encodeDeterministic(
      new Map<number, CborValue>([
        [1, -7],
        [4, kid],
      ]),
    );
    const signature = await caught(issuer.signer, checks).sign(toBeSigned(header, new Uint8Array(0), claims));
    const tagged = Buffer.concat([
      Buffer.of(0xd2),
      encodeDeterministic([header, new Map(), claims, signature]),
    ]);
    codes.push({ text: `HC1:${base45Encode(deflateSync(tagged, { level: 9 }))}`, checks });
  }
  const keyId = Buffer.from(kid).toString('base64');
  return { codes, trust: trustFromKeys([trusted('hcert', keyId, issuer.spki)], null) };
}

/** The fastest import of a compressed point that `node:crypto` has: decompress, then JWK (compressed SPKI takes twice as long). */
function importCompressed(point: Uint8Array) {
  const full = ECDH.convertKey(point, 'prime256v1', undefined, undefined, 'uncompressed') as Buffer;
  const [x, y] = [full.toString('base64url', 1, 33), full.toString('base64url', 33, 65)];
  return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
}

function bare(checks: readonly Check[]): void {
  for (const { data, signature, holder } of checks) {
    const key = holder ? importCompressed(holder) : issuer.publicKey;
    if (!verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature))
      throw new Error('the baseline does not verify');
  }
}

/** CPU microseconds a call. */
async function cost(calls: number, call: (i: number) => unknown): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < calls; i++) await call(i);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

async function compare({ codes, trust }: Awaited<ReturnType<typeof entryPasses>>) {
  const crypto = nodeCrypto();
  const ours = async (i: number) => {
    const { reason } = await inspect(codes[i % CODES]!.text, trust, crypto);
    if (reason !== null) throw new Error(`the code was not found good: ${reason}`);
  };
  const native = (i: number) => bare(codes[i % CODES]!.checks);
  for (let warm = 0; warm < WARM_ROUNDS; warm++) {
    await cost(PER_ROUND, ours);
    await cost(PER_ROUND, native);
  }
  const rounds: { readonly ours: number; readonly native: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // Who goes first changes from round to round.
    const first = await cost(PER_ROUND, round % 2 === 0 ? ours : native);
    const second = await cost(PER_ROUND, round % 2 === 0 ? native : ours);
    rounds.push(round % 2 === 0 ? { ours: first, native: second } : { ours: second, native: first });
  }
  return {
    ours: median(rounds.map((r) => r.ours)),
    native: median(rounds.map((r) => r.native)),
    ratio: median(rounds.map((r) => r.native / r.ours)),
  };
}

/** Verifications a second by `openssl speed`, or null where there is no openssl. */
function opensslVerifications(): number | null {
  const { stdout } = spawnSync('openssl', ['speed', '-seconds', '1', '-mr', 'ecdsap256'], {
    encoding: 'utf8',
  });
  const line = /^\+F\d+:\d+:256:([\d.]+):([\d.]+)/m.exec(stdout ?? '');
  if (!line) return null;
  const seconds = Number(line[2]);
  return seconds > 1 ? seconds : 1 / seconds;
}

const round = (value: number, digits = 0) => Math.round(value * 10 ** digits) / 10 ** digits;
const perSecond = (microseconds: number) => round(1e6 / microseconds);

const entryPass = await compare(await entryPasses());
const hcert = await compare(await certificates());
const first = (await entryPasses()).codes[0]!.checks.slice(0, 1);
const once: number[] = [];
for (let i = 0; i < ROUNDS; i++) once.push(await cost(PER_ROUND, () => bare(first)));
const cached = median(once);
const openssl = opensslVerifications();

process.stdout.write(
  `${JSON.stringify({
    name: 'verify',
    machine: `${cpus()[0]?.model ?? 'unknown'} x${cpus().length}`,
    node: process.version,
    figures: {
      entryPassesPerSecond: perSecond(entryPass.ours),
      entryPassNativePerSecond: perSecond(entryPass.native),
      hcertPerSecond: perSecond(hcert.ours),
      hcertNativePerSecond: perSecond(hcert.native),
      nativeVerificationsPerSecond: perSecond(cached),
      ...(openssl === null ? {} : { opensslVerificationsPerSecond: round(openssl) }),
    },
    ratios: {
      entryPassToNative: round(entryPass.ratio, 3),
      hcertToNative: round(hcert.ratio, 3),
      ...(openssl === null ? {} : { nativeToOpenssl: round(1e6 / cached / openssl, 3) }),
    },
  })}\n`,
);
