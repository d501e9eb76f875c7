import { decide, type Inspected } from '@munjigi/core/gate';
import type { Trust, TrustedKey } from '@munjigi/core/trust';
import { describe, expect, it } from 'vitest';
import { at, door, drawn, failed, foreign, withPack } from './support/door.ts';
import { context, genuine, korea, NOON, noKeys, seconds, ward } from './support/packs.ts';

describe('a drawing is fresh for as long as a hand needs, and no longer', () => {
  it.each([
    [-45, 'usual', 0, 'valid'],
    [15, 'usual', 0, 'valid'],
    [-46, 'usual', 0, 'old-drawing'],
    [16, 'usual', 0, 'old-drawing'],
    [-75, 'usual', 30, 'valid'],
    [45, 'usual', 30, 'valid'],
    [-76, 'usual', 30, 'old-drawing'],
    [46, 'usual', 30, 'old-drawing'],
    [-180, 'slow', 0, 'compare'],
    [15, 'slow', 0, 'compare'],
    [-181, 'slow', 0, 'old-drawing'],
    [16, 'slow', 0, 'old-drawing'],
    [-165, 'usual', 120, 'valid'],
    [0, 'usual', 121, 'clock-gate'],
    [0, 'usual', Number.NaN, 'clock-gate'],
  ] as const)('drawn %i s from now, lane %s, clock unsure by %i s: %s', (offset, lane, unsure, reason) => {
    expect(door(drawn(offset, lane), { instant: at(unsure) }).reason).toBe(reason);
  });

  it("is not judged by a device without a clock: its fault, not the guest's", () => {
    const decision = door(genuine(NOON), { instant: null });
    expect(decision).toMatchObject({
      verdict: 'cannot-tell',
      reason: 'clock-gate',
      number: 301,
      record: false,
      next: ['eye', 'other-proof', 'alone'],
    });
    expect(decision.evidence).toMatchObject({
      integrity: 'ok',
      issuer: 'ok',
      freshness: 'unknown',
      entitlement: 'not-reached',
    });
  });

  it('and offers what is lawful there at some time: alone in a cafe, not in a mart, nothing to see in a ward', () => {
    const next = (venue: { kind: string; region: string }, policy = korea) =>
      door(genuine(NOON), { instant: null, venue }, policy).next;
    expect(next({ kind: 'cafe', region: 'seoul' })).toEqual(['eye', 'other-proof', 'alone']);
    expect(next({ kind: 'mart', region: 'busan' })).toEqual(['eye', 'other-proof']);
    expect(next({ kind: 'ward', region: 'main' }, ward)).toEqual(['other-proof', 'typed']);
  });

  it('asks to reopen first, and finds the wrong clock by a second, new drawing with the same offset', () => {
    expect(door(drawn(-480))).toMatchObject({ verdict: 'another-proof', reason: 'old-drawing', number: 207 });
    const second = { lastDrawingOffsetSeconds: -475, lastDrawnAt: NOON - 500 };
    expect(door(drawn(-480), second)).toMatchObject({
      verdict: 'cannot-tell',
      reason: 'clock-visitor',
      number: 302,
      parameters: { minutes: 8, direction: 'slow' },
    });
    expect(door(drawn(600), { lastDrawingOffsetSeconds: 590 })).toMatchObject({
      reason: 'clock-visitor',
      parameters: { minutes: 10, direction: 'fast' },
    });
  });

  it('does not take a screenshot, shown twice, for a wrong clock', () => {
    expect(door(drawn(-480), { lastDrawingOffsetSeconds: -475, lastDrawnAt: NOON - 480 }).reason).toBe(
      'old-drawing',
    );
    expect(door(drawn(-480), { lastDrawingOffsetSeconds: -100 }).reason).toBe('old-drawing');
  });
});

describe('what was seen before', () => {
  it('is a new visit where the clock was put back: no entry goes missing for that', () => {
    expect(door(genuine(NOON), { seenBeforeAt: NOON + 170 }).sameEntry).toBe(true);
    expect(door(genuine(NOON), { seenBeforeAt: NOON + 19_000 })).toMatchObject({
      reason: 'seen-before',
      sameEntry: false,
    });
  });

  it('is the same entry for three minutes, and asked about later', () => {
    expect(door(genuine(NOON), { seenBeforeAt: NOON - 180 })).toMatchObject({
      verdict: 'admit',
      reason: 'valid',
      sameEntry: true,
      record: false,
    });
    expect(door(genuine(NOON), { seenBeforeAt: NOON - 181 })).toMatchObject({
      verdict: 'another-proof',
      reason: 'seen-before',
      number: 208,
      parameters: { at: NOON - 181 },
      next: ['same-guest', 'other-proof', 'eye', 'alone', 'none'],
    });
  });

  it('is a second visit once staff say that it is the same guest', () => {
    expect(door(genuine(NOON), { seenBeforeAt: NOON - 3600, sameGuest: true })).toMatchObject({
      verdict: 'admit',
      sameEntry: false,
      record: true,
    });
  });
});

