import { describe, expect, it } from 'vitest';
import { DeviceClock, type KeptClock } from './device-clock.ts';

const WALL = 1_641_445_080_000;

/** A platform whose two clocks run together until somebody touches one. */
function platform(kept: KeptClock | null = null, wall = WALL) {
  const clocks = { wall, monotonic: 1_000 };
  const run = (ms: number) => {
    clocks.wall += ms;
    clocks.monotonic += ms;
  };
  const clock = new DeviceClock({ wallMs: () => clocks.wall, monotonicMs: () => clocks.monotonic }, kept);
  const sample = (trustedMs: number, roundTrip = 200) => {
    const sentMonotonicMs = clocks.monotonic;
    run(roundTrip);
    return clock.sample({ trustedMs, sentMonotonicMs, receivedMonotonicMs: clocks.monotonic });
  };
  return { clock, clocks, run, sample };
}

describe('what time it is', () => {
  it('corrects a tablet that is eight minutes slow, by half the round trip', () => {
    const t = platform();
    expect(t.sample(WALL + 480_000, 200)).toBe(true);
    expect(t.clock.estimate()).toMatchObject({ ms: WALL + 480_000 + 100, uncertaintyMs: 600 });
    t.run(60_000);
    expect(t.clock.estimate()?.ms).toBe(WALL + 480_000 + 100 + 60_000);
  });

  it('takes no sample whose answer took longer than ten seconds', () => {
    const t = platform();
    expect(t.sample(WALL + 480_000, 10_001)).toBe(false);
    expect(t.clock.offsetMs()).toBe(0);
  });

  it('keeps the correction over a reload, with an uncertainty that grows', () => {
    const t = platform();
    t.sample(WALL + 480_000);
    const kept = t.clock.keep();
    const later = platform(kept, WALL + 86_400_000);
    expect(later.clock.offsetMs()).toBeCloseTo(480_000 - 100, 0);
    expect(later.clock.estimate()!.uncertaintyMs).toBeGreaterThan(4_000);
  });

  it('trusts nothing any more when somebody sets the wall clock, until a fresh receipt tells the time', () => {
    const t = platform();
    t.sample(WALL);
    t.run(1_000);
    t.clocks.wall += 6_000;
    expect(t.clock.estimate()).toBeNull();
    expect(t.clock.keep()).toBeNull();
    t.sample(WALL + 2_000);
    expect(t.clock.estimate()).not.toBeNull();
  });

  it('is not upset by the slow drift of two crystals over a day', () => {
    const t = platform();
    t.sample(WALL);
    for (let minute = 0; minute < 1_440; minute++) {
      t.run(60_000);
      t.clocks.wall += 5;
      expect(t.clock.estimate()).not.toBeNull();
    }
  });

  it('takes an unconfirmed wall clock with half a minute of doubt, but not one behind a signed document', () => {
    const t = platform();
    expect(t.clock.estimate()).toMatchObject({ ms: WALL, uncertaintyMs: 30_000 });
    t.clock.notBefore(WALL + 3_600_000);
    expect(t.clock.estimate()).toBeNull();
  });
});

describe('a clock behind what was signed', () => {
  it('is not believed after a reload either, though a receipt had once told it the time', () => {
    const before = platform();
    before.sample(WALL);
    const t = platform(before.clock.keep(), WALL - 3_600_000);
    t.clock.notBefore(WALL);
    expect(t.clock.estimate()).toBeNull();
    expect(t.clock.keep()).toBeNull();
  });

  it('stays wrong when it has gone on past the document, until a fresh receipt tells the time', () => {
    const t = platform();
    t.clock.notBefore(WALL + 60_000);
    expect(t.clock.estimate()).toBeNull();
    t.run(120_000);
    expect(t.clock.estimate()).toBeNull();
    t.sample(WALL + 3_600_000);
    expect(t.clock.estimate()?.ms).toBeGreaterThan(WALL + 3_600_000 - 1);
  });

  it('is believed where documents and receipts were signed by clocks that are seconds apart', () => {
    const t = platform();
    t.sample(WALL);
    t.clock.notBefore(WALL + 9_000);
    expect(t.clock.estimate()).not.toBeNull();
  });
});

describe('how old rules may be', () => {
  it('is counted from the latest time ever seen: a clock that is put back makes no rules young', () => {
    const t = platform();
    t.sample(WALL + 86_400_000);
    expect(t.clock.estimate()).not.toBeNull();
    t.clocks.wall -= 7 * 86_400_000;
    expect(t.clock.estimate()).toBeNull();
    expect(t.clock.pessimisticMs()).toBeGreaterThanOrEqual(WALL + 86_400_000);
  });

  it('errs on the late side of the uncertainty', () => {
    const t = platform();
    t.sample(WALL);
    expect(t.clock.pessimisticMs()).toBeGreaterThan(t.clock.estimate()!.ms);
  });
});

describe('the story clock of an exercise', () => {
  const story = {
    version: 1 as const,
    sequence: 3,
    storyMs: Date.parse('2022-01-06T04:58:00Z'),
    realMs: WALL,
    rate: 1,
  };

  it('is followed, jumps included, and keeps nothing for the days after', () => {
    const t = platform();
    t.clock.follow(story);
    t.run(2_000);
    expect(t.clock.estimate()?.ms).toBe(story.storyMs + 2_000);
    expect(t.clock.keep()).toBeNull();
    t.clock.follow({ ...story, sequence: 4, storyMs: story.storyMs - 3_600_000 });
    expect(t.clock.pessimisticMs()).toBeLessThan(story.storyMs);
    t.clock.follow(null);
    expect(t.clock.estimate()?.ms).toBe(t.clocks.wall);
  });
});
