import { describe, expect, it } from 'vitest';
import { runSeed } from './run.ts';
import { CAUGHT_WITHIN, PLANTS, type Plant } from './world/plants.ts';

describe('a world in which everything breaks', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('keeps what was promised: seed %i', async (seed) => {
    const { failures, saved, visits } = await runSeed({ seed });
    expect(failures).toEqual([]);
    expect(visits).toBeGreaterThan(0);
    expect(saved).toBeLessThanOrEqual(visits);
  });

  it('is the same world again from the same seed, and another from another', async () => {
    const [first, second, other] = [
      await runSeed({ seed: 11 }),
      await runSeed({ seed: 11 }),
      await runSeed({ seed: 12 }),
    ];
    expect(second).toEqual(first);
    expect(other.trace).not.toBe(first.trace);
  });

  it('keeps the same promises under real signatures and sealed boxes', async () => {
    const { failures, saved } = await runSeed({
      seed: 17,
      change: (plan) => ({ ...plan, crypto: 'real', venues: [2], guests: 20 }),
    });
    expect(failures).toEqual([]);
    expect(saved).toBeGreaterThan(0);
  });
});

describe('a fault that was put in on purpose', () => {
  it.each(Object.keys(PLANTS) as Plant[])('is found: %s', async (plant) => {
    for (let seed = 1; seed <= CAUGHT_WITHIN[plant]; seed++) {
      const { failures } = await runSeed({ seed, plant });
      if (failures.length > 0) return;
    }
    expect.fail(`not one of ${CAUGHT_WITHIN[plant]} seeds found it`);
  });
});
