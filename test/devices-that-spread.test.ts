import {
  bundleSlot,
  orderOf,
  SLOT_SECONDS,
  SPREAD_MS,
  spread,
  URGENT_SLOT_SECONDS,
  waitAfterFailure,
  withdrawnRenewal,
} from '@munjigi/offline';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { renewalMoment } from '../packages/service/src/issuer/terms.ts';
import { korea } from './support/packs.ts';

const GATES = 100_000;

/** Random numbers from 0 up to 1 that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
/** How many instants fall into each bin of so many seconds. */
function binned(instants: readonly number[], seconds: number): Map<number, number> {
  const bins = new Map<number, number>();
  for (const at of instants) {
    const bin = Math.floor(at / seconds);
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  return bins;
}
const fullest = (instants: readonly number[], seconds: number) =>
  Math.max(...binned(instants, seconds).values());
const many = <T>(make: (i: number) => T): T[] => Array.from({ length: GATES }, (_, i) => make(i));
/** Sum over bins of (seen − expected)² / expected; with n bins it is about n where they are alike. */
const chiSquare = (counts: readonly number[]) => {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
};

describe('a hundred thousand gates', () => {
  it('share three doors evenly; where one goes, its gates alone move, and to both others', () => {
    const self = many((i) => Uint8Array.of(i >>> 16, i >>> 8, i));
    const doors = ['https://a.example', 'https://b.example', 'https://c.example'];
    const orders = self.map((gate) => orderOf(gate, doors));
    const share = (door: string, place: number, among = orders) =>
      among.filter((order) => order[place] === door).length;
    expect(chiSquare(doors.map((door) => share(door, 0)))).toBeLessThan(20);
    const homeless = orders.filter(([first]) => first === doors[0]);
    expect(chiSquare([share(doors[1]!, 1, homeless), share(doors[2]!, 1, homeless)])).toBeLessThan(20);
    const left = self.slice(0, 10_000).map((gate) => orderOf(gate, doors.slice(1))[0]);
    left.forEach((door, i) => {
      expect(orders[i]!.find((one) => one !== doors[0])).toBe(door);
    });
  });

  /** When gates that fail from `first` on, each in its own pace, try again after the end of an outage. */
  const comeBack = (outageS: number, first: (random: () => number) => number, seed: number) => {
    const random = seeded(seed);
    let attempts = 0;
    const instants = many(() => {
      const began = first(random);
      for (let [at, failures] = [began, 1]; ; failures++) {
        at += waitAfterFailure(failures, (at - began) * 1000, null, random) / 1000;
        attempts += 1;
        if (at >= outageS) return at - outageS;
      }
    });
    return { instants, attemptsEach: attempts / GATES };
  };

  it('come back from an outage of 5 h 20 min over ten minutes, also if all of them failed in the same second', () => {
    const outage = 5 * 3600 + 20 * 60;
    const { instants, attemptsEach } = comeBack(outage, () => 0, 1);
    // 600 s, in which 100,000 make 167 a second; who draws a longer wait twice comes later, so more come early.
    expect(fullest(instants, 1)).toBeLessThan(500);
    expect(Math.max(...instants)).toBeLessThan(600);
    expect(attemptsEach).toBeLessThan(150);
    const lunch = comeBack(outage, (random) => random() * 300, 2);
    expect(fullest(lunch.instants, 1)).toBeLessThan(500);
  });

  it('come back from a short one within a minute, and not in its first second', () => {
    const { instants } = comeBack(90, (random) => random() * 30, 3);
    expect(fullest(instants, 1)).toBeLessThan(GATES * 0.06);
    expect(Math.max(...instants)).toBeLessThan(60);
  });

  /** Seconds after midnight at which gates fetch a bundle that was published then; each looks every 10 to 20 s. */
  const fetches = (urgent: boolean, seed: number) => {
    const random = seeded(seed);
    return many(() => {
      let at = random() * 20;
      const slot = bundleSlot(null, at, urgent, random);
      while (at < slot) at += 10 + random() * 10;
      return at;
    });
  };

  it('fetch a bundle that changed at midnight over a quarter of an hour', () => {
    const instants = fetches(false, 4);
    expect(fullest(instants, 1)).toBeLessThan((GATES / SLOT_SECONDS) * 1.6);
    const inside = instants.filter((at) => at >= 40 && at < 880);
    expect(
      chiSquare([
        ...binned(
          inside.map((at) => at - 40),
          60,
        ).values(),
      ]),
    ).toBeLessThan(60);
    expect(Math.max(...instants)).toBeLessThan(SLOT_SECONDS + 40);
  });

  it('fetch one that withdraws a key over a minute', () => {
    const instants = fetches(true, 5);
    expect(fullest(instants, 1)).toBeLessThan((GATES / URGENT_SLOT_SECONDS) * 1.6);
    expect(Math.max(...instants)).toBeLessThan(URGENT_SLOT_SECONDS + 40);
  });
});

describe('what falls due for everybody at once', () => {
  afterEach(() => void vi.useRealTimers());

  it('is done once by each device, at its own moment, and is forgotten where it is stopped', () => {
    vi.useFakeTimers();
    let done = 0;
    const { soon, stop } = spread(
      () => void done++,
      () => SPREAD_MS.back,
      () => 0.5,
    );
    soon();
    vi.advanceTimersByTime(5_000);
    soon();
    vi.advanceTimersByTime(4_999);
    expect(done).toBe(0);
    vi.advanceTimersByTime(60_000);
    expect(done).toBe(1);
    soon();
    stop();
    vi.advanceTimersByTime(60_000);
    expect(done).toBe(1);
  });
});

describe('a hundred thousand wallets', () => {
  it('replace the passes of a withdrawn key over six hours, and not when a minute turns', () => {
    const random = seeded(6);
    const instants = many(() => {
      const { at } = withdrawnRenewal(null, ['01'], 0, random)!;
      // An open wallet sees at the next full minute that it is due.
      return Math.ceil(at / 60) * 60 + (random() * SPREAD_MS.minute) / 1000;
    });
    expect(fullest(instants, 1)).toBeLessThan(30);
    expect(
      chiSquare([
        ...binned(
          instants.map((at) => at % 60),
          1,
        ).values(),
      ]),
    ).toBeLessThan(120);
  });

  it('that were all issued to in one lunch hour renew days later, over two days, at no hour more than at another', () => {
    const random = seeded(7);
    const between = (from: number, to: number) => from + Math.floor(random() * (to - from));
    const lunch = Date.parse('2021-12-13T11:40:00+09:00') / 1000;
    const instants = many(() => {
      const at = lunch + random() * 3600;
      return renewalMoment(korea, Math.floor(at), between) - lunch;
    });
    expect(Math.min(...instants)).toBeGreaterThan(86_400);
    expect(fullest(instants, 3600)).toBeLessThan(GATES / 30);
    expect(
      chiSquare([
        ...binned(
          instants.map((at) => (at + 11.67 * 3600) % 86_400),
          3600,
        ).values(),
      ]),
    ).toBeLessThan(1500);
    expect(fullest(instants, 1)).toBeLessThan(12);
  });

  it('that are open at midnight look for the files of the day over a quarter of an hour', () => {
    const random = seeded(8);
    const instants = many(() => (random() * SPREAD_MS.day) / 1000);
    expect(fullest(instants, 1)).toBeLessThan((GATES / 900) * 1.6);
  });
});
