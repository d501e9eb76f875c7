import { type DecisionContext, decideByStaff, type Inspected } from '@munjigi/core/gate';
import { REASONS, type ReasonCode } from '@munjigi/core/reasons';
import { describe, expect, it } from 'vitest';
import { door } from './support/door.ts';
import { context, genuine, korea, NOON, seconds } from './support/packs.ts';

describe('the rank of reasons', () => {
  // Every fault at once, then one after the other taken away: what is left says the next reason.
  const faults: [ReasonCode, (input: Input) => Input][] = [
    ['structure', (i) => ({ ...i, inspected: { ...i.inspected, reason: 'structure' } })],
    ['rules-too-old', (i) => ({ ...i, given: { ...i.given, bundleAgeSeconds: 1e9 } })],
    ['signature', (i) => ({ ...i, inspected: { ...i.inspected, reason: 'signature' } })],
    ['specimen', (i) => claim(i, { specimen: true })],
    [
      'clock-gate',
      (i) => ({ ...i, given: { ...i.given, instant: { seconds: NOON, uncertaintySeconds: 500 } } }),
    ],
    ['old-drawing', (i) => claim(i, { drawnAt: NOON - 300 })],
    ['not-yet', (i) => ({ ...i, inspected: { ...i.inspected, notBefore: NOON + 60 } })],
    ['seen-before', (i) => ({ ...i, given: { ...i.given, seenBeforeAt: NOON - 600 } })],
    ['ended', (i) => claim(i, { until: NOON - 60 })],
    ['compare', (i) => (i.inspected.claim?.kind === 'pass' ? claim(i, { lane: 'slow' }) : i)],
  ];
  interface Input {
    inspected: Inspected;
    given: Partial<DecisionContext>;
  }
  const claim = (input: Input, change: object): Input => ({
    ...input,
    inspected: { ...input.inspected, claim: { ...input.inspected.claim!, ...change } as Inspected['claim'] },
  });
  const start: Input = { inspected: genuine(NOON), given: {} };

  it('is as the page of the door says', () => {
    for (let first = 0; first < faults.length; first += 1) {
      const { inspected, given } = faults.slice(first).reduceRight((input, [, fault]) => fault(input), start);
      expect(door(inspected, given).reason).toBe(faults[first]![0]);
    }
    expect(door(start.inspected).reason).toBe('valid');
  });
});

describe('checks by people', () => {
  it.each([
    ['eye', 'seen-by-eye', 'eye', true],
    ['age', 'seen-age', 'eye', true],
    ['verbal', 'verbal', 'verbal', true],
    ['alone', 'alone', 'not-required', true],
    ['not-required', 'not-required', 'not-required', true],
    ['none', 'none', 'not-made', false],
    ['advised', 'grace', 'scan', true],
  ] as const)('%s is %s, the entry says %s', (answer, reason, check, record) => {
    expect(decideByStaff(answer, korea, context())).toMatchObject({
      reason,
      check,
      record,
      number: REASONS[reason].number,
      verdict: REASONS[reason].door,
    });
  });

  it('know the date from which age is enough', () =>
    expect(decideByStaff('age', korea, context()).parameters).toMatchObject({ born: '2003-01-01' }));

  it('know the earliest where an order adds another', () => {
    const instant = { seconds: seconds('2022-02-24T12:00:00+09:00'), uncertaintySeconds: 0 };
    const daegu = context({ instant, venue: { kind: 'cafe', region: 'daegu' } });
    expect(decideByStaff('age', korea, daegu).parameters).toMatchObject({ born: '1962-02-25' });
  });

  it('alone is no way into a mart, and advising none without a grace', () => {
    const mart = { kind: 'mart', region: 'busan' };
    const instant = { seconds: seconds('2022-01-17T12:00:00+09:00'), uncertaintySeconds: 0 };
    expect(decideByStaff('alone', korea, context({ venue: mart, instant }))).toMatchObject({
      verdict: 'another-proof',
      reason: 'nothing-usable',
      record: false,
    });
    expect(decideByStaff('advised', korea, context({ venue: mart, instant })).reason).toBe('none');
  });

  it('record nothing while the register is suspended, and still record where the time is not known', () => {
    const instant = { seconds: seconds('2022-02-19T12:00:00+09:00'), uncertaintySeconds: 0 };
    expect(decideByStaff('eye', korea, context({ instant })).record).toBe(false);
    expect(decideByStaff('eye', korea, context({ instant: null }))).toMatchObject({
      verdict: 'admit',
      record: true,
    });
  });

  it('a spoken answer is offered only while an obligation accepts one', () => {
    const nothing = genuine(NOON, { admissionClass: 0 });
    expect(door(nothing).next).not.toContain('verbal');
    expect(door(nothing, { obligation: 'check-by-word' }).next).toEqual([
      'other-proof',
      'eye',
      'verbal',
      'alone',
      'none',
    ]);
    expect(door(nothing, { obligation: 'not-in-the-pack' }).next).not.toContain('verbal');
  });
});
