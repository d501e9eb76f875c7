import { CANARIES, type ComponentState } from '@munjigi/core/incident';
import { type Language, noticeTexts, type Obligation, type Policy } from '@munjigi/core/rules';
import type { VenueFacts } from './facts.ts';
import { type Html, html, sentences } from './html.ts';
import { framed, inFull, type PageFacts, tag, venuesInWords, when } from './page.ts';
import { say } from './texts.ts';

/** What canaries call the mirrors of the signed files: while they work, the page says how new those are. */
const DOCUMENTS = 'documents';

/** The page that says what counts, how everything stands, and what was said today. */
export function statusPage(facts: PageFacts, language: Language): string {
  const [most, ...others] = facts.venues;
  return framed(
    'status',
    language,
    facts,
    html`<input class="who" type="radio" name="who" id="owner" checked><input class="who" type="radio" name="who" id="visitor">
${sentence(facts, most ?? null, language)}
<main class="in body">${most && html`<div class="wide">${duties(facts, most, language)}</div>`}
<section><h2>${say(language, 'today')}</h2>${today(facts, language)}<p class="small">${facts.policy.text(language, 'notice.provisional')}</p></section>
<section><h2>${say(language, 'right')}</h2><ul class="comp">${components(facts, language)}</ul></section>
${others.length > 0 && html`<section class="wide"><ul class="kinds">${others.map((one) => otherVenues(facts, one, language))}</ul></section>`}</main>`,
  );
}

function sentence(facts: PageFacts, most: VenueFacts | null, language: Language): Html {
  const { policy, now } = facts;
  const [owner, visitor] = (['owner', 'visitor'] as const).map((reader) =>
    noticeTexts(policy, now, reader, language, most?.venue ?? null),
  ) as [ReturnType<typeof noticeTexts>, ReturnType<typeof noticeTexts>];
  const isUsual = now.notice === null;
  const told = ({ headline, text }: typeof owner, who: string) =>
    html`<div class="for-${who}"><h1>${headline}</h1><p class="do">${sentences(text)}</p></div>`;
  return html`<section class="top${isUsual ? ' usual' : ''}${owner.status === 'provisional' ? ' provisional' : ''}"><div class="in"><div>
<div class="seg"><label for="owner">${say(language, 'owner')}</label><label for="visitor">${say(language, 'visitor')}</label></div>
${owner.cause !== '' && html`<p>${owner.cause}</p>`}${told(owner, 'owner')}${told(visitor, 'visitor')}</div>
<div class="as-of"><b class="num">${when(policy, language, now.validFrom, now.validFrom)}</b>${tag(language, owner.status)}<span>${say(language, 'as-of', { date: inFull(policy, language, now.validFrom), venues: most ? venuesInWords(facts, most, language) : say(language, 'every-venue') })}</span></div></div></section>`;
}

function duties({ policy }: PageFacts, facts: VenueFacts, language: Language): Html {
  const { duty, lawful, grace } = facts;
  const words = (family: string, names: readonly string[]) =>
    names.map((name) => policy.text(language, `${family}.${name}`)).join(' · ');
  const cell = (name: string, value: string, more: string) =>
    html`<div><dt>${policy.text(language, `duty.${name}`)}</dt><dd>${value}</dd><p>${more}</p></div>`;
  const until = grace?.until ?? null;
  return html`<dl class="facts">${cell('check', policy.text(language, `duty.${duty.check}`), duty.check === 'none' ? '' : words('check', duty.acceptedChecks))}${cell('record', policy.text(language, `duty.${duty.record}`), words('record', lawful))}${cell('fines', fines(policy, duty, language), until === null ? '' : policy.text(language, 'fines.grace', { until }))}</dl>`;
}

const fines = (policy: Policy, { fines: { venue } }: Obligation, language: Language): string =>
  policy.text(language, `fines.${venue}`);

function today({ policy, now, said, writtenAt }: PageFacts, language: Language): Html {
  if (said.length === 0) return html`<p class="quiet">${say(language, 'nothing')}</p>`;
  return html`<ul class="list">${said.map(({ at, ...one }) => {
    const { cause, headline, status } = noticeTexts(
      policy,
      { ...now, ...one, validFrom: at },
      'owner',
      language,
    );
    const words = status === 'provisional' && cause !== '' ? cause : headline;
    return html`<li><span class="num">${when(policy, language, at, writtenAt)}</span><span>${words}</span>${tag(language, status)}</li>`;
  })}</ul>`;
}

function components({ policy, states, now, writtenAt }: PageFacts, language: Language): readonly Html[] {
  const rows = states
    .filter(({ component, state }) => component !== CANARIES || state === 'down')
    .filter(({ component, state }) => component !== DOCUMENTS || state !== 'works')
    .map((one) => component(policy, one, writtenAt, language));
  const at = when(policy, language, now.issuedAt, writtenAt);
  if (states.some(({ component, state }) => component === DOCUMENTS && state !== 'works')) return rows;
  return [
    ...rows,
    html`<li><span>${policy.text(language, 'component.documents')}</span><span class="num">${say(language, 'updated', { at })}</span></li>`,
  ];
}

function component(
  policy: Policy,
  { component: name, state, since }: ComponentState,
  today: number,
  language: Language,
): Html {
  const key = `component.${name}`;
  const title = policy.hasText(language, key) ? policy.text(language, key) : name;
  const look = state === 'works' ? '' : state === 'unknown' ? 'unknown' : 'bad';
  const isBad = state === 'slow' || state === 'down';
  const words =
    since === null
      ? say(language, isBad ? `was-${state}` : state)
      : say(language, state, { since: when(policy, language, since, today) });
  return html`<li class="${look}"><span>${title}</span><span class="num">${words}</span></li>`;
}

function otherVenues(facts: PageFacts, one: VenueFacts, language: Language): Html {
  const { headline, text } = noticeTexts(facts.policy, facts.now, 'owner', language, one.venue);
  return html`<li><h3>${venuesInWords(facts, one, language)}</h3><p><b>${headline}</b> ${sentences(text)}</p></li>`;
}
