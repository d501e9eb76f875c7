import { describe, expect, it } from 'vitest';
import { crypto } from '../../test/test-keys.ts';
import { AT, bundle, DAY, fill, issuer, pub, register } from '../../test/trust-fixtures.ts';
import { toHex } from '../encoding/index.ts';
import { type Inspected, STEPS, type Step, type StepState } from '../gate/types.ts';
import {
  type Bundle,
  compareBundles,
  compileTrust,
  dayKeyFor,
  registerKeyOf,
  selfTest,
  signerKid,
} from './index.ts';

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
