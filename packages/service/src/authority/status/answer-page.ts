import { type Language, noticeTexts } from '@munjigi/core/rules';
import type { VenueFacts } from './facts.ts';
import { type Html, html, sentences } from './html.ts';
import { framed, type PageFacts, tag, venuesInWords, when } from './page.ts';
import { say } from './texts.ts';

/** What a hotline and a city hall answer, a card for each kind of venue: out of the same document as everybody's sentence. */
export const answerPage = (facts: PageFacts, language: Language): string =>
  framed(
    'answer',
    language,
    facts,
    html`<main>${facts.venues.map((one) => card(facts, one, language))}</main>`,
  );

function card(facts: PageFacts, one: VenueFacts, language: Language): Html {
  const { policy, now, writtenAt } = facts;
  const { cause, headline, text, status } = noticeTexts(policy, now, 'answer', language, one.venue);
  const venues = venuesInWords(facts, one, language);
  const said = policy.exercise ? html`<span class="tag">${say(language, 'exercise')}</span>` : null;
  // The pack's question is about proofs: where none is checked nobody asks it.
  const question =
    one.duty.check !== 'none' && policy.hasText(language, 'answer.question')
      ? policy.text(language, 'answer.question')
      : say(language, 'question');
  const closed = cause === '' || /[.!?]$/.test(cause) ? cause : `${cause}.`;
  return html`<article class="card"><header><h2 class="venues">${venues}</h2><p class="num quiet">${when(policy, language, now.validFrom, writtenAt)} ${tag(language, status)} ${said}</p></header>
<div><p class="q">${question}</p><h1>${headline}</h1><p class="say">${sentences([closed, text].filter((piece) => piece !== '').join(' '))}</p>${questions(facts, one, language)}</div>
<aside>${one.rows.length > 0 && table(facts, one, language)}<p class="small">${say(language, 'source')}</p></aside></article>`;
}

/** The questions that callers ask, as far as the pack has answers that hold at these venues now. */
function questions({ policy, now }: PageFacts, { duty, grace }: VenueFacts, language: Language): Html {
  const has = (key: string) => policy.hasText(language, key);
  const row = (name: string, answer: string, values = {}) =>
    has(`answer.${name}.question`) && has(answer)
      ? html`<div><dt>${policy.text(language, `answer.${name}.question`)}</dt><dd>${policy.text(language, answer, values)}</dd></div>`
      : null;
  const isTrouble = now.notice !== null;
  const rows = [
    duty.check === 'none' ? null : row('unchecked', `answer.unchecked.${duty.fines.venue}`),
    grace?.until == null ? null : row('ended', 'answer.ended.answer', { until: grace.until }),
    isTrouble ? row('reinstall', 'answer.reinstall.answer') : null,
    isTrouble ? row('until', 'answer.until.answer') : null,
  ].filter((one) => one !== null);
  return rows.length > 0 ? html`<dl class="qa">${rows}</dl>` : html``;
}

const table = ({ policy }: PageFacts, { rows }: VenueFacts, language: Language): Html =>
  html`<h2>${say(language, 'table')}</h2><ul class="tab">${rows.map(
    (row) =>
      html`<li><span>${policy.text(language, row.labelKey, row.parameters)}</span><b class="num">${policy.text(language, row.valueKey, row.parameters) || say(language, 'counts')}</b></li>`,
  )}</ul>`;
