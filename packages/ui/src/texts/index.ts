import { consoleCasesEn } from './console-cases-en.ts';
import { consoleCasesKo } from './console-cases-ko.ts';
import { consoleEn } from './console-en.ts';
import { consoleIncidentsEn } from './console-incidents-en.ts';
import { consoleIncidentsKo } from './console-incidents-ko.ts';
import { consoleKo } from './console-ko.ts';
import { consoleLadderEn } from './console-ladder-en.ts';
import { consoleLadderKo } from './console-ladder-ko.ts';
import { en } from './en.ts';
import { ko } from './ko.ts';
import { troublesEn } from './troubles-en.ts';
import { troublesKo } from './troubles-ko.ts';
import { walletEn } from './wallet-en.ts';
import { walletKo } from './wallet-ko.ts';

export type Language = 'ko' | 'en';
export const LANGUAGES: readonly Language[] = ['ko', 'en'];

/** Keys of the neutral catalogue. What belongs to a policy (its proofs, reasons, notices) is the pack's text, not here. */
export type TextKey =
  | keyof typeof ko
  | keyof typeof consoleKo
  | keyof typeof consoleCasesKo
  | keyof typeof consoleIncidentsKo
  | keyof typeof consoleLadderKo
  | keyof typeof troublesKo
  | keyof typeof walletKo;

// `en` is typed by the keys of `ko`, so a sentence can never exist in one language alone.
const catalogue: Record<Language, Readonly<Record<TextKey, string>>> = {
  ko: {
    ...ko,
    ...consoleKo,
    ...consoleCasesKo,
    ...consoleIncidentsKo,
    ...consoleLadderKo,
    ...troublesKo,
    ...walletKo,
  },
  en: {
    ...en,
    ...consoleEn,
    ...consoleCasesEn,
    ...consoleIncidentsEn,
    ...consoleLadderEn,
    ...troublesEn,
    ...walletEn,
  },
};

/** True for a key of the neutral catalogue. */
export const isTextKey = (key: string): key is TextKey => Object.hasOwn(catalogue.ko, key);

/** The sentence in that language, `{name}` filled in from `parameters`. */
export function t(
  language: Language,
  key: TextKey,
  parameters: Readonly<Record<string, string | number>> = {},
): string {
  return catalogue[language][key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    String(parameters[name] ?? whole),
  );
}
