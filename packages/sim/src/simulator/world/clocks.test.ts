import { describe, expect, it } from 'vitest';
import { Kernel } from '../kernel/kernel.ts';
import { installPlatform } from '../kernel/platform.ts';
import { Process } from '../kernel/process.ts';
import { Random } from '../kernel/random.ts';
import { Trace } from '../kernel/trace.ts';
import { type Crystals, drawCrystals, OwnClocks } from './clocks.ts';

const START_MS = Date.UTC(2022, 0, 9);

function device(crystals: Crystals) {
  const kernel = new Kernel(START_MS, new Random('test'), new Trace(null));
  const clocks = new OwnClocks(kernel, crystals);
  return { kernel, clocks };
}

describe('the clocks of a device', () => {
  it('run at their own rates for everything that a page asks: Date, performance, timers and time limits', async () => {
    const { kernel, clocks } = device({ wallPpm: -10_000, monotonicPpm: 20_000, aheadMs: 5_000 });
    const page = new Process('page', clocks.ofProcess(), new Random('page'));
    const undo = installPlatform(kernel, { subtle: null, getRandomValues: (into) => into });
    const seen: Record<string, number> = {};
    try {
      kernel.after(page, 0, () => {
        setTimeout(() => {
          Object.assign(seen, { timer: kernel.nowMs, wall: Date.now(), monotonic: performance.now() });
        }, 102_000);
        AbortSignal.timeout(51_000).addEventListener('abort', () => {
          seen.limit = kernel.nowMs;
        });
      });
      await kernel.run(START_MS + 200_000);
    } finally {
      undo();
    }
    expect(seen.timer).toBeCloseTo(START_MS + 100_000, 3);
    expect(seen.limit).toBeCloseTo(START_MS + 50_000, 3);
    expect(seen.monotonic).toBeCloseTo(102_000, 3);
    expect(seen.wall).toBe(START_MS + 100_000 - 1_000 + 5_000);
  });

  it('go on drifting while the device is off: only the monotonic one begins anew', async () => {
    const { kernel, clocks } = device({ wallPpm: 500, monotonicPpm: 500, aheadMs: 0 });
    await kernel.run(START_MS + 1_000_000);
    clocks.boot();
    const { wallMs, monotonicMs } = clocks.ofProcess();
    expect(wallMs()).toBeCloseTo(START_MS + 1_000_500, 3);
    expect(monotonicMs()).toBe(0);
    clocks.jump(-60_000);
    expect(clocks.aheadMs).toBeCloseTo(500 - 60_000, 3);
  });

  it('are drawn from the seed: two of three as the protocol counts on, few broken, none beyond two in a hundred', () => {
    const random = new Random('many');
    const all = Array.from({ length: 2_000 }, (_, i) => drawCrystals(random.fork(`${i}`), 'drifting'));
    const share = (above: number) =>
      all.filter(({ wallPpm }) => Math.abs(wallPpm) > above).length / all.length;
    expect(share(50)).toBeGreaterThan(0.25);
    expect(share(50)).toBeLessThan(0.45);
    expect(share(500)).toBeLessThan(0.12);
    expect(share(20_000)).toBe(0);
    expect(all.some(({ wallPpm, monotonicPpm }) => wallPpm !== monotonicPpm)).toBe(true);
    expect(drawCrystals(random.fork('7'), 'drifting')).toEqual(all[7]);
  });
});
