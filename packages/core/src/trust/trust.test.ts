import { describe, expect, it } from 'vitest';
import { crypto } from '../../test/test-keys.ts';
import {
  AT,
  bundle,
  DAY,
  delegate,
  fill,
  issuer,
  k1,
  k2,
  k3,
  k4,
  k5,
  now,
  pub,
  root,
} from '../../test/trust-fixtures.ts';
import { decodeDeterministic, encodeDeterministic, equalBytes, sha256 } from '../encoding/index.ts';
import {
  compareNow,
  openBundle,
  openClock,
  openNow,
  openRoot,
  type Root,
  rootDigest,
  storyAt,
} from './index.ts';
import { signBundle, signClock, signNow, signRoot } from './publish.ts';

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
