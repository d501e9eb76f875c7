import type { Root, StoryClock } from '@munjigi/core/trust';
import { signClock, signRoot } from '@munjigi/core/trust/publish';
import { describe, expect, it } from 'vitest';
import {
  AT,
  base,
  delegate,
  r1,
  r2,
  r3,
  r4,
  root,
  running,
  stranger,
  world,
} from '../../test/trust-world.ts';

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
