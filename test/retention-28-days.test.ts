import { join } from 'node:path';
import { addDays } from '@munjigi/core/rules';
import { openKeyFolder } from '@munjigi/service/crypto';
import { retentionReport } from '@munjigi/service/retention';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempFolder, testEngines } from './support/databases.ts';
import { DESKS, RetentionWorld } from './support/retention-world.ts';

const DAY_1 = '2022-01-06';
const dayOf = (n: number): string => addDays(DAY_1, n - 1);

describe.each(testEngines())('forty days of retention on $name', (engine) => {
  beforeAll(() => engine.start());
  afterAll(() => engine.stop());

  it('a backup of day 1 opens on day 1, not a box of it on day 30, and nothing at all once its passes have ended too', async (context) => {
    const missing = engine.missing();
    if (missing !== null) return context.skip(missing);
    const world = await RetentionWorld.open(engine);

    expect(await world.live(3)).toEqual(['stored', 'stored', 'stored']);
    await world.endDays();
    await world.stop();
    await world.backUp();
    const stolen = join(tempFolder('stolen'), 'keys');
    world.stealKeys(stolen);

    // On day 1 the attempt succeeds: everything there is opens with what the stores hold.
    const first = await world.report(dayOf(60));
    const seen = (report: typeof first) => ({
      boxes: report.looked.reduce((sum, { boxes }) => sum + boxes.older, 0),
      opened: report.looked.reduce((sum, { boxes }) => sum + boxes.opened, 0),
      mappings: report.looked.reduce((sum, { mappings }) => sum + mappings.older, 0),
      mappingsOpened: report.looked.reduce((sum, { mappings }) => sum + mappings.opened, 0),
    });
    expect(seen(first)).toEqual({ boxes: 3, opened: 3, mappings: 1, mappingsOpened: 1 });
    expect(first.clean).toBe(false);

    await world.start();
    for (let n = 2; n <= 30; n++) {
      world.nextDay();
      expect(await world.live(2)).toEqual(['stored', 'stored']);
      const { through, desks } = await world.endDays();
      expect(through).toBe(addDays(world.today, -28));
      if (n <= 28) continue;
      for (const { body, destroyed } of desks) expect([body, destroyed.length > 0]).toEqual([body, true]);
    }
    await world.stop();
    expect(world.today).toBe(dayOf(30));

    const oldestKept = dayOf(3);
    const live = await world.report(oldestKept);
    expect(live).toMatchObject({ clean: true, openable: 0, date: oldestKept, couldNotLook: [] });
    for (const { older, endedThrough } of live.stores) {
      expect(older).toEqual([]);
      expect(endedThrough).toBe(dayOf(2));
    }
    // The attempt itself still works: what is not older does open.
    const register = live.looked.find(({ place }) => place === 'register')!.boxes;
    expect(register.newer.tried).toBeGreaterThan(0);
    expect(register.newer.opened).toBe(register.newer.tried);

    // Day 40: the passes of day 1 have ended for 28 days as well.
    await world.start();
    for (let n = 31; n <= 40; n++) {
      world.nextDay();
      await world.live(1);
      await world.endDays();
    }
    await world.stop();
    await world.restore();
    const thirty = await world.report(oldestKept);
    expect(seen(thirty)).toMatchObject({ boxes: 3, opened: 0 });
    expect(thirty).toMatchObject({ clean: true, openable: 0 });
    // Asked as if all of it were old, which its mapping is by now.
    const all = await world.report(dayOf(13));
    expect(seen(all)).toEqual({ boxes: 3, opened: 0, mappings: 1, mappingsOpened: 0 });
    expect(all).toMatchObject({ clean: true, openable: 0 });

    // Only stores that had been copied would open it, which is why nothing copies them.
    const stores = new Map();
    for (const desk of DESKS) stores.set(desk, await openKeyFolder(join(stolen, desk)));
    await world.start();
    await world.stop();
    const places = await world.places();
    const withCopy = await retentionReport({ date: dayOf(13), policy: world.policy, stores, places });
    for (const { db } of places) await db.close();
    expect(seen(withCopy)).toEqual({ boxes: 3, opened: 3, mappings: 1, mappingsOpened: 1 });

    // A database that was put back brings no day to life again: none of the ended days is in the bundle.
    await world.start();
    const bundle = await world.bundle();
    expect(bundle.dayKeys.filter(({ spare }) => !spare)[0]!.day).toBe(addDays(world.today, -27));
    await world.done();
  }, 900_000);
});
