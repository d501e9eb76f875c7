import { sha256, utf8Encode } from '../encoding/index.ts';
import type { Language, Pack } from './pack.ts';

/** Figures that are told apart without colour, and are none of the three verdicts'. */
export const MINUTE_SHAPES = ['triangle', 'star', 'house', 'moon', 'heart', 'cross'] as const;
export type MinuteShape = (typeof MINUTE_SHAPES)[number];

/** What every live wallet and every gate shows in one and the same minute. */
export interface MinuteSign {
  readonly word: string;
  readonly shape: MinuteShape;
}

/** So far from a turn of the minute a phone may still, or already, show the sign beside it: clocks differ by some seconds. */
export const TURN_SECONDS = 10;

/** Words and shapes of even minutes are never those of odd ones: two minutes running never look alike. */
function pick<T>(from: readonly T[], chance: number, minute: number): T {
  const half = Math.floor(from.length / 2);
  return from[2 * (chance % half) + (Math.abs(minute) % 2)]!;
}

/**
 * Word and shape of the minute that holds an instant, by the rules alone: a gate and a wallet with the same pack show the same
 * without asking anybody. It tells a picture or a film of before from a screen that is alive. It is no secret: whoever has a wallet
 * has it, so it does not stop a live relay or a forged app; only the code's signature does.
 * @param seconds since 1970, of a clock that is right to some seconds
 */
export function minuteSign(pack: Pack, seconds: number, language: Language): MinuteSign {
  const minute = Math.floor(seconds / 60);
  const digest = sha256(utf8Encode(`${pack.id} minute ${minute}`));
  const view = new DataView(digest.buffer, digest.byteOffset);
  return {
    word: pick(pack.wordOfDay, view.getUint32(0), minute)[language],
    shape: pick(MINUTE_SHAPES, view.getUint32(4), minute),
  };
}

/**
 * The sign that is also right at an instant: the one of the minute before just after a turn, the one to come just before it. Null in
 * the middle of a minute, where there is one sign alone.
 * @param seconds since 1970, of the gate's clock
 */
export function signBeside(pack: Pack, seconds: number, language: Language): MinuteSign | null {
  const second = ((seconds % 60) + 60) % 60;
  if (second < TURN_SECONDS) return minuteSign(pack, seconds - 60, language);
  return second >= 60 - TURN_SECONDS ? minuteSign(pack, seconds + 60, language) : null;
}
