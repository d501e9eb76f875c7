import { type Calendar, calendarOf } from './calendar.ts';
import { type MinuteSign, minuteSign, signBeside } from './minute-sign.ts';
import type { Language, Pack, Parameters, Windows } from './pack.ts';
import { readPack } from './pack-shape.ts';
import { wrongPack } from './shape.ts';
import { textWriter } from './texts.ts';

/** A pack made ready: plain data, its calendar and its texts. The rules are functions of this folder over it. */
export interface Policy {
  readonly id: string;
  readonly timeZone: string;
  readonly exercise: boolean;
  readonly languages: readonly Language[];
  readonly retentionDays: number;
  readonly windows: Windows;
  readonly venueKinds: readonly string[];
  readonly regions: readonly string[];
  /** Counted from 1: at 0 stands an empty text. */
  readonly hintLetters: readonly string[];
  readonly pack: Pack;
  readonly calendar: Calendar;
  /** What every live wallet and every gate shows in the minute of an instant. */
  minuteSign(seconds: number, language: Language): MinuteSign;
  /** The sign of the minute before or after, near its turn; null in the middle of a minute. */
  signBeside(seconds: number, language: Language): MinuteSign | null;
  /** A text of the pack, parameters filled in; an unknown key comes back as itself. */
  text(language: Language, key: string, parameters?: Parameters): string;
  hasText(language: Language, key: string): boolean;
}

/**
 * Checks a pack (one JSON object, see `Pack`) and makes it ready. Throws `policy.structure` naming the JSON path of the
 * first thing that is not as it must be.
 */
export function compilePolicy(value: unknown): Policy {
  const pack = readPack(value);
  let calendar: Calendar;
  try {
    calendar = calendarOf(pack.timeZone);
  } catch {
    throw wrongPack('$.timeZone', 'must be a time zone that this platform knows, such as Europe/Paris');
  }
  const texts = textWriter(pack, calendar);
  return {
    id: pack.id,
    timeZone: pack.timeZone,
    exercise: pack.exercise,
    languages: pack.languages,
    retentionDays: pack.retentionDays,
    windows: pack.windows,
    venueKinds: pack.venues,
    regions: pack.regions,
    hintLetters: ['', ...pack.hint.letters.map(({ letter }) => letter)],
    pack,
    calendar,
    minuteSign: (seconds, language) => minuteSign(pack, seconds, language),
    signBeside: (seconds, language) => signBeside(pack, seconds, language),
    text: texts.write,
    hasText: texts.has,
  };
}

/** How old the rules of a gate are on the pack's ladder; `ageingHours` warns, `tooOldHours` ends judging. */
export function rulesAge(policy: Policy, ageSeconds: number): 'fresh' | 'ageing' | 'too-old' {
  const { ageingHours, tooOldHours } = policy.pack.ladder;
  if (!(ageSeconds <= tooOldHours * 3600)) return 'too-old';
  return ageSeconds <= ageingHours * 3600 ? 'fresh' : 'ageing';
}
