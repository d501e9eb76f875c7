import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from '@munjigi/core/gate';
import { sealSubject } from '@munjigi/core/sealed';
import { openSubject } from '@munjigi/core/sealed/open';
import {
  compareBundles,
  compileTrust,
  dayKeyFor,
  isUrgent,
  openBundle,
  openClock,
  openNow,
  openRoot,
  selfTest,
} from '@munjigi/core/trust';
import { nodeCrypto } from '@munjigi/service/crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { STORY_SECONDS, startTestService, type TestService } from './support/service.ts';

const crypto = nodeCrypto();
const DAY = 86_400;

/** Signed for tests alone: P-256, country XX, may sign vaccination certificates. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIB1zCCAX2gAwIBAgIURxnnQTycUXAUpe6oT8Tpo2yOhSUwCgYIKoZIzj0EAwIw
NTELMAkGA1UEBhMCWFgxFTATBgNVBAoMDE11bmppZ2kgdGVzdDEPMA0GA1UEAwwG
c2lnbmVyMB4XDTI2MTEyMzAzMDc0NFoXDTQ2MTExODAzMDc0NFowNTELMAkGA1UE
BhMCWFgxFTATBgNVBAoMDE11bmppZ2kgdGVzdDEPMA0GA1UEAwwGc2lnbmVyMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEOAgyxFkiMJw2mcvpXSCfi7a9I/yDfMmC
k5xui/pKWW+GuzezsrzS7aAgmsjAGeKr6KMig2/j3mVcdxKJNTnfB6NrMGkwHQYD
VR0OBBYEFHe2o+pSKikq1XwdeTb8YoZ3jJLfMB8GA1UdIwQYMBaAFHe2o+pSKikq
1XwdeTb8YoZ3jJLfMA8GA1UdEwEB/wQFMAMBAf8wFgYDVR0lBA8wDQYLKwYBBAGO
N49lAQIwCgYIKoZIzj0EAwIDSAAwRQIgJEGDXzWGahfU/vErlY/kxaEYFSxTGjiA
dm65hlY3VFsCIQDr2SomIafD7tCvnbvLE/r8LOJVll1V/G+VaUVibNPOiQ==
-----END CERTIFICATE-----
`;

/** Front doors of the issuer, as its operator names them. */
const DOORS = ['https://one.example/api/issuer', 'https://two.example/api/issuer'];

async function documentsOf(test: TestService) {
  const bytesOf = async (name: string) => (await test.call('GET', `/api/authority/${name}`)).bytes;
  const root = await openRoot(await bytesOf('root'), crypto);
  const { bundle, digest } = await openBundle(await bytesOf('bundle'), root, crypto);
  return { root, bundle, digest, now: await openNow(await bytesOf('now'), root, crypto) };
}

