import { createHash, createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import { base45Encode } from '@munjigi/core/encoding';
import { STEPS } from '@munjigi/core/gate';
import { REASONS } from '@munjigi/core/reasons';
import { CheckLineError, CheckResult } from '@munjigi/service/contracts';
import jpeg from 'jpeg-js';
import { correction, generate } from 'lean-qr';
import { PNG } from 'pngjs';
import { Value } from 'typebox/value';
import { afterAll, describe, expect, it } from 'vitest';
import { check } from './command.ts';
import type { Result } from './result.ts';

const vectorFile = (name: string) => fileURLToPath(new URL(`../../../../vectors/${name}`, import.meta.url));
const policyFolder = fileURLToPath(new URL('../../../../policies/kr-2022', import.meta.url));
const read = (name: string) => JSON.parse(readFileSync(vectorFile(name), 'utf8')) as never;

interface PassVectors {
  readonly issuer: { readonly publicKey: string };
  readonly valid: readonly {
    readonly name: string;
    readonly drawnAt?: number;
    readonly kid: string;
    readonly text: string;
  }[];
  readonly invalid: readonly { readonly name: string; readonly fails: string; readonly text: string }[];
}
interface CertificateVectors {
  readonly clock: string;
  readonly certificates: Readonly<Record<string, string>>;
  readonly cases: readonly {
    readonly name: string;
    readonly certificate: string;
    readonly reason: keyof typeof REASONS;
    readonly fails?: keyof Result['steps'];
    readonly unknown?: keyof Result['steps'];
    readonly text: string;
  }[];
}
const passes = read('mj1-pass.json') as PassVectors;
const certificates = read('hcert.json') as CertificateVectors;

const folder = mkdtempSync(join(tmpdir(), 'munjigi-check-'));
afterAll(() => rmSync(folder, { recursive: true }));
let written = 0;
function file(content: string | Uint8Array, name = `file-${++written}`): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function run(args: readonly string[], { stdin = '', at = 0, language = 'C' } = {}) {
  let out = '';
  let err = '';
  const code = await check(args, {
    stdin: Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]),
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    nowSeconds: at,
    environment: { LANG: language },
  });
  return { code, out, err };
}
const json = async (args: readonly string[], options = {}) => {
  const { code, out } = await run(['--json', ...args], options);
  const results = JSON.parse(out) as Result[];
  for (const result of results) expect(Value.Errors(CheckResult, result)).toEqual([]);
  return { code, results };
};
async function lines(requests: readonly unknown[], args: readonly string[] = []) {
  const { code, out } = await run(['--ndjson', ...args], {
    stdin: requests
      .map((request) => `${typeof request === 'string' ? request : JSON.stringify(request)}\n`)
      .join(''),
  });
  const results = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Result & { error?: string });
  for (const result of results) {
    expect(Value.Errors(result.error === undefined ? CheckResult : CheckLineError, result)).toEqual([]);
  }
  return { code, results };
}

const point = Buffer.from(passes.issuer.publicKey, 'hex');
const jwk = (kid: string, more = {}) => ({
  kty: 'EC',
  crv: 'P-256',
  x: point.toString('base64url', 1, 33),
  y: point.toString('base64url', 33),
  kid,
  ...more,
});
const ordinary = passes.valid[0]!;
const AT = '2022-01-06T01:00:05Z';
const drawnAt = (pass: { drawnAt?: number }, offset = 5) =>
  new Date(((pass.drawnAt ?? 1641430800) + offset) * 1000).toISOString();

type Pixels = { readonly width: number; readonly height: number; readonly data: Buffer };

