import { describe, expect, it } from 'vitest';
import { crypto, testKey } from '../../test/test-keys.ts';
import { decodeDeterministic, encodeDeterministic, equalBytes, sha256, toHex } from '../encoding/index.ts';
import { type Inspected, STEPS, type Step, type StepState } from '../gate/types.ts';
import type { Signer } from '../signing/index.ts';
import {
  type Bundle,
  compareBundles,
  compareNow,
  compileTrust,
  dayKeyFor,
  type Now,
  openBundle,
  openClock,
  openNow,
  openRoot,
  type Root,
  registerKeyOf,
  rootDigest,
  selfTest,
  signerKid,
  storyAt,
} from './index.ts';
import { signBundle, signClock, signNow, signRoot } from './publish.ts';

const [k1, k2, k3, k4, k5, delegate, spare, issuer, register, day] = [
  'root 1',
  'root 2',
  'root 3',
  'root 4',
  'root 5',
  'delegate',
  'delegate 2',
  'issuer',
  'register',
  'day',
].map((name) => testKey(`mj1 test ${name}`)) as unknown as Signer[] & { length: 10 };
const pub = (key: Signer | undefined) => key!.publicKey;
const AT = 1_641_430_800;
const DAY = 86_400;
const fill = (n: number, size = 32) => new Uint8Array(size).fill(n);

const root: Root = {
  version: 1,
  threshold: 2,
  keys: [pub(k1), pub(k2), pub(k3)],
  delegates: [
    { publicKey: pub(delegate), from: AT - 10 * DAY, until: AT + 80 * DAY },
    { publicKey: pub(spare), from: AT - 10 * DAY, until: AT + 80 * DAY },
  ],
  issuedAt: AT - 10 * DAY,
};
const bundle: Bundle = {
  version: 1,
  rootVersion: 1,
  sequence: 5,
  issuedAt: AT,
  expiresAt: AT + 14 * DAY,
  issuers: [
    {
      kid: Uint8Array.of(1),
      issuer: 'issuer',
      publicKey: pub(issuer),
      usage: 'pass',
      from: AT - DAY,
      until: AT + 90 * DAY,
      withdrawn: false,
      canary: 'MJ1:CANARY',
    },
  ],
  foreign: [
    {
      format: 'hcert',
      keyId: 'AAAAAAAAAAA=',
      algorithm: 'PS256',
      spki: fill(3, 294),
      country: 'NL',
      usage: ['v'],
      from: null,
      until: AT + DAY,
    },
  ],
  withdrawn: { hcert: [fill(7, 16)] },
  dayKeys: [
    { keyId: 1, day: '2022-01-06', spare: false, publicKey: pub(day) },
    { keyId: 2, day: '2022-01-03', spare: true, publicKey: pub(day) },
    { keyId: 3, day: '2022-01-10', spare: true, publicKey: pub(day) },
  ],
  registerKeys: [{ kid: signerKid(pub(register)), publicKey: pub(register) }],
  endpoints: { register: ['/api/register'], mirrors: ['/mirror'] },
  pack: { id: 'kr-2022', timeZone: 'Asia/Seoul', half: 0.5 },
  logHead: null,
};
const now: Now = {
  version: 1,
  sequence: 9,
  issuedAt: AT,
  validFrom: AT,
  validUntil: AT + DAY,
  notice: 'register-down',
  parameters: { since: '14:00', count: 3 },
  status: 'provisional',
  obligation: 'usual',
  bundle: { rootVersion: 1, sequence: 5, digest: fill(1) },
  logHead: null,
};