describe('the authority desk', () => {
  let test: TestService;

  beforeAll(async () => {
    test = await startTestService({ flags: { desks: 'issuer,authority', 'doors-issuer': DOORS.join(', ') } });
  });
  afterAll(() => test.remove());

  it('publishes documents that a device takes: a root of two in three, a bundle that tests itself, a small now', async () => {
    const { root, bundle, digest, now } = await documentsOf(test);
    expect(root).toMatchObject({ version: 1, threshold: 2 });
    expect(root.keys).toHaveLength(3);
    expect(root.delegates).toHaveLength(2);
    for (const { from, until } of root.delegates) expect(until - from).toBeLessThanOrEqual(90 * DAY);
    await selfTest(bundle, compileTrust(bundle), crypto, inspect);
    expect([...bundle.parts!.doors!]).toEqual([['kr-2022', DOORS]]);
    expect(isUrgent(now)).toBe(false);
    expect(compareBundles(null, bundle, STORY_SECONDS)).toBe('take');
    expect(now).toMatchObject({
      notice: null,
      status: 'confirmed',
      obligation: 'usual',
      bundle: { sequence: bundle.sequence, digest },
    });
    expect((bundle.pack as { exercise: boolean }).exercise, 'an exercise is marked as one').toBe(true);
  });

  it('lets no canary in: each ended before it was made, and its class is none', async () => {
    const { bundle } = await documentsOf(test);
    const trust = compileTrust(bundle);
    expect(bundle.issuers.map(({ usage }) => usage).sort()).toEqual(['pass', 'specimen']);
    for (const { canary } of bundle.issuers) {
      const { claim } = await inspect(canary, trust, crypto);
      expect(claim).toMatchObject({ form: 'paper', admissionClass: 0 });
      expect((claim as { expiresAt: number }).expiresAt).toBeLessThan(STORY_SECONDS);
    }
  });

  it('serves the same bytes from mirror and address, cacheable, and says when nothing changed', async () => {
    for (const [name, age] of [
      ['root', 300],
      ['bundle', 60],
      ['now', 20],
      ['clock', 1],
    ] as const) {
      const answer = await test.call('GET', `/api/authority/${name}`);
      expect(answer.headers['content-type']).toBe('application/cose');
      expect(answer.headers['cache-control']).toBe(`public, max-age=${age}`);
      expect(Buffer.from(answer.bytes).equals(readFileSync(join(test.data, 'mirror', `${name}.cose`)))).toBe(
        true,
      );
      const again = await test.call('GET', `/api/authority/${name}`, undefined, {
        'if-none-match': String(answer.headers.etag),
      });
      expect([again.status, again.bytes.length]).toEqual([304, 0]);
    }
    expect(readdirSync(join(test.data, 'mirror')).sort()).toEqual([
      'bundle.cose',
      'clock.cose',
      'now.cose',
      'root-1.cose',
      'root.cose',
    ]);
  });

  it('has a key for each of the last 28 and the next 35 days, weekly spares, and can open what was sealed for one', async () => {
    const { bundle } = await documentsOf(test);
    const days = bundle.dayKeys.filter(({ spare }) => !spare).map(({ day }) => day);
    expect([days[0], days.at(-1), days.length]).toEqual(['2021-12-10', '2022-02-10', 63]);
    expect(
      bundle.dayKeys
        .filter(({ spare }) => spare)
        .map(({ day }) => day)
        .slice(0, 2),
    ).toEqual(['2022-01-03', '2022-01-10']);
    expect(new Set(bundle.dayKeys.map(({ keyId }) => keyId)).size).toBe(bundle.dayKeys.length);

    const key = dayKeyFor(bundle, '2022-01-06')!;
    const place = {
      venueId: 1,
      day: '2022-01-06',
      gate: new Uint8Array(32),
      counter: 1,
      check: 'scan',
      record: 'typed',
      kind: 'entry',
    } as const;
    const subject = { kind: 'phone', number: '01000000000' } as const;
    const ekm = new Uint8Array(createHash('sha256').update('a').digest());
    const box = await sealSubject({ subject, place, dayKey: key.publicKey, ekm });
    const file = readFileSync(
      join(test.data, 'keys', 'authority', 'days', `day-${key.keyId}.key`),
      'utf8',
    ).trim();
    const privateKey = new Uint8Array(Buffer.from(file, 'base64url'));
    expect(await openSubject({ box, place, privateKey })).toEqual(subject);
    const { rows } = await test.databases.get('authority')!.query('SELECT d::text AS row FROM day_key d');
    expect(JSON.stringify(rows)).not.toContain(Buffer.from(privateKey).toString('hex'));
  });

  it('publishes a notice, first provisional, then confirmed, and ends it; numbers only grow', async () => {
    const sequences = [(await documentsOf(test)).now.sequence];
    const say = async (body: object) => {
      const answer = await test.operate('POST', '/api/authority/notices', body);
      expect(answer.status).toBe(200);
      const { now } = await documentsOf(test);
      expect(now.sequence).toBe(answer.json.sequence);
      sequences.push(now.sequence);
      return now;
    };
    expect(await say({ notice: 'app-down', status: 'provisional' })).toMatchObject({
      notice: 'app-down',
      status: 'provisional',
      obligation: 'check-by-eye',
    });
    expect(
      await say({ notice: 'app-down', status: 'confirmed', parameters: { since: STORY_SECONDS } }),
    ).toMatchObject({
      status: 'confirmed',
      parameters: { since: STORY_SECONDS },
    });
    expect(
      await say({ notice: 'coov-down', status: 'confirmed', obligation: 'check-by-word' }),
    ).toMatchObject({ obligation: 'check-by-word' });
    expect(await say({ notice: null, status: 'confirmed' })).toMatchObject({
      notice: null,
      obligation: 'usual',
    });
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
    for (const name of ['now'])
      expect(readFileSync(join(test.data, 'mirror', `${name}.cose`)).length).toBeLessThanOrEqual(1024);
  });

  it('refuses a notice or an obligation that the policy does not have, and one that outgrows a kilobyte; the last one stands', async () => {
    await test.operate('POST', '/api/authority/notices', { notice: 'app-down', status: 'confirmed' });
    const parameters = Object.fromEntries([...'abcdefgh'].map((name) => [name.repeat(20), '가'.repeat(80)]));
    for (const [body, code] of [
      [{ notice: 'no-such-notice', status: 'confirmed' }, 'authority.notice-unknown'],
      [{ notice: null, status: 'confirmed', obligation: 'no-such' }, 'authority.obligation-unknown'],
      [{ notice: 'coov-down', status: 'confirmed', parameters }, 'authority.too-large'],
    ] as const) {
      const answer = await test.operate('POST', '/api/authority/notices', body);
      expect([answer.status, answer.json.error]).toEqual([400, code]);
    }
    await test.service.desks.authority!.refresh();
    expect((await documentsOf(test)).now.notice).toBe('app-down');
    await test.operate('POST', '/api/authority/notices', { notice: null, status: 'confirmed' });
  });

  it('takes foreign signer certificates from a folder into the next bundle', async () => {
    mkdirSync(join(test.data, 'foreign'), { recursive: true });
    writeFileSync(join(test.data, 'foreign', 'xx.pem'), CERTIFICATE);
    writeFileSync(join(test.data, 'foreign', 'broken.pem'), 'not a certificate');
    const before = (await documentsOf(test)).bundle.sequence;
    await test.service.desks.authority!.refresh();
    const { bundle, now } = await documentsOf(test);
    expect(bundle.sequence).toBeGreaterThan(before);
    expect(now.bundle.sequence).toBe(bundle.sequence);
    expect(bundle.foreign).toHaveLength(1);
    expect(bundle.foreign[0]).toMatchObject({
      format: 'hcert',
      country: 'XX',
      algorithm: 'ES256',
      usage: ['v'],
    });
    await test.service.desks.authority!.refresh();
    expect((await documentsOf(test)).bundle.sequence, 'nothing changed, nothing published').toBe(
      bundle.sequence,
    );
  });

  it('plays a moment: the clock is signed, and all documents follow it; only operators may, only in an exercise', async () => {
    const storyMs = Date.parse('2022-01-06T19:20:00+09:00');
    expect((await test.call('POST', '/api/authority/clock', { storyMs, rate: 1 })).status).toBe(401);
    const before = await documentsOf(test);
    const set = await test.operate('POST', '/api/authority/clock', { storyMs, rate: 1 });
    expect(set.status).toBe(200);
    const { root, now } = await documentsOf(test);
    const clock = await openClock((await test.call('GET', '/api/authority/clock')).bytes, root, crypto);
    expect(clock).toMatchObject({ storyMs, rate: 1, sequence: set.json.sequence });
    expect(Math.abs(clock.realMs - Date.now())).toBeLessThan(60_000);
    expect(now.issuedAt).toBeGreaterThanOrEqual(storyMs / 1000);
    expect(now.issuedAt).toBeLessThan(storyMs / 1000 + 60);
    expect(now.sequence).toBeGreaterThan(before.now.sequence);
    expect(now.validFrom, 'what counts has counted since then').toBe(before.now.validFrom);
  });

  it('changes the root by a chained document when its delegates end, and devices follow', async () => {
    const old = await documentsOf(test);
    await test.operate('POST', '/api/authority/clock', {
      storyMs: Date.parse('2022-04-20T12:00:00+09:00'),
      rate: 1,
    });
    const bytes = (await test.call('GET', '/api/authority/root')).bytes;
    const next = await openRoot(bytes, crypto, { root: old.root });
    expect(next.version).toBe(old.root.version + 1);
    const { bundle, now } = await documentsOf(test);
    expect(bundle.rootVersion).toBe(next.version);
    expect(bundle.sequence).toBeGreaterThan(old.bundle.sequence);
    expect(now.obligation, 'the rules of April ask for neither').toBe('nothing');
  });
});

