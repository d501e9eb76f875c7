import { describe, expect, it } from 'vitest';
import { PATIENCE_MS } from './look.ts';
import { changed, oneRound, SPREAD_MS, waitBefore } from './rounds.ts';
import { Trouble, Way } from './seen.ts';

const EVERY_MS = 5_000;
const DEADLINE_MS = 2_000;
const many = Array.from({ length: 2_000 });

describe('the pace of a canary', () => {
  it('has two looks agree within ten seconds, whenever a service begins to hang', () => {
    const waits = many.map(() => waitBefore(EVERY_MS, 0, false));
    const hurried = many.map(() => waitBefore(EVERY_MS, 0, true));
    // It hangs right after a look: the rest of the pace, a look that finds out, at once another one.
    const first = Math.max(...waits) + SPREAD_MS + PATIENCE_MS + DEADLINE_MS;
    const second = Math.max(...hurried) + SPREAD_MS + DEADLINE_MS;
    expect(first + second).toBeLessThanOrEqual(10_000);
  });

  it('is no beat that many canaries keep together', () => {
    const waits = many.map(() => waitBefore(EVERY_MS, 400, false));
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(EVERY_MS / 10);
    expect(waitBefore(EVERY_MS, 60_000, false)).toBeGreaterThan(0);
  });
});

describe('a round', () => {
  const way = async (component: 'register' | 'issuers', code: string | null): Promise<Way> => {
    const one = new Way(component, 'front');
    await one
      .step('upload', () => {
        if (code) throw new Trouble(code);
      })
      .catch(() => {});
    return one;
  };

  it('says nothing of what a fault of the canary itself kept it from looking at', async () => {
    const round = await oneRound(
      [async () => [await way('issuers', null)], () => Promise.reject(new Error('No space left on device'))],
      1_000,
    );
    expect(round.seen.map(({ component }) => component)).toEqual(['issuers']);
    expect(round.faults.map(({ message }) => message)).toEqual(['No space left on device']);
    const broken = new Way('register', 'front');
    await expect(broken.step('upload', () => Promise.reject(new Error('a disk')))).rejects.toThrow('a disk');
    expect(broken.seen(1_000)).toBeNull();
  });

  it('tells what became worse and what became better', async () => {
    const round = async (code: string | null) => oneRound([async () => [await way('register', code)]], 1_000);
    const [good, bad] = [await round(null), await round('timeout')];
    const observed = ({ seen }: typeof good) => ({ canary: 'one', sequence: 1, at: 0, seen });
    expect(changed(good, null)).toEqual([]);
    expect(changed(bad, null)).toMatchObject([{ component: 'register', state: 'down', worse: true }]);
    expect(changed(bad, observed(bad))).toEqual([]);
    expect(changed(good, observed(bad))).toMatchObject([{ state: 'works', worse: false }]);
  });
});