describe('the root', () => {
  it('needs two of its three keys, and one key that signs twice counts once', async () => {
    expect(await openRoot(await signRoot(root, [k1!, k3!]), crypto)).toEqual(root);
    expect(await openRoot(await signRoot(root, [k1!, k2!, k3!]), crypto)).toEqual(root);
    await expect(openRoot(await signRoot(root, [k1!]), crypto)).rejects.toMatchObject({ code: 'trust.root' });
    await expect(openRoot(await signRoot(root, [k1!, k1!]), crypto)).rejects.toMatchObject({
      code: 'trust.root',
    });
    await expect(openRoot(await signRoot(root, [k1!, k4!]), crypto)).rejects.toMatchObject({
      code: 'trust.root',
    });
  });

  it('is replaced only with the threshold of the old one and of the new one', async () => {
    const next: Root = { ...root, version: 2, keys: [pub(k3), pub(k4), pub(k5)] };
    const pinned = { root };
    expect(await openRoot(await signRoot(next, [k1!, k3!, k4!]), crypto, pinned)).toEqual(next);
    for (const signers of [
      [k4!, k5!],
      [k3!, k4!],
      [k1!, k2!],
      [k1!, k2!, k4!],
    ]) {
      await expect(openRoot(await signRoot(next, signers), crypto, pinned)).rejects.toMatchObject({
        code: 'trust.root',
      });
    }
  });

  it('never goes back, and never has two faces of one version', async () => {
    const newer = { root: { ...root, version: 2 } };
    await expect(openRoot(await signRoot(root, [k1!, k2!]), crypto, newer)).rejects.toMatchObject({
      code: 'trust.rollback',
    });
    const twin = await signRoot({ ...root, issuedAt: AT }, [k1!, k2!]);
    await expect(openRoot(twin, crypto, { root })).rejects.toMatchObject({ code: 'trust.root' });
    expect(await openRoot(await signRoot(root, [k2!, k3!]), crypto, { root })).toEqual(root);
  });

  it('can be pinned by its digest, whoever of the three signed it', async () => {
    const [a, b] = [await signRoot(root, [k1!, k2!]), await signRoot(root, [k2!, k3!])];
    expect(rootDigest(a)).toEqual(rootDigest(b));
    expect(await openRoot(a, crypto, { digest: rootDigest(b) })).toEqual(root);
    await expect(openRoot(a, crypto, { digest: fill(1) })).rejects.toMatchObject({ code: 'trust.root' });
  });

  it('is refused when a key stands there twice, a threshold is out of reach or a delegate serves too long', async () => {
    const bad: Root[] = [
      { ...root, keys: [pub(k1), pub(k1), pub(k2)] },
      { ...root, threshold: 4 },
      { ...root, threshold: 0 },
      { ...root, delegates: [{ publicKey: pub(delegate), from: AT, until: AT + 91 * DAY }] },
      { ...root, delegates: [] },
    ];
    for (const one of bad) {
      await expect(openRoot(await signRoot(one, [k1!, k2!, k3!]), crypto)).rejects.toMatchObject({
        code: 'trust.structure',
      });
    }
  });

  it('is refused with a changed payload under old signatures', async () => {
    const parts = decodeDeterministic(await signRoot(root, [k1!, k2!]), {
      maxBytes: 10_000,
      maxDepth: 9,
    }) as unknown[];
    const body = (parts[2] as Uint8Array).map((byte, i, all) => (i === all.length - 1 ? byte ^ 1 : byte));
    const forged = encodeDeterministic([parts[0], parts[1], body, parts[3]] as never);
    await expect(openRoot(forged, crypto)).rejects.toMatchObject({ code: 'trust.root' });
  });
});

describe('the bundle', () => {
  it('comes back whole from its signed form, with the digest that now names', async () => {
    const bytes = await signBundle(bundle, delegate!);
    expect(await openBundle(bytes, root, crypto, AT + DAY)).toEqual({ bundle, digest: sha256(bytes) });
  });

  it('is refused from anyone but a delegate, altered, of another root, or with another kind of signature', async () => {
    await expect(openBundle(await signBundle(bundle, k1!), root, crypto)).rejects.toMatchObject({
      code: 'trust.signature',
    });
    const bytes = await signBundle(bundle, delegate!);
    const altered = bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte));
    await expect(openBundle(altered, root, crypto)).rejects.toMatchObject({ code: 'trust.signature' });
    await expect(openBundle(bytes, { ...root, version: 2 }, crypto)).rejects.toMatchObject({
      code: 'trust.root',
    });
    await expect(openNow(bytes.slice(0, 900), root, crypto)).rejects.toThrow();
    await expect(openBundle(await signNow(now, delegate!), root, crypto)).rejects.toMatchObject({
      code: 'trust.signature',
    });
  });

  it('is not taken when it has run out, and is still read back from the device then', async () => {
    const bytes = await signBundle(bundle, delegate!);
    await expect(openBundle(bytes, root, crypto, AT + 15 * DAY)).rejects.toMatchObject({
      code: 'trust.expired',
    });
    expect((await openBundle(bytes, root, crypto)).bundle.sequence).toBe(5);
    const late = await signBundle(
      { ...bundle, issuedAt: AT + 81 * DAY, expiresAt: AT + 99 * DAY },
      delegate!,
    );
    await expect(openBundle(late, root, crypto)).rejects.toMatchObject({ code: 'trust.expired' });
  });

  it('without any issuer is not a bundle', async () => {
    const bytes = await signBundle({ ...bundle, issuers: [] }, delegate!);
    await expect(openBundle(bytes, root, crypto)).rejects.toMatchObject({ code: 'trust.structure' });
  });
});

