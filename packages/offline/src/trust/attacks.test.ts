import { sha256 } from '@munjigi/core/encoding';
import { issuePaperPass } from '@munjigi/core/entry-pass/issue';
import { inspect } from '@munjigi/core/gate';
import type { Signer } from '@munjigi/core/signing';
import { type Bundle, MAX_JUMP, type Root } from '@munjigi/core/trust';
import { joinSignatures, signBundle, signByShare, signNow, signRoot } from '@munjigi/core/trust/publish';
import { beforeAll, describe, expect, it } from 'vitest';
import { crypto, testKey } from '../../../core/test/test-keys.ts';
import { BundleStore, type DocumentName, type KeptTrust } from '../index.ts';

/** TUF's attacks on updates, one each, tried on a device: what is in use stays in use, and it says why. */

const AT = Date.parse('2022-01-06T13:58:00+09:00') / 1000;
const DAY = 86_400;
const key = (name: string): Signer => testKey(`mj1 attack ${name}`);
const [a, b, c, d, e, f] = ['a', 'b', 'c', 'd', 'e', 'f'].map(key) as [
  Signer,
  Signer,
  Signer,
  Signer,
  Signer,
  Signer,
];
const [delegate, spare, thief, issuer] = ['delegate', 'spare', 'thief', 'issuer'].map(key) as [
  Signer,
  Signer,
  Signer,
  Signer,
];
const serving = (...signers: readonly Signer[]): Root['delegates'] =>
  signers.map(({ publicKey }) => ({ publicKey, from: AT - DAY, until: AT + 80 * DAY }));
const rootOf = (version: number, shares: readonly Signer[], delegates = serving(delegate, spare)): Root => ({
  version,
  threshold: 2,
  keys: shares.map(({ publicKey }) => publicKey),
  delegates,
  issuedAt: AT - DAY + version,
});
const first = rootOf(1, [a, b, c]);

let base: Bundle;
beforeAll(async () => {
  const kid = Uint8Array.of(1);
  const terms = {
    handle: new Uint8Array(16),
    expiresAt: AT - (AT % DAY) + DAY * 5 - 9 * 3600,
    admissionClass: 0,
    hint: 33,
  };
  base = {
    version: 1,
    rootVersion: 1,
    sequence: 5,
    issuedAt: AT - 60,
    expiresAt: AT + 7 * DAY,
    issuers: [
      {
        kid,
        issuer: 'test',
        publicKey: issuer.publicKey,
        usage: 'pass',
        from: AT - DAY,
        until: AT + 90 * DAY,
        withdrawn: false,
        canary: await issuePaperPass(terms, issuer, kid),
      },
    ],
    foreign: [],
    withdrawn: {},
    dayKeys: [],
    registerKeys: [],
    endpoints: { register: [], mirrors: [] },
    pack: { timeZone: 'Asia/Seoul' },
    logHead: null,
  };
});

/** A device in use under the first root and bundle number 5, and whoever serves its mirror. */
async function device() {
  const mirror = new Map<DocumentName, Uint8Array>();
  const disk: { kept: KeptTrust | null } = { kept: null };
  const time = { at: AT };
  let numbers = 10;
  const store = new BundleStore({
    keep: {
      load: async () => disk.kept,
      save: async (kept) => {
        disk.kept = kept;
      },
    },
    source: { fetch: async (name) => mirror.get(name) ?? null },
    crypto,
    inspect,
    at: () => time.at,
    mirrors: ['/mirror'],
  });
  /** Puts a bundle with its `now` on the mirror, signed by whoever says to be a delegate. */
  const serve = async (change: Partial<Bundle> = {}, by: Signer = delegate, number = ++numbers) => {
    const bundle = { ...base, ...change };
    const bytes = await signBundle(bundle, by);
    const now = await signNow(
      {
        version: 1,
        sequence: number,
        issuedAt: bundle.issuedAt,
        validFrom: AT,
        validUntil: AT + DAY,
        notice: null,
        parameters: {},
        status: 'confirmed',
        obligation: 'usual',
        bundle: { rootVersion: bundle.rootVersion, sequence: bundle.sequence, digest: sha256(bytes) },
        logHead: null,
      },
      by,
    );
    mirror.set('bundle', bytes);
    mirror.set('now', now);
  };
  mirror.set('root', await signRoot(first, [a, b]));
  await serve();
  expect(await store.refresh()).toMatchObject({ changed: true, problem: null });
  const refused = async (problem: string) => {
    const before = store.current;
    expect(await store.refresh()).toEqual({ reached: true, changed: false, problem });
    expect(store.current).toBe(before);
  };
  return { store, mirror, serve, refused, time };
}

