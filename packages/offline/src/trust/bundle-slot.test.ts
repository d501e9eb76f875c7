import { describe, expect, it } from 'vitest';
import { DAY, running } from '../../test/trust-world.ts';
import type { BundleStoreParts } from '../index.ts';

describe('a newer bundle', () => {
  /** Half of a quarter of an hour, and half of a minute. */
  const [SLOT, URGENT] = [450, 30];
  const spread = (more: Partial<BundleStoreParts> = {}) => running({ random: () => 0.5, ...more });

  it("is fetched at this device's slot, while what is said now counts at once and the rules grow no older", async () => {
    const { store, publish, time, fetched } = await spread();
    time.at += 5 * DAY;
    await publish(
      {},
      { issuedAt: time.at, bundle: { rootVersion: 1, sequence: 1, digest: store.current!.digest } },
    );
    await store.refresh();
    fetched.length = 0;
    await publish({ sequence: 2, issuedAt: time.at }, { issuedAt: time.at, notice: 'app-down' });
    expect(await store.refresh()).toEqual({ reached: true, changed: true, problem: null });
    expect(store.current).toMatchObject({ now: { notice: 'app-down' }, bundle: { sequence: 1 } });
    expect(store.ageSeconds()).toBe(0);
    time.at += SLOT - 1;
    await store.refresh();
    expect(fetched).toEqual(['now', 'now']);
    expect(store.ageSeconds()).toBe(SLOT - 1);
    time.at += 2;
    await store.refresh();
    expect(store.current?.bundle.sequence).toBe(2);
  });

  it('keeps its slot through a restart, and the age of the rules with it', async () => {
    const { store, publish, time, open } = await spread();
    await publish({ sequence: 2 });
    await store.refresh();
    time.at += 100;
    const later = open();
    await later.load();
    expect(later.current).toMatchObject({ bundle: { sequence: 1 }, now: { bundle: { sequence: 2 } } });
    expect(later.ageSeconds()).toBe(100);
    await later.refresh();
    expect(later.current?.bundle.sequence).toBe(1);
    time.at += SLOT - 99;
    await later.refresh();
    expect(later.current?.bundle.sequence).toBe(2);
  });

  it.each([
    ['withdraws a key', { parameters: { urgent: 1 } }, {}],
    ['is needed to understand what counts now', { notice: 'new' }, { understands: () => false }],
  ] as const)('that %s is fetched within the minute', async (_, now, more) => {
    const { store, publish, time } = await spread(more);
    await publish({ sequence: 2 }, now);
    await store.refresh();
    expect(store.current?.bundle.sequence).toBe(1);
    time.at += URGENT + 1;
    await store.refresh();
    expect(store.current?.bundle.sequence).toBe(2);
  });

  it('that no mirror has holds up nothing that is said now, and is not asked for with every look', async () => {
    const { store, publish, time, mirror, fetched } = await spread();
    const old = mirror.get('bundle')!;
    await publish({ sequence: 2 });
    const wanted = mirror.get('bundle')!;
    mirror.set('bundle', old);
    await store.refresh();
    time.at += SLOT + 1;
    await store.refresh();
    await store.refresh();
    expect(fetched.filter((name) => name === 'bundle')).toHaveLength(2);
    expect(store.current).toMatchObject({ bundle: { sequence: 1 }, now: { bundle: { sequence: 2 } } });
    mirror.set('bundle', wanted);
    time.at += URGENT + 1;
    await store.refresh();
    expect(store.current?.bundle.sequence).toBe(2);
  });

  it('of an exercise is fetched at once: somebody is watching', async () => {
    const { store, publish, time } = await spread();
    await publish({ sequence: 2, pack: { timeZone: 'Asia/Seoul', exercise: true } });
    await store.refresh();
    time.at += SLOT + 1;
    await store.refresh();
    await publish({ sequence: 3, pack: { timeZone: 'Asia/Seoul', exercise: true } });
    await store.refresh();
    expect(store.current?.bundle.sequence).toBe(3);
  });
});
