import { cutOffTexts, type Language, type NoticeTexts, noticeTexts, type Policy } from '@munjigi/core/rules';
import type { Now } from '@munjigi/core/trust';
import type { Notice } from '../model.ts';

const written = ({ headline, text, asOf, status }: NoticeTexts): Notice => ({
  headline,
  text: [text, asOf && `(${asOf})`].filter(Boolean).join(' '),
  status: status ?? 'confirmed',
});

/** A phone's clock may be a minute behind the authority's. */
const BEHIND_SECONDS = 60;

/**
 * What counts right now for a visitor: the published notice in its own time; else, where no mirror answers, the pack's sentence
 * for a phone that reaches nobody; null on a usual day.
 * @param at seconds
 */
export function noticeOf(
  policy: Policy,
  { now, cutOffSince }: { readonly now: Now | null; readonly cutOffSince: number | null },
  at: number,
  language: Language,
): Notice | null {
  if (now && now.notice !== null && at + BEHIND_SECONDS >= now.validFrom && at < now.validUntil)
    return written(noticeTexts(policy, now, 'visitor', language));
  const alone = cutOffSince === null ? null : cutOffTexts(policy, null, at, cutOffSince, 'visitor', language);
  return alone && written(alone);
}