describe('paper and slow codes are compared with a card', () => {
  const paper = genuine(NOON, { form: 'paper', drawnAt: null, lane: null });

  it.each([
    ['paper', paper],
    ['slow', drawn(-100, 'slow')],
  ] as const)('%s', (_, inspected) => {
    expect(door(inspected)).toMatchObject({
      verdict: 'another-proof',
      reason: 'compare',
      number: 212,
      check: 'scan',
      record: false,
      compareHint: true,
      hint: { initial: 8, day: 12 },
      parameters: { shown: 'yes', letter: 'ㅇ', day: 12 },
      next: ['hint-matches', 'other-proof', 'eye', 'alone', 'none'],
    });
    expect(door(inspected, { compared: true })).toMatchObject({
      verdict: 'admit',
      reason: 'valid',
      check: 'scan',
      record: true,
    });
    expect(door(inspected, { seenBeforeAt: NOON - 60 })).toMatchObject({ verdict: 'admit', sameEntry: true });
  });

  it('but an ended one is ended before anybody is asked for a card', () => {
    expect(door(genuine(NOON, { form: 'paper', drawnAt: null, lane: null, until: NOON - 1 })).reason).toBe(
      'ended',
    );
  });

  it('has no letter where the pass has no hint', () => {
    expect(door(genuine(NOON, { form: 'paper', drawnAt: null, lane: null, hint: 0 }))).toMatchObject({
      reason: 'compare',
      hint: null,
      parameters: { shown: 'no' },
    });
  });

  it('the ordinary code is not', () => expect(door(genuine(NOON)).compareHint).toBe(false));
});

describe('an end', () => {
  it('counts from its second on', () => {
    expect(door(genuine(NOON, { until: NOON + 1 })).reason).toBe('valid');
    expect(door(genuine(NOON, { until: NOON })).reason).toBe('ended');
    expect(door(genuine(NOON, { expiresAt: NOON + 1 })).reason).toBe('valid');
    expect(door(genuine(NOON, { expiresAt: NOON }))).toMatchObject({
      reason: 'ended',
      parameters: { until: NOON },
    });
  });

  it('of the pass alone is no ended proof, so no grace covers it', () => {
    expect(door(genuine(NOON, { expiresAt: NOON - 60 })).also).toBeNull();
    expect(door(genuine(NOON, { until: NOON - 60 }))).toMatchObject({
      also: 'grace',
      alsoParameters: { kind: 'ended', until: seconds('2022-01-10T00:00:00+09:00') },
    });
  });

  it('of the class does not matter where nothing is asked, the end of the pass does', () => {
    const venue = { kind: 'mart', region: 'seoul' };
    expect(door(genuine(NOON, { until: NOON - 60 }), { venue }).reason).toBe('not-required');
    expect(door(genuine(NOON, { expiresAt: NOON - 60 }), { venue })).toMatchObject({
      reason: 'ended',
      next: ['other-proof', 'typed', 'none'],
    });
  });

  it('can be put off for passes by the pack while the issuer is down, and only for passes that ended since', () => {
    const policy = withPack((pack) => ({
      ...pack,
      extensions: [
        {
          id: 'issuer-down',
          source: 'own',
          from: '2022-01-05',
          until: '2022-01-08',
          endedFrom: '2022-01-04',
        },
      ],
    }));
    expect(door(genuine(NOON, { expiresAt: NOON - 60 }), {}, policy)).toMatchObject({
      verdict: 'admit',
      reason: 'valid-extended',
      number: 102,
      parameters: { until: seconds('2022-01-08T00:00:00+09:00') },
    });
    expect(door(genuine(NOON, { expiresAt: seconds('2022-01-03T00:00:00+09:00') }), {}, policy).reason).toBe(
      'ended',
    );
    expect(door(genuine(NOON, { until: NOON - 60 }), {}, policy).reason).toBe('ended');
  });
});

