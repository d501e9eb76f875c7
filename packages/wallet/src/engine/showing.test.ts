import { nextShowing, SHOWING_SECONDS, type Showing } from '@munjigi/offline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextDrawing } from './drawing.ts';

const NOW = 1_641_445_080;
const pass = (id: number, shownAt: number | null = null, expiresAt = NOW + 86_400) => ({
  id,
  shownAt,
  expiresAt,
});

describe('one showing, one pass', () => {
  it('keeps the pass while the code stays open, however long that is', () => {
    let showing = nextShowing(null, [pass(1), pass(2)], NOW, () => 0) as Showing;
    for (let s = 15; s <= 3_600; s += 15)
      showing = nextShowing(showing, [pass(1, NOW), pass(2)], NOW + s, () => 0.9) as Showing;
    expect(showing).toMatchObject({ passId: 1, startedAt: NOW, lastShownAt: NOW + 3_600, reused: false });
  });

  it('keeps it for three minutes after the code was closed, and takes another one then', () => {
    const showing: Showing = { passId: 1, startedAt: NOW, lastShownAt: NOW, reused: false };
    const passes = [pass(1, NOW), pass(2)];
    expect(nextShowing(showing, passes, NOW + SHOWING_SECONDS, () => 0)?.passId).toBe(1);
    expect(nextShowing(showing, passes, NOW + SHOWING_SECONDS + 1, () => 0)?.passId).toBe(2);
  });

  it('leaves a pass that ended in the middle of a showing', () => {
    const showing: Showing = { passId: 1, startedAt: NOW - 60, lastShownAt: NOW, reused: false };
    expect(nextShowing(showing, [pass(1, NOW, NOW), pass(2)], NOW, () => 0)?.passId).toBe(2);
  });

  it('does not hold one pass for ever when the clock is put back', () => {
    const showing: Showing = { passId: 1, startedAt: NOW, lastShownAt: NOW + 86_400, reused: false };
    expect(nextShowing(showing, [pass(1, NOW), pass(2)], NOW, () => 0)?.passId).toBe(2);
  });
});

describe('choosing', () => {
  it('never shows a pass twice while a fresh one lives, and any fresh one may come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ shown: fc.boolean(), ended: fc.boolean() }), { maxLength: 30 }),
        fc.nat(999),
        (kinds, r) => {
          const passes = kinds.map((kind, i) =>
            pass(i, kind.shown ? NOW - 1_000 - i : null, kind.ended ? NOW - 1 : NOW + 1),
          );
          const live = passes.filter((one) => one.expiresAt > NOW);
          const fresh = live.filter((one) => one.shownAt === null);
          const found = nextShowing(null, passes, NOW, () => r / 1_000);
          if (live.length === 0) return found === null;
          const chosen = live.find((one) => one.id === found?.passId);
          return fresh.length > 0
            ? chosen?.shownAt === null && found?.reused === false
            : found?.reused === true && live.every((one) => (one.shownAt ?? 0) >= (chosen?.shownAt ?? 0));
        },
      ),
    );
  });

  it('picks at random, so that the order of a batch tells nothing', () => {
    const passes = Array.from({ length: 10 }, (_, i) => pass(i));
    const chosen = new Set(
      Array.from({ length: 10 }, (_, i) => nextShowing(null, passes, NOW, () => i / 10)?.passId),
    );
    expect(chosen.size).toBe(10);
  });

  it('says nothing is left only where nothing lives', () => {
    expect(nextShowing(null, [], NOW, () => 0)).toBeNull();
    expect(nextShowing(null, [pass(1, null, NOW)], NOW, () => 0)).toBeNull();
  });
});

it('draws on the quarter minute of the corrected clock', () => {
  expect(nextDrawing(Date.UTC(2022, 0, 6, 4, 58, 11, 250))).toBe(Date.UTC(2022, 0, 6, 4, 58, 15));
  expect(nextDrawing(Date.UTC(2022, 0, 6, 4, 58, 15))).toBe(Date.UTC(2022, 0, 6, 4, 58, 30));
});