describe('a newer bundle', () => {
  const many = (count: number): Bundle => ({
    ...bundle,
    issuers: Array.from({ length: count }, (_, i) => ({
      ...bundle.issuers[0]!,
      kid: Uint8Array.of(i),
      issuer: `i${i}`,
    })),
  });
  const next = (change: Partial<Bundle>): Bundle => ({ ...bundle, sequence: 6, ...change });

  it('is taken by (root version, sequence), the same one is the same', () => {
    expect(compareBundles(null, bundle, AT)).toBe('take');
    expect(compareBundles(bundle, bundle, AT)).toBe('same');
    expect(compareBundles(bundle, next({}), AT)).toBe('take');
    expect(compareBundles(bundle, next({ rootVersion: 2, sequence: 1 }), AT)).toBe('take');
  });

  it('is never older, by either number', () => {
    expect(() => compareBundles(bundle, next({ sequence: 4 }), AT)).toThrow('older');
    expect(() => compareBundles({ ...bundle, rootVersion: 2 }, next({ sequence: 99 }), AT)).toThrow('older');
  });

  it('cannot lock the door for ever by a leap of its number or of its date', () => {
    expect(compareBundles(bundle, next({ sequence: 10_005 }), AT)).toBe('take');
    expect(() => compareBundles(bundle, next({ sequence: 10_006 }), AT)).toThrow('jumps');
    expect(compareBundles(bundle, next({ issuedAt: AT + DAY }), AT)).toBe('take');
    expect(() => compareBundles(bundle, next({ issuedAt: AT + DAY + 1 }), AT)).toThrow('a day from now');
    expect(() => compareBundles(null, next({ issuedAt: AT + DAY + 1 }), AT)).toThrow('a day from now');
  });

  it('cannot lose more than half of its keys, except under a new root', () => {
    expect(compareBundles(many(4), { ...many(2), sequence: 6 }, AT)).toBe('take');
    expect(() => compareBundles(many(5), { ...many(2), sequence: 6 }, AT)).toThrow(
      'more than half of the issuer',
    );
    expect(compareBundles(many(5), { ...many(2), rootVersion: 2, sequence: 1 }, AT)).toBe('take');
    const withdrawn = {
      ...many(5),
      sequence: 6,
      issuers: many(5).issuers.map((i, n) => ({ ...i, withdrawn: n > 1 })),
    };
    expect(() => compareBundles(many(5), withdrawn, AT)).toThrow('more than half');
    expect(() => compareBundles(bundle, next({ foreign: [] }), AT)).toThrow('foreign keys');
    expect(() => compareBundles(bundle, next({ registerKeys: [] }), AT)).toThrow('register keys');
  });
});

describe('now', () => {
  it('comes back whole and stays within 1 kB', async () => {
    const bytes = await signNow(now, delegate!);
    expect(bytes.length).toBeLessThan(400);
    expect(await openNow(bytes, root, crypto)).toEqual(now);
    await expect(
      signNow({ ...now, parameters: { text: 'x'.repeat(1000) } }, delegate!),
    ).rejects.toMatchObject({
      code: 'trust.structure',
    });
  });

  it('is refused from anyone but a delegate', async () => {
    await expect(openNow(await signNow(now, issuer!), root, crypto)).rejects.toMatchObject({
      code: 'trust.signature',
    });
  });

  it('never goes back in number, and a new root starts the numbers again', () => {
    expect(compareNow(null, now, AT)).toBe('take');
    expect(compareNow(now, now, AT)).toBe('same');
    expect(compareNow(now, { ...now, sequence: 10 }, AT)).toBe('take');
    expect(() => compareNow(now, { ...now, sequence: 8 }, AT)).toThrow('older');
    expect(compareNow(now, { ...now, sequence: 1, bundle: { ...now.bundle, rootVersion: 2 } }, AT)).toBe(
      'take',
    );
    expect(() => compareNow(now, { ...now, sequence: 20_000 }, AT)).toThrow('jumps');
  });
});

describe('the story clock', () => {
  it('tells which moment is played', async () => {
    const clock = {
      version: 1 as const,
      sequence: 2,
      storyMs: 1_641_445_080_000,
      realMs: 1_800_000_000_000,
      rate: 1.5,
    };
    const opened = await openClock(await signClock(clock, delegate!), root, crypto);
    expect(opened).toEqual(clock);
    expect(storyAt(opened, 1_800_000_010_000)).toBe(1_641_445_095_000);
  });

  it('is refused from anyone but a delegate', async () => {
    const clock = { version: 1 as const, sequence: 2, storyMs: 1, realMs: 2, rate: 1 };
    await expect(openClock(await signClock(clock, issuer!), root, crypto)).rejects.toMatchObject({
      code: 'trust.signature',
    });
  });
});