describe('keys and rules age', () => {
  const key = (given: Partial<TrustedKey>): Trust => ({
    ...noKeys,
    keys: () => [
      {
        format: 'entry-pass',
        keyId: '01',
        publicKey: new Uint8Array(91),
        algorithm: 'ES256',
        issuer: 'issuer',
        usage: ['pass'],
        from: null,
        until: null,
        withdrawn: false,
        ...given,
      },
    ],
  });

  it('a key out of its time is an issuer that is not known now', () => {
    expect(door(genuine(NOON), {}, korea, key({ until: NOON })).reason).toBe('issuer-unknown');
    expect(door(genuine(NOON), {}, korea, key({ from: NOON + 1 }))).toMatchObject({
      reason: 'issuer-unknown',
      evidence: { issuer: 'failed', integrity: 'ok' },
    });
    expect(door(genuine(NOON), {}, korea, key({ from: NOON, until: NOON + 1 })).reason).toBe('valid');
    expect(door(genuine(NOON), {}, korea, key({ withdrawn: true })).reason).toBe('withdrawn');
  });

  it('rules older than the ladder allows decide nothing, not even a wrong signature', () => {
    expect(door(genuine(NOON), { bundleAgeSeconds: 168 * 3600 }).reason).toBe('valid');
    const old = door(failed('signature'), { bundleAgeSeconds: 168 * 3600 + 1 });
    expect(old).toMatchObject({ verdict: 'cannot-tell', reason: 'rules-too-old', number: 304 });
    expect(old.evidence.bundleAgeSeconds).toBe(168 * 3600 + 1);
    expect(door(failed('not-a-pass', 'prefix'), { bundleAgeSeconds: 1e9 }).reason).toBe('not-a-pass');
  });

  it("a venue that the rules do not know is the rules' fault", () => {
    expect(door(genuine(NOON), { venue: { kind: 'castle', region: 'seoul' } }).reason).toBe('rules-too-old');
    expect(door(genuine(NOON), { venue: { kind: 'cafe', region: 'atlantis' } }).reason).toBe('rules-too-old');
  });

  it('specimens are good in an exercise and nowhere else', () => {
    const specimen = {
      ...failed('specimen', 'keyUsage'),
      claim: { ...genuine(NOON).claim!, specimen: true } as Inspected['claim'],
    };
    const exercise = withPack((pack) => ({ ...pack, exercise: true }));
    expect(door(specimen)).toMatchObject({ verdict: 'another-proof', reason: 'specimen', number: 217 });
    expect(door(failed('specimen', 'keyUsage')).reason).toBe('specimen');
    expect(door(specimen, {}, exercise)).toMatchObject({ verdict: 'admit', reason: 'valid' });
    expect(
      door({ ...specimen, steps: { ...specimen.steps, revocation: 'failed' } }, {}, exercise).verdict,
    ).not.toBe('admit');
    expect(
      door({ ...genuine(NOON), claim: { ...genuine(NOON).claim!, specimen: true } as Inspected['claim'] })
        .reason,
    ).toBe('specimen');
  });
});

describe('a genuine certificate of another country', () => {
  it('is said to be genuine, with the hint from its name in memory, and another proof is asked for', () => {
    const decision = door(foreign());
    expect(decision).toMatchObject({
      verdict: 'another-proof',
      reason: 'not-accepted-here',
      number: 213,
      compareHint: true,
      parameters: { shown: 'yes', letter: 'M', day: 26 },
    });
    expect(JSON.stringify(decision)).not.toMatch(/Muster|1998/);
  });

  it('has dates of its own', () => {
    expect(door(foreign({}, { notAfter: NOON })).reason).toBe('ended');
    expect(door(foreign({}, { notBefore: NOON + 60 }))).toMatchObject({
      reason: 'not-yet',
      number: 202,
      parameters: { from: NOON + 60 },
    });
  });

  it('is taken where the pack takes it, after comparing: it is as still as paper', () => {
    const policy = withPack((pack) => ({
      ...pack,
      admission: pack.admission.map((rule) => ({ ...rule, foreign: ['hcert'] as const })),
    }));
    expect(door(foreign(), {}, policy).reason).toBe('compare');
    expect(door(foreign(), { compared: true }, policy)).toMatchObject({
      verdict: 'admit',
      reason: 'valid',
      check: 'scan',
    });
  });

  it('records a visit where nothing is asked', () => {
    expect(
      decide(foreign(), noKeys, ward, context({ venue: { kind: 'ward', region: 'main' }, compared: true })),
    ).toMatchObject({ verdict: 'admit', reason: 'not-required', check: 'not-required', record: true });
  });

  it('with a broken name or birth date still gets an answer', () => {
    for (const given of [
      { familyName: '' },
      { familyName: null },
      { birthDate: null },
      { birthDate: '1998' },
      { familyName: '김', birthDate: '1998-02-26' },
    ])
      expect(door(foreign(given)).reason).toBe('not-accepted-here');
    expect(door(foreign({ familyName: '김', birthDate: '1998-02-26' })).hint).toEqual({
      initial: 1,
      day: 26,
    });
  });
});