/** A picture with codes side by side, or with none. */
function picture(...texts: readonly string[]): Pixels {
  const codes = texts.map((text) => generate(text, { minCorrectionLevel: correction.L }));
  const scale = 4;
  const sizes = codes.map(({ size }) => (size + 8) * scale);
  const [width, height] = [sizes.reduce((sum, size) => sum + size, 0), Math.max(...sizes)];
  const data = Buffer.alloc(width * height * 4, 255);
  let left = 0;
  codes.forEach((code, index) => {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < sizes[index]!; x++) {
        if (code.get(Math.floor(x / scale) - 4, Math.floor(y / scale) - 4))
          data.fill(0, (y * width + left + x) * 4, (y * width + left + x) * 4 + 3);
      }
    }
    left += sizes[index]!;
  });
  return { width, height, data };
}
const png = ({ width, height, data }: Pixels) =>
  PNG.sync.write(Object.assign(new PNG({ width, height }), { data }));

/** A cat, as far as a reader of codes can tell: fur, two ears, two eyes, whiskers. */
function cat(): Pixels {
  const [width, height] = [320, 240];
  const data = Buffer.alloc(width * height * 4, 255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const face = Math.hypot(x - 160, y - 130) < 80;
      const ear = y < 90 && (Math.abs(x - 110) + (90 - y) < 40 || Math.abs(x - 210) + (90 - y) < 40);
      const eye = Math.hypot(x - 130, y - 115) < 12 || Math.hypot(x - 190, y - 115) < 12;
      const whisker = face && Math.abs(((y - 150) * 3 + Math.abs(x - 160)) % 17) < 2;
      const fur = 120 + ((x * 7919 + y * 104729) % 61);
      data.fill(eye || whisker ? 20 : face || ear ? fur : 230, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return { width, height, data };
}

describe('munjigi check, entry passes', () => {
  const trust = ['--trust', file(JSON.stringify({ keys: [jwk('01'), jwk('012c')] }))];

  it.each(passes.valid)('admits: $name', async (pass) => {
    const { code, results } = await json([...trust, '--at', drawnAt(pass), file(pass.text)]);
    expect(results).toMatchObject([
      { format: 'entry-pass', verdict: 'admit', reason: 'ok', keyId: pass.kid, algorithm: 'ES256' },
    ]);
    expect(code).toBe(0);
  });

  it.each(passes.invalid)('refuses: $name', async ({ fails, text }) => {
    // Off the grid of a pack: only a pack can tell.
    const rules = ['--policy', policyFolder, '--venue-kind', 'restaurant', '--region', 'nationwide'];
    const { code, results } = await json([...trust, '--at', AT, ...(await knownRules(rules)), file(text)]);
    expect(results).toMatchObject([{ verdict: 'refuse', reason: fails, steps: { [fails]: 'failed' } }]);
    expect(code).toBe(1);
  });

  it.each([
    [-46, 'cannot-tell', 'old-drawing'],
    [-15, 'admit', 'ok'],
    [45, 'admit', 'ok'],
    [46, 'cannot-tell', 'old-drawing'],
    [86400 * 30, 'refuse', 'ended'],
  ])('judges the drawing by the clock: %i s after it was drawn', async (offset, verdict, reason) => {
    const { results } = await json([...trust, '--at', drawnAt(ordinary, offset), file(ordinary.text)]);
    expect(results).toMatchObject([{ verdict, reason }]);
  });

  it('cannot tell of an unknown issuer, and refuses a specimen', async () => {
    const unknown = await json(['--trust', file(JSON.stringify(jwk('07'))), '--at', AT, file(ordinary.text)]);
    expect(unknown.results).toMatchObject([
      {
        verdict: 'cannot-tell',
        reason: 'issuer-unknown',
        steps: { issuer: 'unknown', signature: 'unknown' },
      },
    ]);
    const specimen = await json([
      '--trust',
      file(JSON.stringify(jwk('01', { use: 'specimen' }))),
      '--at',
      AT,
      file(ordinary.text),
    ]);
    expect(specimen.results).toMatchObject([{ verdict: 'refuse', reason: 'specimen' }]);
  });
});

/** The venue and region of the pack, whatever they are called there. */
async function knownRules(args: readonly string[]): Promise<string[]> {
  const { readPackFolder } = await import('@munjigi/service/config');
  const { compilePolicy } = await import('@munjigi/core/rules');
  const { venueKinds, regions } = compilePolicy(readPackFolder(args[1]!));
  return ['--policy', args[1]!, '--venue-kind', venueKinds[0]!, '--region', regions[0]!];
}

describe('munjigi check, EU certificates', () => {
  const pem = (name: string) =>
    `-----BEGIN CERTIFICATE-----\n${certificates.certificates[name]!.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  const good = certificates.cases[0]!;

  it.each(certificates.cases)('$reason: $name', async ({ certificate, reason, fails, unknown, text }) => {
    const request = {
      id: 1,
      scan: text,
      at: certificates.clock,
      trust: [certificates.certificates[certificate]],
    };
    const { code, results } = await lines([request]);
    const [result] = results;
    expect(result).toMatchObject({ id: 1, reason, verdict: REASONS[reason].check });
    if (fails) expect(result!.steps[fails]).toBe('failed');
    if (unknown) expect(result!.steps[unknown]).toBe('unknown');
    expect(Object.keys(result!.steps)).toEqual([...STEPS]);
    expect(code).toBe(0);
  });

  it('judges every step whose input exists, whatever failed before it', async () => {
    const behind = certificates.cases.find(({ name }) => name.startsWith('a byte behind'))!;
    const { results } = await lines([
      { scan: behind.text, at: certificates.clock, trust: [certificates.certificates.any] },
    ]);
    expect(results[0]!.steps).toMatchObject({
      inflate: 'failed',
      structure: 'ok',
      schema: 'ok',
      issuer: 'ok',
      signature: 'ok',
      keyUsage: 'ok',
      validity: 'ok',
    });
  });

  it.each([
    ['PEM', () => pem('any')],
    ['two PEM in one file', () => pem('rsa') + pem('any')],
    ['DER', () => Buffer.from(certificates.certificates.any!, 'base64')],
    ['base64 of DER', () => `${certificates.certificates.any!}\n`],
    ['a list of base64', () => JSON.stringify([certificates.certificates.any])],
    ['key ids with bare keys', () => JSON.stringify({ [keyIdOf(good.text)]: [{ subjectPk: spki('any') }] })],
    [
      'key ids with bare keys that may sign this',
      () =>
        JSON.stringify({
          eu_keys: { [keyIdOf(good.text)]: [{ subjectPk: spki('any'), keyUsage: ['v', 't'] }] },
        }),
    ],
    [
      'a JWK without a name',
      () =>
        JSON.stringify(
          createPublicKey({ key: Buffer.from(spki('any'), 'base64'), format: 'der', type: 'spki' }).export({
            format: 'jwk',
          }),
        ),
    ],
  ])('trusts %s', async (_kind, content) => {
    const { results } = await json(['--trust', file(content()), '--at', certificates.clock, file(good.text)]);
    expect(results).toMatchObject([
      {
        verdict: 'admit',
        reason: 'ok',
        algorithm: 'ES256',
        notBefore: '2027-03-01T00:00:00Z',
        notAfter: '2028-03-01T00:00:00Z',
      },
    ]);
  });

  it('refuses an event that the named usage leaves out', async () => {
    const table = { [keyIdOf(good.text)]: [{ subjectPk: spki('any'), keyUsage: ['t'] }] };
    const { results } = await json([
      '--trust',
      file(JSON.stringify(table)),
      '--at',
      certificates.clock,
      file(good.text),
    ]);
    expect(results).toMatchObject([
      { verdict: 'refuse', reason: 'key-usage', steps: { signature: 'ok', keyUsage: 'failed' } },
    ]);
  });

  it.each([
    ['its identifier', 'URN:UVCI:01:XX:VECTORS0000000001#1\n'],
    ['a list of a country', JSON.stringify({ revokedCerts: ['URN:UVCI:01:XX:VECTORS0000000001#1'] })],
    ['the hash of its identifier', sha256Hex('URN:UVCI:01:XX:VECTORS0000000001#1').slice(0, 32)],
    [
      'the hash of country and identifier, in a batch',
      JSON.stringify({
        hashType: 'COUNTRYCODEUCI',
        entries: [
          {
            hash: Buffer.from(sha256Hex('XXURN:UVCI:01:XX:VECTORS0000000001#1').slice(0, 32), 'hex').toString(
              'base64',
            ),
          },
        ],
      }),
    ],
  ])('finds it withdrawn by %s', async (_what, list) => {
    const trust = ['--trust', file(pem('any')), '--at', certificates.clock];
    const { code, results } = await json([...trust, '--revoked', file(list), file(good.text)]);
    expect(results).toMatchObject([
      { verdict: 'refuse', reason: 'withdrawn', steps: { revocation: 'failed', signature: 'ok' } },
    ]);
    expect(code).toBe(1);
    const other = await json([...trust, '--revoked', file('URN:UVCI:01:XX:OTHER#1'), file(good.text)]);
    expect(other.results).toMatchObject([{ verdict: 'admit', steps: { revocation: 'ok' } }]);
  });

  it('shows what was read and its payload only when asked, and never a name otherwise', async () => {
    const args = ['--trust', file(pem('any')), '--at', certificates.clock, file(good.text)];
    const plain = await run(['--json', ...args]);
    expect(plain.out).not.toMatch(/VEKTOR|Vektor|VECTORS0000000001|1980/);
    const { results } = await json(['--payload', ...args]);
    expect(results[0]).toMatchObject({
      scan: good.text,
      payload: { ver: '1.3.0', nam: { fnt: 'VEKTOR<MUELLER' }, v: [{ dn: 2 }] },
    });
  });

  it('is another proof under a policy that does not take it', async () => {
    const rules = await knownRules(['--policy', policyFolder]);
    const { results } = await json([
      '--trust',
      file(pem('any')),
      '--at',
      certificates.clock,
      ...rules,
      file(good.text),
    ]);
    expect(Object.keys(REASONS)).toContain(results[0]!.reason);
    expect(results[0]!.evidence).toHaveProperty('door');
  });

  function spki(name: string): string {
    const der = Buffer.from(certificates.certificates[name]!, 'base64');
    return createPublicKey({
      key: `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----`,
      format: 'pem',
    })
      .export({ type: 'spki', format: 'der' })
      .toString('base64');
  }
  function keyIdOf(_text: string): string {
    return Buffer.from(sha256Hex(Buffer.from(certificates.certificates.any!, 'base64')), 'hex')
      .subarray(0, 8)
      .toString('base64');
  }
});

function sha256Hex(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

describe('munjigi check, pictures', () => {
  const trust = ['--trust', file(JSON.stringify(jwk('01'))), '--at', AT];

  it.each([
    ['PNG', () => png(picture(ordinary.text))],
    ['JPEG', () => jpeg.encode(picture(ordinary.text), 80).data],
  ])('reads a %s', async (_kind, bytes) => {
    const { code, results } = await json([...trust, '--payload', file(bytes())]);
    expect(results).toMatchObject([
      { verdict: 'admit', scan: ordinary.text, steps: { picture: 'ok', signature: 'ok' } },
    ]);
    expect(code).toBe(0);
  });

  it('takes the same code twice for one, and two codes for neither', async () => {
    const twice = await json([...trust, file(png(picture(ordinary.text, ordinary.text)))]);
    expect(twice.results).toMatchObject([{ verdict: 'admit' }]);
    const two = await json([...trust, file(png(picture(ordinary.text, passes.valid[1]!.text)))]);
    expect(two.results).toMatchObject([
      {
        format: null,
        verdict: 'cannot-tell',
        reason: 'two-codes',
        steps: { picture: 'failed', prefix: 'not-reached' },
      },
    ]);
  });

  it.each([
    ['a cat', () => png(cat())],
    ['a cat in JPEG', () => jpeg.encode(cat(), 70).data],
    ['half a PNG', () => png(picture(ordinary.text)).subarray(0, 300)],
    ['a PNG that claims 4 gigapixels', () => claimsTooMuch()],
    ['a JPEG of nothing', () => Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)],
  ])('finds nothing to read in %s, and goes on', async (_what, bytes) => {
    const { code, results } = await json([...trust, file(bytes()), file(png(picture(ordinary.text)))]);
    expect(results).toMatchObject([
      { format: null, verdict: 'cannot-tell', reason: 'unreadable' },
      { verdict: 'admit' },
    ]);
    expect(code).toBe(1);
  });

  it('reads pictures line by line too', async () => {
    const image = png(picture(ordinary.text)).toString('base64');
    const { results } = await lines([
      { id: 'a', image, at: AT, trust: [jwk('01')] },
      { id: 'b', image: 'bm8gcGljdHVyZQ==' },
    ]);
    expect(results).toMatchObject([
      { id: 'a', verdict: 'admit' },
      { id: 'b', reason: 'unreadable' },
    ]);
  });

  function claimsTooMuch(): Buffer {
    const bytes = png(picture('x'));
    bytes.writeUInt32BE(65535, 16);
    bytes.writeUInt32BE(65535, 20);
    return bytes;
  }
});

describe('munjigi check, bad input', () => {
  it.each([
    ['an address', 'https://example.org/?q=1'],
    ['a payment code', '00020101021226330010A00000067701011201151234567890123456304ABCD'],
    ['nothing', ''],
    ['a word', '안녕하세요'],
    ['another version', 'MJ2:ABC'],
    ['a megabyte', 'A'.repeat(1_000_000)],
  ])('%s is no pass we know', async (_what, text) => {
    const { code, results } = await json([file(text)]);
    expect(results).toMatchObject([
      {
        format: null,
        verdict: 'cannot-tell',
        reason: 'not-a-pass',
        steps: { prefix: 'failed', decode: 'not-reached' },
      },
    ]);
    expect(code).toBe(1);
  });

  it.each([
    ['a bomb', `HC1:${base45Encode(deflateSync(Buffer.alloc(5_000_000)).subarray(0, 5000))}`, 'inflate'],
    ['a nest of arrays', `HC1:${base45Encode(deflateSync(Buffer.alloc(3000, 0x81)))}`, 'structure'],
    ['an endless certificate', `HC1:${'0'.repeat(100_000)}`, 'decode'],
    ['an endless pass', `MJ1:${'0'.repeat(100_000)}`, 'decode'],
    ['a long pass', `MJ1:${'0'.repeat(3000)}`, 'structure'],
  ])('%s is refused', async (_what, text, reason) => {
    expect((await json([file(text)])).results).toMatchObject([{ verdict: 'refuse', reason }]);
  });

  it('answers line by line, in order, whatever stands in a line', async () => {
    const requests = [
      '{"id":1',
      '[]',
      { id: 2 },
      { id: 3, scan: 'x', image: 'y' },
      { id: 4, scan: 'x', at: 'yesterday' },
      { id: 5, scan: 'x', trust: ['!'] },
      { id: { deep: 6 }, scan: 'x' },
      '',
      { scan: 'x' },
    ];
    const { code, results } = await lines(requests);
    expect(results.map(({ id }) => id)).toEqual([null, null, 2, 3, 4, 5, { deep: 6 }, null]);
    expect(results.map(({ error }) => error !== undefined)).toEqual([
      true,
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(code).toBe(0);
  });

  it('lets the keys of a line hold for that line alone', async () => {
    const [good] = certificates.cases;
    const request = { scan: good!.text, at: certificates.clock };
    const { results } = await lines([{ ...request, trust: [certificates.certificates.any] }, request]);
    expect(results.map(({ reason }) => reason)).toEqual(['ok', 'issuer-unknown']);
  });

  it.each([
    [['--nonsense']],
    [['--at', 'yesterday', 'x']],
    [[join(folder, 'missing')]],
    [['--trust', join(folder, 'missing')]],
    [['--trust', file('neither key nor certificate')]],
    [['--trust', file('{"issuerInfo": []}')]],
    [['--trust', file('{"verificationMethod": []}')]],
    [['--trust', file('{"a": 1}')]],
    [['--revoked', file('{"shc": []}')]],
    [['--revoked', file('{broken')]],
    [['--policy', policyFolder]],
    [['--venue-kind', 'restaurant']],
    [['--policy', join(folder, 'missing'), '--venue-kind', 'a', '--region', 'b']],
    [['--policy', policyFolder, '--venue-kind', 'nowhere', '--region', 'b']],
    [['--json', '--ndjson']],
  ])('a wrong command line is a sentence and exit 2: %j', async (args) => {
    const { code, out, err } = await run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^munjigi check: .{10,}/);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('reads the standard input, and speaks Korean where the terminal does', async () => {
    const korean = await run([], { stdin: 'nothing\n', language: 'ko_KR.UTF-8' });
    expect(korean.out).toContain('판단 불가');
    const english = await run(['-'], { stdin: 'nothing\n', language: 'en_GB.UTF-8' });
    expect(english.out).toContain('cannot tell (not-a-pass)');
    expect((await run(['--help'])).out).toContain('--ndjson');
  });

  it.each([
    ['2022-01-06T14:00:05+09:00', 'ok'],
    ['2022-01-06T05:00:05+0000', 'ok'],
    ['2022-01-06 05:00:05.25', 'ok'],
    ['2022-01-06T05:00:05,9999999Z', 'ok'],
    ['2022-01-06', 'old-drawing'],
  ])('understands %s', async (at, reason) => {
    const scan = { ...ordinary, drawnAt: 1641430800 };
    const shifted = new Date(Date.parse('2022-01-06T05:00:05Z')).getTime() / 1000;
    const trust = ['--trust', file(JSON.stringify(jwk('01')))];
    const offset = shifted - (scan.drawnAt + 5);
    expect(offset).toBe(14400);
    const moved = at.replace('T14', 'T10').replace('T05', 'T01').replace(' 05', ' 01');
    expect((await json([...trust, '--at', moved, file(scan.text)])).results).toMatchObject([{ reason }]);
  });
});

describe('munjigi check, trust bundles', () => {
  it('reads a bundle that somebody vouches for, and one that must verify under its root', async () => {
    const { root, bundle } = await signedDocuments();
    const args = ['--at', AT, file(ordinary.text)];
    const alone = await json(['--trust', file(bundle), ...args]);
    expect(alone.results).toMatchObject([{ verdict: 'admit', keyId: '01', steps: { revocation: 'ok' } }]);
    const under = await json(['--trust', file(root), '--trust', file(bundle), ...args]);
    expect(under.results).toMatchObject([{ verdict: 'admit' }]);
    const other = await signedDocuments();
    const wrong = await run(['--trust', file(other.root), '--trust', file(bundle), ...args]);
    expect([wrong.code, wrong.out]).toEqual([2, '']);
    expect(wrong.err).toMatch(/--trust/);
  });

  async function signedDocuments(): Promise<{ root: Uint8Array; bundle: Uint8Array }> {
    const { makePrivateKey, nodeSigner } = await import('@munjigi/service/crypto');
    const { signBundle, signRoot } = await import('@munjigi/core/trust/publish');
    const [rootKey, delegate] = [nodeSigner(makePrivateKey()), nodeSigner(makePrivateKey())];
    const at = 1641430800;
    const week = 7 * 86_400;
    const root = await signRoot(
      {
        version: 1,
        threshold: 1,
        keys: [rootKey.publicKey],
        delegates: [{ publicKey: delegate.publicKey, from: at - week, until: at + week }],
        issuedAt: at - week,
      },
      [rootKey],
    );
    const bundle = await signBundle(
      {
        version: 1,
        rootVersion: 1,
        sequence: 1,
        issuedAt: at - 60,
        expiresAt: at + week,
        issuers: [
          {
            kid: Uint8Array.of(1),
            issuer: 'vectors',
            publicKey: new Uint8Array(point),
            usage: 'pass',
            from: at - week,
            until: at + week,
            withdrawn: false,
            canary: ordinary.text,
          },
        ],
        foreign: [],
        withdrawn: {},
        dayKeys: [],
        registerKeys: [],
        endpoints: { register: [], mirrors: [] },
        pack: { timeZone: 'Asia/Seoul' },
        logHead: null,
      },
      delegate,
    );
    return { root, bundle };
  }
});
