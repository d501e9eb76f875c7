import { LANGUAGES, type Language, type NoticeReader, noticeTexts, type Policy } from '@munjigi/core/rules';
import type { Now } from '@munjigi/core/trust';
import type { GateTerms } from './gate.ts';

/** What a gate says while a notice counts, and what a hotline must answer by the same document. */
export interface Told {
  /** Of the pack's table. */
  readonly notice: string;
  readonly standing: 'provisional' | 'confirmed';
  /** All in one line, as its screen has it. */
  readonly sentence: Readonly<Record<Language, string>>;
  /** Cause, headline and what to do: the pieces of which every page is made. */
  readonly owner: Readonly<Record<Language, readonly string[]>>;
  readonly answer: Readonly<Record<Language, readonly string[]>>;
}

/** The sentence of a published notice at a venue; null where none is published. */
export function toldBy(policy: Policy, now: Now, venue: GateTerms['venue']): Told | null {
  if (now.notice === null) return null;
  const each = <T>(make: (language: Language) => T) =>
    Object.fromEntries(LANGUAGES.map((language) => [language, make(language)])) as Record<Language, T>;
  const pieces = (reader: NoticeReader) =>
    each((language) => {
      const { cause, headline, text } = noticeTexts(policy, now, reader, language, venue);
      return [cause, headline, text];
    });
  return {
    notice: noticeTexts(policy, now, 'owner', 'ko', venue).notice,
    standing: now.status,
    sentence: each((language) => noticeTexts(policy, now, 'owner', language, venue).sentence),
    owner: pieces('owner'),
    answer: pieces('answer'),
  };
}
