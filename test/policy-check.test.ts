import { checkVerdict, type Inspected, STEPS } from '@munjigi/core/gate';
import { REASONS, type ReasonCode } from '@munjigi/core/reasons';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failed, foreign } from './support/door.ts';
import { contexts, pairs } from './support/door-arbitraries.ts';
import { CAFE, genuine, korea, NOON, noKeys, seconds } from './support/packs.ts';

const rules = { policy: korea, venue: CAFE };
const check = (inspected: Inspected, at = NOON, given?: typeof rules) =>
  checkVerdict(inspected, noKeys, at, given);

describe('munjigi check, without rules: the truth about a code', () => {
  it('admits a true, fresh pass, whatever its class is worth at a door', () => {
    for (const admissionClass of [0, 1, 2, 128])
      expect(check(genuine(NOON, { admissionClass }))).toMatchObject({
        verdict: 'admit',
        reason: 'ok',
        steps: { validity: 'ok' },
      });
    expect(check(genuine(NOON, { form: 'paper', drawnAt: null, lane: null })).reason).toBe('ok');
    expect(check(foreign()).verdict).toBe('admit');
  });

  it('refuses what has ended or has not begun, and judges the dates of a pass whose signature is wrong', () => {
    expect(check(genuine(NOON, { until: NOON }))).toMatchObject({
      verdict: 'refuse',
      reason: 'ended',
      steps: { validity: 'failed' },
    });
    expect(check(foreign({}, { notBefore: NOON + 1 }))).toMatchObject({
      verdict: 'refuse',
      reason: 'not-yet',
    });
    expect(check({ ...failed('signature'), notAfter: NOON - 1 })).toMatchObject({
      verdict: 'refuse',
      reason: 'signature',
      steps: { validity: 'failed' },
    });
  });

  it('cannot tell an old drawing, and cannot tell what the device does not know', () => {
    expect(check(genuine(NOON, { drawnAt: NOON - 46 }))).toMatchObject({
      verdict: 'cannot-tell',
      reason: 'old-drawing',
    });
    expect(check(failed('issuer-unknown', 'issuer')).verdict).toBe('cannot-tell');
  });

  it('says of every reason what the table says', () => {
    const word = (code: ReasonCode) => REASONS[code].check;
    expect((['ended', 'not-yet', 'test-ended', 'signature', 'withdrawn'] as const).map(word)).toEqual(
      Array(5).fill('refuse'),
    );
    expect(
      (
        [
          'old-drawing',
          'not-a-pass',
          'unreadable',
          'two-codes',
          'issuer-unknown',
          'clock-gate',
          'clock-visitor',
        ] as const
      ).map(word),
    ).toEqual(Array(7).fill('cannot-tell'));
    expect(
      (
        [
          'ok',
          'valid',
          'seen-before',
          'compare',
          'not-accepted-here',
          'nothing-usable',
          'grace',
          'party',
        ] as const
      ).map(word),
    ).toEqual(Array(8).fill('admit'));
    expect(new Set(Object.values(REASONS).map(({ number }) => number)).size).toBe(
      Object.keys(REASONS).length,
    );
  });
});

describe('munjigi check, with rules: what a door of that kind would say', () => {
  it('is the decision of the door', () => {
    expect(check(genuine(NOON), NOON, rules)).toMatchObject({
      verdict: 'admit',
      reason: 'valid',
      decision: { record: true },
    });
    expect(check(genuine(NOON, { until: seconds('2022-01-03T00:00:00+09:00') }), NOON, rules)).toMatchObject({
      verdict: 'refuse',
      reason: 'ended',
      decision: { also: 'grace' },
    });
    expect(check(foreign(), NOON, rules)).toMatchObject({ verdict: 'admit', reason: 'not-accepted-here' });
    expect(check(genuine(NOON, { admissionClass: 0 }), NOON, rules)).toMatchObject({
      verdict: 'admit',
      reason: 'nothing-usable',
    });
  });

  it('tells an end even where the drawing is old as well', () => {
    const old = { drawnAt: NOON - 5000, until: NOON - 60 };
    expect(check(genuine(NOON, old), NOON, rules).reason).toBe('ended');
    expect(check(genuine(NOON, { ...old, admissionClass: 2 }), NOON, rules).reason).toBe('test-ended');
    expect(check(genuine(NOON, { drawnAt: NOON - 5000 }), NOON, rules)).toMatchObject({
      verdict: 'cannot-tell',
      reason: 'old-drawing',
    });
  });

  it('knows the age of the bundle it was given', () => {
    expect(checkVerdict(genuine(NOON), { ...noKeys, issuedAt: NOON - 8 * 86_400 }, NOON, rules).reason).toBe(
      'rules-too-old',
    );
    const early = checkVerdict(genuine(NOON), { ...noKeys, issuedAt: NOON + 8 * 86_400 }, NOON, rules);
    expect(early).toMatchObject({ reason: 'valid', decision: { evidence: { bundleAgeSeconds: 0 } } });
  });

  it('answers whatever it is handed, with every step judged', () => {
    fc.assert(
      fc.property(pairs, contexts, fc.boolean(), ([code], { venue }, ruled) => {
        const result = checkVerdict(code, noKeys, NOON, ruled ? { policy: korea, venue } : undefined);
        expect(result.verdict).toBe(REASONS[result.reason].check);
        expect(Object.keys(result.steps).sort()).toEqual([...STEPS].sort());
      }),
      { seed: 20220106, numRuns: 1500 },
    );
  });
});
