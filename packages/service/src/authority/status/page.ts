import type { ComponentState, Incident } from '@munjigi/core/incident';
import type { Language, Policy } from '@munjigi/core/rules';
import type { Now } from '@munjigi/core/trust';
import type { VenueFacts } from './facts.ts';
import { Html, html } from './html.ts';
import { STYLE } from './style.ts';
import { say } from './texts.ts';

/** What was said once: one line of the day. */
export type Said = Pick<Now, 'notice' | 'status' | 'parameters'> & { readonly at: number };

/** Everything that the pages are made of. */
export interface PageFacts {
  readonly policy: Policy;
  readonly now: Now;
  readonly venues: readonly VenueFacts[];
  readonly states: readonly ComponentState[];
  /** The newest first. */
  readonly incidents: readonly Incident[];
  /** Of the day, the newest first. */
  readonly said: readonly Said[];
  /** Seconds. */
  readonly writtenAt: number;
  readonly nextBy: number;
}

export const PAGES = ['status', 'answer', 'history'] as const;
export type PageName = (typeof PAGES)[number];

const BASE: Readonly<Record<PageName, string>> = { status: 'index', answer: 'answer', history: 'history' };

/** The file of a page in a language. */
export const fileOf = (page: PageName, language: Language): string =>
  language === 'ko' ? `${BASE[page]}.html` : page === 'status' ? 'en.html' : `${BASE[page]}-en.html`;

export const feedOf = (language: Language): string => (language === 'ko' ? 'feed.xml' : 'feed-en.xml');

/** The picture that a pusher replaces when no news comes; it is the only file that is not signed. */
export const silentOf = (language: Language): string => (language === 'ko' ? 'silent.svg' : 'silent-en.svg');

const MARK = html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M7 21H3V3h18v18h-4" fill="none" stroke="currentColor" stroke-width="3"/><circle cx="12" cy="14" r="4"/></svg>`;

/** An instant as a page says it: the clock today, else with the date. */
export function when(policy: Policy, language: Language, at: number, today: number): string {
  const { calendar } = policy;
  const time = written(policy, language, 'clock', at);
  return calendar.dateOf(at) === calendar.dateOf(today)
    ? time
    : `${written(policy, language, 'date', at)} ${time}`;
}

/** A date in full, with its day of the week. */
export const inFull = (policy: Policy, language: Language, at: number): string =>
  written(policy, language, 'full', at);

/** An instant by one of the pack's own forms. */
function written(policy: Policy, language: Language, form: string, at: number): string {
  const { year, month, day, hour, minute, weekday } = policy.calendar.fieldsOf(at);
  const names = (list: string) => policy.text(language, `format.${list}`).split(' ');
  const two = (value: number) => String(value).padStart(2, '0');
  return policy.text(language, `format.${form}`, {
    year,
    month,
    day,
    hour,
    minute,
    HH: two(hour),
    mm: two(minute),
    monthName: names('months')[month - 1] ?? '',
    weekday: names('weekdays')[weekday] ?? '',
  });
}

export const tag = (language: Language, status: Now['status'] | null): Html =>
  status === null ? html`` : html`<span class="tag ${status}">${say(language, status)}</span>`;

/**
 * A whole page: bar, what it says of itself, content, and until when it counts. It has no script; that it was opened long ago it
 * says by an animation, that nobody writes it any more by a picture which whoever serves it replaces.
 */
export function framed(
  page: PageName,
  language: Language,
  { policy, writtenAt, nextBy }: PageFacts,
  content: Html,
): string {
  const other: Language = language === 'ko' ? 'en' : 'ko';
  const drill = policy.exercise ? `[${say(language, 'exercise')}] ` : '';
  const at = (seconds: number) => when(policy, language, seconds, writtenAt);
  const { source } = html`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src *">
<title>${drill}${say(language, page)} · ${say(language, 'brand')}</title>
<link rel="alternate" type="application/atom+xml" href="${feedOf(language)}"><link rel="alternate" hreflang="${other}" href="${fileOf(page, other)}">
<style>${new Html(STYLE)}</style></head><body>
<header class="bar"><div class="in"><a class="brand" href="${fileOf('status', language)}">${MARK}${say(language, 'brand')}</a><nav>${PAGES.map(
    (one) =>
      html`<a href="${fileOf(one, language)}"${one === page ? html` aria-current="page"` : ''}>${say(language, one)}</a>`,
  )}<a href="${fileOf(page, other)}" lang="${other}">${say(language, 'other')}</a></nav></div></header>
${
  policy.exercise &&
  html`<div class="drill"><p class="in">${policy.text(language, 'strip.exercise.headline')} ${policy.text(language, 'strip.exercise.text')}</p></div>`
}
<div class="old"><p class="in">${say(language, 'old')} <a href="${fileOf(page, language)}">${say(language, 'again')}</a></p></div>
<img class="silent" src="${silentOf(language)}" alt="">
${content}
<footer><div class="in"><p class="num"><b>${say(language, 'written', { at: at(writtenAt) })}.</b> ${say(language, 'until', { at: at(nextBy) })}</p><p>${say(language, 'signed')} <a href="${feedOf(language)}">${say(language, 'feed')}</a></p></div></footer>
</body></html>
`;
  return source;
}

const joined = (words: readonly string[], language: Language): string =>
  words.join(language === 'ko' ? '·' : ', ');

/** The venues of a group in words: every one, or kinds, with their regions where those are not all. */
export function venuesInWords({ policy }: PageFacts, { venues }: VenueFacts, language: Language): string {
  const all = policy.regions.length;
  const kinds = policy.venueKinds.filter((kind) => venues.some((venue) => venue.kind === kind));
  if (kinds.length === policy.venueKinds.length && venues.length === kinds.length * all)
    return say(language, 'every-venue');
  const regionsOf = (kind: string) =>
    policy.regions.filter((region) => venues.some((one) => one.kind === kind && one.region === region));
  const byRegions = new Map<string, string[]>();
  for (const kind of kinds) {
    const key = regionsOf(kind).join();
    byRegions.set(key, [...(byRegions.get(key) ?? []), policy.text(language, `venue.${kind}`)]);
  }
  return [...byRegions]
    .map(([key, names]) => {
      const regions = key.split(',');
      if (regions.length === all) return joined(names, language);
      const without = policy.regions.filter((region) => !regions.includes(region));
      const words = (list: readonly string[]) =>
        joined(
          list.map((region) => policy.text(language, `region.${region}`)),
          language,
        );
      const where =
        without.length < regions.length
          ? say(language, 'except', { regions: words(without) })
          : words(regions);
      return `${joined(names, language)}(${where})`;
    })
    .join(', ');
}
