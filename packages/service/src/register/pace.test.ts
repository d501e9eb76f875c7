import { describe, expect, it } from 'vitest';
import { GroupCommit, type Outcome } from './group-commit.ts';
import { Pace } from './pace.ts';

const GROUPING = { lanes: 1, gates: 10, entries: 100, waitMs: 0, waiting: 3, longestMs: 60_000 };
const item = (key: string, size = 10) => ({ key, size });

describe('the pace that gates are asked to come at', () => {
  it('spreads them from 30 seconds over the time that the backlog needs, an hour at most', () => {
    let random = 0;
    let now = 0;
    const pace = new Pace(
      () => random,
      () => now,
    );
    expect(pace.retryAfterSeconds(0)).toBe(30);
    random = 0.999_999;
    expect(pace.retryAfterSeconds(0)).toBe(60);
    // 1,000 entries a second so far; gates hold 600,000 more.
    for (let i = 0; i < 600; i++) pace.heard(`gate ${i}`, 1_000);
    expect(pace.drainSeconds(0)).toBe(600);
    expect(pace.retryAfterSeconds(0)).toBe(630);
    random = 0.5;
    expect(pace.retryAfterSeconds(0)).toBe(330);
    pace.heard('gate 0', 1_000);
    pace.heard('gate 1', 0);
    expect(pace.drainSeconds(1_000)).toBe(600);
    // Faster than thought: it needs less.
    for (let second = 0; second < 60; second++) {
      pace.stored(10_000);
      now += 1_000;
    }
    pace.stored(10_000);
    expect(pace.drainSeconds(0)).toBeLessThan(70);
    for (let i = 0; i < 100; i++) pace.heard(`big ${i}`, 10_000_000);
    expect(pace.retryAfterSeconds(0), 'a long time is spread too').toBe(1_815);
    random = 0.999_999;
    expect(pace.retryAfterSeconds(0)).toBe(3_600);
  });
});

describe('a queue that cannot keep up', () => {
  const stuck = () => {
    let go: () => void = () => {};
    const began: string[] = [];
    const first = new Promise<void>((done) => {
      go = done;
    });
    const run = async (items: readonly { key: string }[]): Promise<Outcome<string>[]> => {
      began.push(...items.map(({ key }) => key));
      await first;
      return items.map(({ key }) => ({ ok: true, value: key }));
    };
    return { run, began, go: () => go() };
  };

  it('turns senders away with a moment to come again, and serves those that it took', async () => {
    const { run, began, go } = stuck();
    const queue = new GroupCommit(GROUPING, run, new Pace(() => 0.5));
    const taken = ['a', 'b', 'c', 'd'].map((key) => queue.add(item(key)));
    await expect(queue.add(item('e'))).rejects.toMatchObject({
      code: 'service.full',
      status: 503,
      retryAfterSeconds: 45,
    });
    expect(began).toEqual(['a']);
    go();
    expect(await Promise.all(taken)).toEqual(['a', 'b', 'c', 'd']);
    await queue.drained();
  });

  it('lets nobody wait longer than allowed: what was not begun is answered full and never begun', async () => {
    const { run, began, go } = stuck();
    const queue = new GroupCommit({ ...GROUPING, longestMs: 30 }, run, new Pace(() => 0));
    const first = queue.add(item('a'));
    await expect(queue.add(item('b'))).rejects.toMatchObject({ code: 'service.full', retryAfterSeconds: 30 });
    expect(queue.waiting).toBe(0);
    go();
    expect(await first).toBe('a');
    await queue.drained();
    expect(began).toEqual(['a']);
  });
});
