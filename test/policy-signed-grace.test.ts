import { decide } from '@munjigi/core/gate';
import { notice, obligation } from '@munjigi/core/rules';
import type { Trust, TrustedKey } from '@munjigi/core/trust';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { context, genuine, korea, NOON, noKeys } from './support/packs.ts';

const HOUR = 3600;
const CODE = 'ended-passes-count';
const HOURS = obligation(korea, CODE)!.endedPassHours!;
const keyOf = (withdrawn: boolean): Trust => {
  const key: TrustedKey = {
    format: 'entry-pass',
    keyId: '01',
    publicKey: new Uint8Array(91),
    algorithm: 'ES256',
    issuer: 'issuer',
    usage: ['pass'],
    from: null,
    until: null,
    withdrawn,
  };
  return { ...noKeys, keys: () => [key] };
};
const inForce = { obligation: CODE, obligationUntil: NOON + HOUR };

describe('a signed grace for passes that ended while their issuer was overloaded', () => {
  it('is data of the pack: a notice leads to it, and its sentences are there', () => {
    const row = notice(korea, 'issuing-crowded')!;
    expect(row.obligation).toBe(CODE);
    expect(row.parameters.hours).toBe(HOURS);
    for (const language of ['ko', 'en'] as const) {
      expect(korea.text(language, 'notice.issuing-crowded.owner.headline', row.parameters)).toContain('48');
    }
  });

  it('never reaches a pass of a withdrawn issuer key, ended or not', () => {
    for (const expiresAt of [NOON - HOUR, NOON + HOUR]) {
      const decision = decide(genuine(NOON, { expiresAt }), keyOf(true), korea, context(inForce));
      expect(decision).toMatchObject({ verdict: 'another-proof', reason: 'withdrawn', also: null });
      expect(korea.text('en', 'reason.withdrawn.instruction', decision.parameters)).not.toBe('');
    }
    expect(
      decide(genuine(NOON, { expiresAt: NOON - HOUR }), keyOf(false), korea, context(inForce)),
    ).toMatchObject({ verdict: 'admit', reason: 'valid-extended' });
  });

  it('says at the door until when the pass counts', () => {
    const { parameters } = decide(genuine(NOON, { expiresAt: NOON - HOUR }), noKeys, korea, context(inForce));
    expect(parameters).toEqual({ until: NOON - HOUR + HOURS * HOUR });
    expect(korea.text('ko', 'reason.valid-extended.instruction', parameters)).toContain('연장');
  });

  it('still asks for the hint where a code is on paper or slow, and still says that a code was seen before', () => {
    const paper = genuine(NOON, { expiresAt: NOON - HOUR, form: 'paper', drawnAt: null });
    expect(decide(paper, noKeys, korea, context(inForce)).reason).toBe('compare');
    const again = context({ ...inForce, seenBeforeAt: NOON - HOUR });
    expect(decide(genuine(NOON, { expiresAt: NOON - HOUR }), noKeys, korea, again).reason).toBe(
      'seen-before',
    );
  });

  it('lets in exactly the passes that ended within its hours, whatever the instants', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -6, max: 200 * HOUR }),
        fc.integer({ min: -HOUR, max: HOUR }),
        (ago, left) => {
          const decision = decide(
            genuine(NOON, { expiresAt: NOON - ago }),
            noKeys,
            korea,
            context({ obligation: CODE, obligationUntil: NOON + left }),
          );
          const reason = ago < 0 ? 'valid' : left > 0 && ago < HOURS * HOUR ? 'valid-extended' : 'ended';
          expect(decision.reason).toBe(reason);
        },
      ),
    );
  });
});
