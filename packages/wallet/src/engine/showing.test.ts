import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  goesOn,
  nextDrawing,
  nextShowing,
  SHOWING_SECONDS,
  type ShowablePass,
  type Showing,
} from './showing.ts';

const NOW = 1_641_445_080;
const pass = (id: string, shownAt: number | null = null, expiresAt = NOW + 86_400): ShowablePass => ({
  id,
  shownAt,
  expiresAt,
});

describe('one showing, one pass', () => {
  it('keeps the pass while the code stays open, however long that is', () => {
    let showing = nextShowing(null, [pass('a'), pass('b')], NOW, () => 0) as Showing;
    for (let s = 15; s <= 3_600; s += 15)
      showing = nextShowing(showing, [pass('a', NOW), pass('b')], NOW + s, () => 0.9) as Showing;
    expect(showing).toMatchObject({ passId: 'a', startedAt: NOW, lastShownAt: NOW + 3_600, reused: false });
  });

  it('keeps it for three minutes after the code was closed, and takes another one then', () => {
    const showing: Showing = { passId: 'a', startedAt: NOW, lastShownAt: NOW, reused: false };
    const passes = [pass('a', NOW), pass('b')];
    expect(nextShowing(showing, passes, NOW + SHOWING_SECONDS, () => 0)?.passId).toBe('a');
    expect(nextShowing(showing, passes, NOW + SHOWING_SECONDS + 1, () => 0)?.passId).toBe('b');
  });

  it('leaves a pass that ended in the middle of a showing', () => {
    const showing: Showing = { passId: 'a', startedAt: NOW - 60, lastShownAt: NOW, reused: false };
    expect(goesOn(showing, [pass('a', NOW, NOW)], NOW)).toBe(false);
    expect(nextShowing(showing, [pass('a', NOW, NOW), pass('b')], NOW, () => 0)?.passId).toBe('b');
  });

  it('does not hold one pass for ever when the clock is put back', () => {
    const showing: Showing = { passId: 'a', startedAt: NOW, lastShownAt: NOW + 86_400, reused: false };
    expect(goesOn(showing, [pass('a', NOW)], NOW)).toBe(false);
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
            pass(String(i), kind.shown ? NOW - 1_000 - i : null, kind.ended ? NOW - 1 : NOW + 1),
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
    const passes = Array.from({ length: 10 }, (_, i) => pass(String(i)));
    const chosen = new Set(
      Array.from({ length: 10 }, (_, i) => nextShowing(null, passes, NOW, () => i / 10)?.passId),
    );
    expect(chosen.size).toBe(10);
  });

  it('says nothing is left only where nothing lives', () => {
    expect(nextShowing(null, [], NOW, () => 0)).toBeNull();
    expect(nextShowing(null, [pass('a', null, NOW)], NOW, () => 0)).toBeNull();
  });
});

it('draws on the quarter minute of the corrected clock', () => {
  expect(nextDrawing(Date.UTC(2022, 0, 6, 4, 58, 11, 250))).toBe(Date.UTC(2022, 0, 6, 4, 58, 15));
  expect(nextDrawing(Date.UTC(2022, 0, 6, 4, 58, 15))).toBe(Date.UTC(2022, 0, 6, 4, 58, 30));
});
