import type { Now } from '../trust/types.ts';
import type { Venue } from './admission.ts';
import { obligation, usualObligation } from './obligations.ts';
import type { Language, Notice, Parameters } from './pack.ts';
import type { Policy } from './policy.ts';

export type NoticeReader = 'owner' | 'visitor' | 'answer';

/** One fact in words for one reader: what is broken → does the duty stand → what to do → as of when. */
export interface NoticeTexts {
  /** What is broken, since when; empty where nothing is. */
  readonly cause: string;
  /** The one sentence that counts. */
  readonly headline: string;
  /** What to do, and until when. */
  readonly text: string;
  /** Time and standing of the sentence: "14:05 확정". */
  readonly asOf: string;
  /** All of it in one line. */
  readonly sentence: string;
  readonly status: 'provisional' | 'confirmed' | null;
  /** The notice shown; the standing one of the obligation where nothing is published. */
  readonly notice: string;
}

/** True where the policy has what a `now` names; else a newer pack goes with it. */
export const understands = (policy: Policy, now: Now): boolean =>
  (now.notice === null || notice(policy, now.notice) !== null) && obligation(policy, now.obligation) !== null;

/**
 * The texts of what counts right now. A notice that the pack does not have is shown as the standing one of the obligation,
 * so that a device with older rules still says something true.
 */
export function noticeTexts(policy: Policy, now: Now, reader: NoticeReader, language: Language): NoticeTexts {
  const published = now.notice !== null && notice(policy, now.notice) !== null ? now.notice : null;
  const id = published ?? obligation(policy, now.obligation)?.standing ?? 'usual';
  return write(
    policy,
    id,
    reader,
    language,
    now.validFrom,
    now.parameters,
    published === null ? 'confirmed' : now.status,
  );
}

/** The sentence of a gate that has heard nothing at all: the standing notice of what the rules alone ask of its venue. */
export function standingTexts(
  policy: Policy,
  venue: Venue,
  at: number,
  reader: NoticeReader,
  language: Language,
): NoticeTexts {
  const id = obligation(policy, usualObligation(policy, venue, at))?.standing ?? 'usual';
  return write(policy, id, reader, language, at, {}, null);
}

/** One line of the notice table; null where the pack has none of that name. */
export function notice(policy: Policy, id: string): Notice | null {
  return Object.hasOwn(policy.pack.notices, id) ? policy.pack.notices[id]! : null;
}

/** Every notice that can be published, with the obligation that goes with it. */
export const notices = (policy: Policy): readonly (Notice & { readonly id: string })[] =>
  Object.entries(policy.pack.notices).map(([id, row]) => ({ id, ...row }));

function write(
  policy: Policy,
  id: string,
  reader: NoticeReader,
  language: Language,
  at: number,
  published: Parameters,
  status: 'provisional' | 'confirmed' | null,
): NoticeTexts {
  // What was so on the day of an incident is told of that day alone; elsewhere a notice begins when it is published.
  const row = notice(policy, id);
  const historic = row !== null && row.incident === policy.calendar.dateOf(at) ? row.parameters : {};
  const parameters: Parameters = { at, today: at, since: at, until: at, ...historic, ...published };
  const part = (name: string): string => {
    const keys = [
      `notice.${id}.${reader}.${name}.${status ?? 'standing'}`,
      `notice.${id}.${reader}.${name}`,
      ...(reader === 'answer'
        ? [`notice.${id}.owner.${name}.${status ?? 'standing'}`, `notice.${id}.owner.${name}`]
        : []),
      `notice.${id}.${name}`,
    ];
    const key = keys.find((one) => policy.hasText(language, one));
    return key === undefined ? '' : policy.text(language, key, parameters);
  };
  const cause = part('cause');
  const headline = part('headline');
  const text = part('text');
  const asOf = policy.text(language, `notice.as-of.${status ?? 'standing'}`, parameters);
  const closed = cause === '' || /[.!?]$/.test(cause) ? cause : `${cause}.`;
  const sentence = [closed, headline, text, `(${asOf})`].filter((piece) => piece !== '').join(' ');
  return { cause, headline, text, asOf, sentence, status, notice: id };
}
