import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE_SHAPES, minuteSign, signBeside, TURN_SECONDS } from './minute-sign.ts';
import type { Pack } from './pack.ts';

const SEED = 20220106;
const words = ['매화', '동백', '소나무', '까치', '보름달', '눈꽃', '등불'].map((ko, i) => ({
  ko,
  en: `word ${i}`,
}));
const pack = { id: 'a pack', wordOfDay: words } as unknown as Pack;
const other = { ...pack, id: 'another pack' };
const minutes = fc.integer({ min: -1_000_000, max: 100_000_000 });

describe('the sign of the minute', () => {
  it('is the same through the whole minute, in every language the same word', () => {
    fc.assert(
      fc.property(minutes, fc.integer({ min: 0, max: 59 }), (minute, second) => {
        const sign = minuteSign(pack, minute * 60, 'ko');
        expect(minuteSign(pack, minute * 60 + second, 'ko')).toEqual(sign);
        const place = words.findIndex(({ ko }) => ko === sign.word);
        expect(minuteSign(pack, minute * 60, 'en')).toEqual({ ...sign, word: words[place]!.en });
      }),
      { seed: SEED },
    );
  });

  it('differs from the minute before in its word and in its shape, so that a turn is seen', () => {
    fc.assert(
      fc.property(minutes, (minute) => {
        const [now, next] = [0, 60].map((later) => minuteSign(pack, minute * 60 + later, 'ko'));
        expect(next!.word).not.toBe(now!.word);
        expect(next!.shape).not.toBe(now!.shape);
      }),
      { seed: SEED },
    );
  });

  it('does not come back in a rhythm by which a film of an hour ago would fit', () => {
    const signs = Array.from({ length: 1440 }, (_, minute) =>
      JSON.stringify(minuteSign(pack, minute * 60, 'ko')),
    );
    for (const apart of [2, 10, 60, 96]) {
      const same = signs.filter((sign, i) => i >= apart && sign === signs[i - apart]).length;
      expect(same / (1440 - apart), `${apart} minutes apart`).toBeLessThan(0.25);
    }
    expect(new Set(signs).size).toBe(3 * (MINUTE_SHAPES.length / 2) * 2);
  });

  it('is another under other rules', () => {
    const [mine, theirs] = [pack, other].map((one) =>
      Array.from({ length: 60 }, (_, minute) => JSON.stringify(minuteSign(one, minute * 60, 'ko'))).join(),
    );
    expect(theirs).not.toBe(mine);
  });

  it('has its neighbour beside it near a turn, so that a phone some seconds off is not sent away', () => {
    fc.assert(
      fc.property(
        minutes,
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 1 - TURN_SECONDS, max: TURN_SECONDS - 1 }),
        (minute, second, off) => {
          const gate = minute * 60 + second;
          const right = [minuteSign(pack, gate, 'ko'), signBeside(pack, gate, 'ko')];
          expect(right).toContainEqual(minuteSign(pack, gate + off, 'ko'));
        },
      ),
      { seed: SEED },
    );
    expect(signBeside(pack, 30, 'ko')).toBeNull();
  });
});