describe('a device whose mirror is not honest', () => {
  it('rollback: goes back to no older bundle and no older word', async () => {
    const { serve, refused } = await device();
    await serve({ sequence: 4 });
    await refused('trust.rollback');
    await serve({ sequence: 6 }, delegate, 3);
    await refused('trust.rollback');
  });

  it('freeze: notices by its pessimistic clock that it is shown the same for ever', async () => {
    const { store, mirror, serve, time, refused } = await device();
    const frozen = new Map(mirror);
    for (let day = 1; day <= 8; day++) {
      time.at = AT + day * DAY;
      for (const [name, bytes] of frozen) mirror.set(name, bytes);
      expect(await store.refresh()).toMatchObject({ reached: true, changed: false });
      expect(store.ageSeconds(), `after ${day} days`).toBeGreaterThanOrEqual(day * DAY);
    }
    await serve({ sequence: 6, expiresAt: AT + 7 * DAY });
    await refused('trust.expired');
  });

  it('fast-forward: takes no number and no date that would lock out the honest ones', async () => {
    const { serve, refused } = await device();
    await serve({ sequence: 5 + MAX_JUMP + 1 });
    await refused('trust.fast-forward');
    await serve({ sequence: 6, issuedAt: AT + 2 * DAY, expiresAt: AT + 9 * DAY });
    await refused('trust.fast-forward');
  });

  it('halving: loses no more than half of its issuers without a new root', async () => {
    const { store, serve, refused, mirror } = await device();
    const many = [1, 2, 3, 4, 5].map((n) => ({
      ...base.issuers[0]!,
      kid: Uint8Array.of(n),
      issuer: `issuer ${n}`,
    }));
    const canaries = await Promise.all(
      many.map(({ kid }) =>
        issuePaperPass(
          {
            handle: new Uint8Array(16),
            expiresAt: AT - (AT % DAY) + DAY * 5 - 9 * 3600,
            admissionClass: 0,
            hint: 33,
          },
          issuer,
          kid,
        ),
      ),
    );
    const issuers = many.map((one, i) => ({ ...one, canary: canaries[i]! }));
    await serve({ sequence: 6, issuers });
    expect(await store.refresh()).toMatchObject({ changed: true });
    await serve({ sequence: 7, issuers: issuers.slice(0, 2) });
    await refused('trust.shrunk');
    const next = rootOf(2, [a, b, c]);
    mirror.set('root', await signRoot(next, [a, c]));
    await serve({ rootVersion: 2, sequence: 8, issuers: issuers.slice(0, 2) });
    expect(await store.refresh(), 'a new root may').toMatchObject({ changed: true, problem: null });
  });

  it('equivocation: takes no second face of a number that it has', async () => {
    const { serve, refused } = await device();
    await serve({ pack: { timeZone: 'Asia/Tokyo' } });
    await refused('trust.equivocation');
    const other = await device();
    await other.serve({}, spare, 11);
    await other.refused('trust.equivocation');
  });
});

describe('shares and delegates that were lost or stolen', () => {
  it('a lost share: the two others make a root without it', async () => {
    const { store, mirror, serve } = await device();
    const next = rootOf(2, [a, b, d]);
    mirror.set(
      'root',
      joinSignatures([await signByShare(next, first, a), await signByShare(next, first, b)]),
    );
    await serve({ rootVersion: 2, sequence: 6 });
    expect(await store.refresh()).toMatchObject({ changed: true, problem: null });
    expect(store.current?.root).toEqual(next);
  });

  it('a stolen delegate: counts until a new root ends it, and never after', async () => {
    const { store, mirror, serve, refused } = await device();
    await serve({ sequence: 6 }, spare);
    expect(await store.refresh(), 'that is what stealing it means').toMatchObject({ changed: true });
    const next = rootOf(2, [a, b, c], serving(delegate));
    mirror.set('root', await signRoot(next, [a, b]));
    await serve({ rootVersion: 2, sequence: 7 });
    expect(await store.refresh()).toMatchObject({ changed: true, problem: null });
    await serve({ rootVersion: 2, sequence: 8 }, spare);
    await refused('trust.signature');
    await serve({ rootVersion: 1, sequence: 9 }, spare);
    await refused('trust.signature');
  });

  it('a stolen share alone: makes no root, however often it signs', async () => {
    const { mirror, serve, refused } = await device();
    const wanted = rootOf(2, [thief, a, key('nobody')], serving(thief));
    mirror.set('root', await signRoot(wanted, [a, a, thief]));
    await serve({ rootVersion: 2, sequence: 6 }, thief);
    await refused('trust.root');
  });

  it.each([
    ['the old threshold only', [a, b]],
    ['the new threshold only', [d, e]],
  ])('a root signed by %s is refused', async (_, signers) => {
    const { mirror, serve, refused } = await device();
    mirror.set('root', await signRoot(rootOf(2, [d, e, f]), signers));
    await serve({ rootVersion: 2, sequence: 6 });
    await refused('trust.root');
  });

  it('versions that were slept through: are walked one after the other, and a gap in the chain stops it', async () => {
    const second = rootOf(2, [b, c, d]);
    const third = rootOf(3, [d, e, f]);
    const chain = async () => {
      const world = await device();
      world.mirror.set('root-2', await signRoot(second, [b, c, d]));
      world.mirror.set('root-3', await signRoot(third, [c, d, e]));
      world.mirror.set('root', world.mirror.get('root-3')!);
      await world.serve({ rootVersion: 3, sequence: 6 });
      return world;
    };
    const { store } = await chain();
    expect(await store.refresh()).toMatchObject({ changed: true, problem: null });
    expect(store.current?.root).toEqual(third);

    const gap = await chain();
    gap.mirror.delete('root-2');
    await gap.refused('trust.root');
    const forged = await chain();
    forged.mirror.set('root-2', await signRoot(second, [c, d]));
    await forged.refused('trust.root');
    const skipped = await chain();
    skipped.mirror.set('root-2', skipped.mirror.get('root-3')!);
    await skipped.refused('trust.root');
  });
});