describe('what a gate takes from a bundle', () => {
  const trust = compileTrust(bundle);

  it('is one array a key, so that a platform imports it once', () => {
    expect(trust.keys('entry-pass', '01')[0]?.publicKey).toBe(trust.keys('entry-pass', '01')[0]?.publicKey);
    expect(trust.keys('entry-pass', '01')[0]).toMatchObject({
      issuer: 'issuer',
      usage: ['pass'],
      withdrawn: false,
    });
    expect(trust.keys('hcert', 'AAAAAAAAAAA=')[0]).toMatchObject({ issuer: 'NL', algorithm: 'PS256' });
    expect(trust.keys('shc', '01')).toEqual([]);
  });

  it('tells withdrawn from good, and good from not known', () => {
    const other = '00'.repeat(32);
    expect(trust.revocation('hcert', [other, `${toHex(fill(7, 16))}${'ab'.repeat(16)}`])).toBe('failed');
    expect(trust.revocation('hcert', [other])).toBe('ok');
    expect(trust.revocation('shc', [other])).toBe('unknown');
    expect(trust.revocation('entry-pass', [other])).toBe('ok');
    expect(trust.grid).toEqual({ timeZone: 'Asia/Seoul' });
    expect(compileTrust({ ...bundle, pack: null }).grid).toBeNull();
  });

  it('always finds a day key: the day, the spare of its week, else the newest spare', () => {
    expect(dayKeyFor(bundle, '2022-01-06')?.keyId).toBe(1);
    expect(dayKeyFor(bundle, '2022-01-09')?.keyId).toBe(2);
    expect(dayKeyFor(bundle, '2022-01-10')?.keyId).toBe(3);
    expect(dayKeyFor(bundle, '2022-05-10')?.keyId).toBe(3);
    expect(dayKeyFor({ ...bundle, dayKeys: [] }, '2022-01-06')).toBeNull();
  });

  it('finds register keys by their id only', () => {
    const keyOf = registerKeyOf(bundle);
    expect(keyOf(signerKid(pub(register)))?.length).toBe(91);
    expect(keyOf(signerKid(pub(issuer)))).toBeUndefined();
  });
});

describe('the self-test before a bundle is taken into use', () => {
  const states = (signature: StepState) =>
    Object.fromEntries(
      STEPS.map((s): [Step, StepState] => [s, s === 'signature' ? signature : 'ok']),
    ) as Record<Step, StepState>;
  const answer =
    (keyId: string, signature: StepState) =>
    async (scan: string): Promise<Inspected> => ({
      format: 'entry-pass',
      scan,
      steps: states(signature),
      reason: null,
      keyId,
      algorithm: 'ES256',
      issuer: null,
      notBefore: null,
      notAfter: null,
      claim: null,
      payload: null,
    });

  it('passes where every canary verifies and fails on a wrong signature, another key or no key in use', async () => {
    const trust = compileTrust(bundle);
    await expect(selfTest(bundle, trust, crypto, answer('01', 'ok'))).resolves.toBeUndefined();
    await expect(selfTest(bundle, trust, crypto, answer('01', 'failed'))).rejects.toMatchObject({
      code: 'trust.self-test',
    });
    await expect(selfTest(bundle, trust, crypto, answer('02', 'ok'))).rejects.toMatchObject({
      code: 'trust.self-test',
    });
    const dead = { ...bundle, issuers: bundle.issuers.map((i) => ({ ...i, withdrawn: true })) };
    await expect(selfTest(dead, compileTrust(dead), crypto, answer('01', 'ok'))).rejects.toMatchObject({
      code: 'trust.self-test',
    });
  });
});

describe('documents', () => {
  it('of one kind are never taken for another, though one key signs them', async () => {
    const clock = await signClock({ version: 1, sequence: 1, storyMs: 1, realMs: 1, rate: 1 }, delegate!);
    await expect(openNow(clock, root, crypto)).rejects.toMatchObject({ code: 'trust.signature' });
    expect(
      equalBytes(
        clock,
        await signClock({ version: 1, sequence: 1, storyMs: 1, realMs: 1, rate: 1 }, delegate!),
      ),
    ).toBe(false);
  });
});
