import { sha256 } from '@munjigi/core/encoding';
import { issuePaperPass } from '@munjigi/core/entry-pass/issue';
import { MunjigiError } from '@munjigi/core/errors';
import { inspect } from '@munjigi/core/gate';
import type { Bundle, Now, Root, StoryClock } from '@munjigi/core/trust';
import { signBundle, signClock, signNow, signRoot } from '@munjigi/core/trust/publish';
import { beforeAll, describe, expect, it } from 'vitest';
import { crypto, testKey } from '../../../core/test/test-keys.ts';
import { BundleStore, type DocumentName, type KeptTrust } from '../index.ts';

const AT = Date.parse('2022-01-06T13:58:00+09:00') / 1000;
const DAY = 86_400;
const [r1, r2, r3, r4, delegate, issuer, stranger] = [
  '1',
  '2',
  '3',
  '4',
  'delegate',
  'issuer',
  'stranger',
].map((n) => testKey(`mj1 test ${n}`));
const kid = Uint8Array.of(1);
const root: Root = {
  version: 1,
  threshold: 2,
  keys: [r1!.publicKey, r2!.publicKey],
  delegates: [{ publicKey: delegate!.publicKey, from: AT - DAY, until: AT + 80 * DAY }],
  issuedAt: AT - DAY,
};
let base: Bundle;
beforeAll(async () => {
  const canary = await issuePaperPass(
    {
      handle: new Uint8Array(16),
      expiresAt: AT - (AT % DAY) + DAY * 5 - 9 * 3600,
      admissionClass: 0,
      hint: 33,
    },
    issuer!,
    kid,
  );
  base = {
    version: 1,
    rootVersion: 1,
    sequence: 1,
    issuedAt: AT - 60,
    expiresAt: AT + 14 * DAY,
    issuers: [
      {
        kid,
        issuer: 'test',
        publicKey: issuer!.publicKey,
        usage: 'pass',
        from: AT - DAY,
        until: AT + 90 * DAY,
        withdrawn: false,
        canary,
      },
    ],
    foreign: [],
    withdrawn: {},
    dayKeys: [],
    registerKeys: [],
    endpoints: { register: [], mirrors: ['/second'] },
    pack: { timeZone: 'Asia/Seoul' },
    logHead: null,
  };
});

/** A mirror, a device that keeps what it trusts, and the store between them. */
function world() {
  const mirror = new Map<DocumentName, Uint8Array>();
  const fetched: DocumentName[] = [];
  const disk: { kept: KeptTrust | null; saves: number } = { kept: null, saves: 0 };
  const time = { at: AT };
  let sequence = 0;
  const open = () =>
    new BundleStore({
      keep: {
        load: async () => disk.kept,
        save: async (kept) => {
          disk.kept = kept;
          disk.saves += 1;
        },
      },
      source: {
        fetch: async (name) => {
          fetched.push(name);
          return mirror.get(name) ?? null;
        },
      },
      crypto,
      inspect,
      tryOut: ({ pack }) => {
        if ((pack as { broken?: boolean }).broken)
          throw new MunjigiError('policy.structure', 'The pack is broken.');
      },
      at: () => time.at,
      mirrors: ['/mirror'],
    });
  const publish = async (change: Partial<Bundle> = {}, now: Partial<Now> = {}, signer = delegate!) => {
    const bundle = { ...base, ...change };
    const bytes = await signBundle(bundle, signer);
    const document: Now = {
      version: 1,
      sequence: ++sequence,
      issuedAt: AT,
      validFrom: AT,
      validUntil: AT + DAY,
      notice: null,
      parameters: {},
      status: 'confirmed',
      obligation: 'usual',
      bundle: { rootVersion: bundle.rootVersion, sequence: bundle.sequence, digest: sha256(bytes) },
      logHead: null,
      ...now,
    };
    mirror.set('bundle', bytes);
    mirror.set('now', await signNow(document, delegate!));
  };
  return { mirror, fetched, disk, time, open, publish };
}

async function running() {
  const w = world();
  w.mirror.set('root', await signRoot(root, [r1!, r2!]));
  await w.publish();
  const store = w.open();
  expect(await store.refresh()).toEqual({ reached: true, changed: true, problem: null });
  return { ...w, store };
}