describe('an authority on a server of its own', () => {
  const open: TestService[] = [];
  afterEach(async () => {
    for (const test of open.splice(0)) await test.remove();
  });
  const start = async (options: Parameters<typeof startTestService>[0]) => {
    const test = await startTestService(options);
    open.push(test);
    return test;
  };

  it('publishes no bundle before an issuer has handed over its keys, and takes them as a public file', async () => {
    const issuer = await start({ flags: { desks: 'issuer' } });
    const authority = await start({ flags: { desks: 'authority' } });
    const missing = await authority.call('GET', '/api/authority/bundle');
    expect([missing.status, missing.json.error]).toEqual([404, 'authority.document-missing']);
    expect((await authority.call('GET', '/api/issuer/people')).status).toBe(404);

    cpSync(join(issuer.data, 'public', 'issuer.json'), join(authority.data, 'public', 'issuer.json'), {
      recursive: true,
    });
    expect(existsSync(join(issuer.data, 'keys', 'authority')), 'no desk has the key store of another').toBe(
      false,
    );
    expect(await authority.service.desks.authority!.refresh()).toBe(true);
    const { bundle } = await documentsOf(authority);
    expect(bundle.issuers).toHaveLength(2);
    await selfTest(bundle, compileTrust(bundle), crypto, inspect);
  });

  it('goes on after a restart: the same root, the same moment of the story, higher numbers', async () => {
    let realMs = Date.parse('2026-05-01T00:00:00Z');
    const first = await start({ flags: { desks: 'issuer,authority' }, machine: () => realMs });
    const before = await documentsOf(first);
    await first.operate('POST', '/api/authority/notices', { notice: 'app-down', status: 'confirmed' });
    await first.stop();
    realMs += 600_000;
    const second = await start({
      data: first.data,
      flags: { desks: 'issuer,authority' },
      machine: () => realMs,
    });
    const after = await documentsOf(second);
    expect(after.root).toEqual(before.root);
    expect(after.now.notice).toBe('app-down');
    expect(after.now.sequence).toBeGreaterThan(before.now.sequence);
    expect(after.now.issuedAt).toBe(STORY_SECONDS + 600);
    expect(after.bundle.dayKeys).toEqual(before.bundle.dayKeys);
  });
});
