import type { Now } from '../trust/types.ts';
import type { Venue } from './admission.ts';
import { obligation, usualObligation, widestObligation } from './obligations.ts';
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
 * @param venue whose duty it is told for, where that may be another than most venues have; null tells of the widest
 */
export function noticeTexts(
  policy: Policy,
  now: Now,
  reader: NoticeReader,
  language: Language,
  venue: Venue | null = null,
): NoticeTexts {
  const counts = countsAt(policy, now, venue);
  const id = counts.notice ?? obligation(policy, counts.obligation)?.standing ?? 'usual';
  // That all is as usual again may be said by itself: then nobody has confirmed it, and it is no provisional sentence either.
  const usual = now.notice === null && now.status === 'provisional' ? null : 'confirmed';
  const status = now.notice !== null && notice(policy, now.notice) !== null ? now.status : usual;
  return write(policy, id, reader, language, now.validFrom, now.parameters, status);
}

/**
 * What counts at a venue: the notice that is told there (null where the standing sentence of its duty is), and the obligation that
 * goes with it.
 */
export function countsAt(
  policy: Policy,
  now: Now,
  venue: Venue | null,
): { readonly notice: string | null; readonly obligation: string } {
  const duty = dutyOf(policy, now, venue);
  const published = now.notice !== null && notice(policy, now.notice) !== null ? now.notice : null;
  const told = published === null ? null : forDuty(policy, published, duty);
  const isOther = told !== null && told !== published;
  return { notice: told, obligation: isOther ? policy.pack.notices[told]!.obligation : duty };
}

/** The obligation that is told of: the published one, unless the rules give the venue another duty than most have. */
function dutyOf(policy: Policy, { obligation: published, issuedAt }: Now, venue: Venue | null): string {
  if (venue === null) return published;
  const own = usualObligation(policy, venue, issuedAt);
  return own === widestObligation(policy, issuedAt) ? published : own;
}

/**
 * The notice of the same disturbance that speaks of a duty: a register that is down is told otherwise where a proof is checked and
 * where none is. Null where the disturbance changes nothing for that duty.
 */
function forDuty(policy: Policy, id: string, duty: string): string | null {
  const { pack } = policy;
  const standing = (code: string) => obligation(policy, code)?.standing;
  const row = pack.notices[id]!;
  if (standing(row.obligation) === standing(duty)) return id;
  const same = Object.entries(pack.notices).find(
    ([, other]) =>
      other.state === row.state &&
      standing(other.obligation) === standing(duty) &&
      other.preApproved?.seen.some((seen) => row.preApproved?.seen.includes(seen)),
  );
  return same?.[0] ?? null;
}

/**
 * The sentence of a device that reaches nobody: what its rules ask of the venue, and that this holds until it reaches somebody
 * again. Null where the rules ask nothing, or the pack has no such sentence.
 * @param venue null tells of the widest duty that any venue has
 * @param since when it last reached somebody, in seconds
 * @param kept a sentence of the device's own on what it keeps meanwhile; empty for none
 */
export function cutOffTexts(
  policy: Policy,
  venue: Venue | null,
  at: number,
  since: number,
  reader: NoticeReader,
  language: Language,
  kept = '',
): NoticeTexts | null {
  const duty = venue === null ? widestObligation(policy, at) : usualObligation(policy, venue, at);
  const found = Object.entries(policy.pack.notices).find(
    ([, { state, obligation: code }]) => state === CUT_OFF && code === duty,
  );
  return found
    ? write(policy, found[0], reader, language, at, { since, kept: kept && ` ${kept}` }, null)
    : null;
}

/** The state of a device, in the table of notices, that reaches neither register nor mirrors. It says so itself; nobody publishes it. */
export const CUT_OFF = 'cut-off';

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
  const isThatDay = row !== null && row.incident === policy.calendar.dateOf(at);
  const historic = isThatDay ? row.parameters : {};
  const parameters: Parameters = { at, today: at, since: at, until: at, ...historic, ...published };
  const part = (name: string): string => {
    const keys = [
      ...(isThatDay ? [`notice.${id}.${name}.then`] : []),
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
  const stands = policy.text(language, `notice.as-of.${status ?? 'standing'}`, parameters);
  const asOf = policy.exercise ? `${stands} · ${policy.text(language, 'notice.exercise')}` : stands;
  const closed = cause === '' || /[.!?]$/.test(cause) ? cause : `${cause}.`;
  const sentence = [closed, headline, text, `(${asOf})`].filter((piece) => piece !== '').join(' ');
  return { cause, headline, text, asOf, sentence, status, notice: id };
}