describe('the rules that a device keeps', () => {
  it('are fetched, verified, tried, kept and read back without a network', async () => {
    const { store, open, disk } = await running();
    expect(store.current?.bundle.sequence).toBe(1);
    expect(disk.saves).toBe(1);
    const later = open();
    expect(await later.load()).toBe(true);
    expect(later.current?.digest).toEqual(store.current?.digest);
    expect(later.current?.trust.keys('entry-pass', '01')).toHaveLength(1);
  });

  it('cost one small document while nothing changes', async () => {
    const { store, fetched } = await running();
    fetched.length = 0;
    expect(await store.refresh()).toEqual({ reached: true, changed: false, problem: null });
    expect(fetched).toEqual(['now']);
  });

  it('stay when no mirror answers, and grow older', async () => {
    const { store, mirror, time } = await running();
    mirror.clear();
    expect(store.ageSeconds()).toBe(0);
    time.at += 26 * 3600;
    expect(await store.refresh()).toEqual({ reached: false, changed: false, problem: null });
    expect(store.current?.bundle.sequence).toBe(1);
    expect(store.ageSeconds()).toBe(26 * 3600);
  });

  it('are as young as the last signed word that they are the newest', async () => {
    const { store, publish, time } = await running();
    time.at += 10 * 3600;
    await publish(
      {},
      { issuedAt: time.at - 30, bundle: { rootVersion: 1, sequence: 1, digest: store.current!.digest } },
    );
    await store.refresh();
    expect(store.ageSeconds()).toBe(30);
  });

  it('are swapped as a whole for newer ones', async () => {
    const { store, publish } = await running();
    await publish({ sequence: 2 });
    expect((await store.refresh()).changed).toBe(true);
    expect(store.current?.bundle.sequence).toBe(2);
    expect(store.current?.now?.bundle.sequence).toBe(2);
  });

  it.each([
    ['older', { sequence: 1 }, 'trust.rollback', 3],
    ['leaping', { sequence: 20_000 }, 'trust.fast-forward', 1],
    ['run out', { sequence: 2, expiresAt: AT - 1 }, 'trust.expired', 1],
    ['without issuers', { sequence: 2, issuers: [] }, 'trust.structure', 1],
    ['of another root', { sequence: 2, rootVersion: 2 }, 'trust.root', 1],
  ] as const)('are never replaced by %s ones', async (_, change, problem, first) => {
    const w = world();
    w.mirror.set('root', await signRoot(root, [r1!, r2!]));
    await w.publish({ sequence: first });
    const store = w.open();
    await store.refresh();
    const before = store.current;
    await w.publish(change);
    expect((await store.refresh()).problem).toBe(problem);
    expect(store.current).toBe(before);
    expect(w.disk.saves).toBe(1);
  });

  it('are never replaced by unsigned, altered or foreign ones', async () => {
    const { store, publish, mirror } = await running();
    await publish({ sequence: 2 }, {}, stranger!);
    expect((await store.refresh()).problem).toBe('trust.signature');
    await publish({ sequence: 3 });
    mirror.set(
      'bundle',
      mirror.get('bundle')!.map((byte, i, all) => (i === all.length - 1 ? byte ^ 1 : byte)),
    );
    expect((await store.refresh()).problem).toBe('trust.signature');
    expect(store.current?.bundle.sequence).toBe(1);
  });

  it('are never replaced by ones that fail their own canary', async () => {
    const { store, publish } = await running();
    const broken = base.issuers.map((one) => ({ ...one, publicKey: stranger!.publicKey }));
    await publish({ sequence: 2, issuers: broken });
    expect((await store.refresh()).problem).toBe('trust.self-test');
    expect(store.current?.bundle.sequence).toBe(1);
  });

  it('are never replaced by ones whose pack this device cannot use', async () => {
    const { store, publish } = await running();
    await publish({ sequence: 2, pack: { timeZone: 'Asia/Seoul', broken: true } });
    expect((await store.refresh()).problem).toBe('policy.structure');
    expect(store.current?.bundle.sequence).toBe(1);
  });

  it('follow a root that the old one signed too, and no other', async () => {
    const { store, publish, mirror } = await running();
    const next: Root = { ...root, version: 2, keys: [r3!.publicKey, r4!.publicKey] };
    mirror.set('root', await signRoot(next, [r3!, r4!]));
    await publish({ rootVersion: 2, sequence: 1 });
    expect((await store.refresh()).problem).toBe('trust.root');
    expect(store.current?.root.version).toBe(1);
    mirror.set('root', await signRoot(next, [r1!, r2!, r3!, r4!]));
    expect((await store.refresh()).problem).toBeNull();
    expect(store.current?.root.version).toBe(2);
  });

  it('are refused whole when what the device kept was altered', async () => {
    const { disk, open } = await running();
    disk.kept = { ...disk.kept!, bundle: disk.kept!.bundle.map((byte, i) => (i === 200 ? byte ^ 1 : byte)) };
    const later = open();
    expect(await later.load()).toBe(false);
    expect(later.current).toBeNull();
  });
});

describe('the played clock', () => {
  const clock = (sequence: number): StoryClock => ({
    version: 1,
    sequence,
    storyMs: AT * 1000,
    realMs: Date.now(),
    rate: 1,
  });

  it('is followed only where the pack is an exercise, and never backwards in number', async () => {
    const { store, publish, mirror } = await running();
    mirror.set('clock', await signClock(clock(5), delegate!));
    await store.refresh();
    expect(store.current?.clock).toBeNull();
    await publish({ sequence: 2, pack: { timeZone: 'Asia/Seoul', exercise: true } });
    await store.refresh();
    expect(store.current?.clock?.sequence).toBe(5);
    mirror.set('clock', await signClock(clock(4), delegate!));
    await store.refresh();
    expect(store.current?.clock?.sequence).toBe(5);
    mirror.set('clock', await signClock(clock(6), stranger!));
    expect((await store.refresh()).problem).toBe('trust.signature');
    expect(store.current?.clock?.sequence).toBe(5);
    mirror.delete('clock');
    await publish({ sequence: 3 });
    await store.refresh();
    expect(store.current?.clock).toBeNull();
  });
});
