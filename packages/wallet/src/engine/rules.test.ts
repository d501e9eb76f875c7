import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Holder } from '../holder.ts';
import { openRules } from './rules.ts';

const DAY_MS = 86_400_000;

describe('a wallet that asks what counts now', () => {
  let asked = 0;
  let isShown = false;
  const page = new EventTarget();

  beforeEach(() => {
    vi.useFakeTimers();
    asked = 0;
    vi.stubGlobal('document', page);
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const watch = async () => {
    const rules = {
      current: null,
      load: async () => false,
      refresh: async () => {
        asked += 1;
        return { reached: true, changed: false, problem: null };
      },
    };
    const { watch } = await openRules({ rules, clock: {} } as unknown as Holder);
    return watch(() => isShown);
  };

  it('asks nobody in the background: not by the hour, not at midnight, not when the network is back', async () => {
    isShown = false;
    const stop = await watch();
    await vi.advanceTimersByTimeAsync(DAY_MS);
    page.dispatchEvent(new Event('online'));
    page.dispatchEvent(new Event('visibilitychange'));
    await vi.advanceTimersByTimeAsync(DAY_MS);
    expect(asked).toBe(0);
    stop();
  });

  it('asks once a minute while it is seen, at once when it is opened, and a moment of its own after the network is back', async () => {
    isShown = true;
    const stop = await watch();
    await vi.advanceTimersByTimeAsync(10);
    expect(asked).toBe(1);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked).toBe(11);
    page.dispatchEvent(new Event('visibilitychange'));
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toBe(12);
    vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
      (array as Uint32Array)[0] = 2 ** 31;
      return array;
    });
    page.dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(9_900);
    expect(asked).toBe(12);
    await vi.advanceTimersByTimeAsync(200);
    expect(asked).toBe(13);
    stop();
  });
});
