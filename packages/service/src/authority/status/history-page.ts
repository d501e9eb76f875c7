import {
  endedAt,
  firstAt,
  type Incident,
  type IncidentEvent,
  type Phase,
  phaseOf,
  type Words,
} from '@munjigi/core/incident';
import { type Language, noticeTexts } from '@munjigi/core/rules';
import { type Html, html } from './html.ts';
import { framed, type PageFacts, when } from './page.ts';
import { say } from './texts.ts';

/** A text in the language of the page, or in the other one, marked as such. */
function inWords(words: Words, language: Language): Html {
  const own = words[language];
  if (own.trim() !== '') return html`${own}`;
  const other: Language = language === 'ko' ? 'en' : 'ko';
  return html`<span lang="${other}">${words[other]}</span>`;
}

/** Every incident with its timeline, its cause and what is done about it. */
export const historyPage = (facts: PageFacts, language: Language): string =>
  framed(
    'history',
    language,
    facts,
    html`<main class="in past"><h1>${say(language, 'history')}</h1>${
      facts.incidents.length === 0
        ? html`<p class="quiet">${say(language, 'no-incidents')}</p>`
        : facts.incidents.map((incident) => past(facts, incident, language))
    }</main>`,
  );

const PHASE = {
  detected: 'detected',
  provisional: 'provisional',
  confirmed: 'confirmed',
  closed: 'closed',
} as const satisfies Record<Phase, string>;

function past(facts: PageFacts, incident: Incident, language: Language): Html {
  const { policy, writtenAt } = facts;
  const at = (seconds: number) => when(policy, language, seconds, writtenAt);
  const [from, to] = [at(firstAt(incident, 'began') ?? 0), endedAt(incident)];
  const span =
    to === null ? say(language, 'from-on', { from }) : say(language, 'from-to', { from, to: at(to) });
  const key = `component.${incident.component}`;
  const title = policy.hasText(language, key) ? policy.text(language, key) : incident.component;
  const state = say(language, incident.state === 'slow' ? 'was-slow' : 'was-down');
  const { repeats, exercise, cause } = incident;
  return html`<article id="i${incident.number}"><header><h2>${title} ${state}</h2><span class="num">${span}</span><span class="tag${phaseOf(incident) === 'provisional' ? ' provisional' : ''}">${say(language, PHASE[phaseOf(incident)])}</span>${exercise && html`<span class="tag">${say(language, 'exercise')}</span>`}<span class="quiet num">${say(language, 'incident', { number: incident.number })}</span></header>
<div><ol class="list">${incident.events.map((event) => line(facts, event, language))}</ol></div>
<div>${repeats !== null && html`<section><p><b><a href="#i${repeats}">${say(language, 'repeats', { number: repeats })}</a></b></p></section>`}<section><h3>${say(language, 'cause')}</h3><p>${cause ? inWords(cause, language) : say(language, 'no-cause')}</p></section>${incident.measures.length > 0 && measures(incident, language)}</div></article>`;
}

function line({ policy, now, writtenAt }: PageFacts, event: IncidentEvent, language: Language): Html {
  const second = String(event.at % 60).padStart(2, '0');
  const said =
    event.notice === undefined
      ? null
      : noticeTexts(
          policy,
          { ...now, notice: event.notice, parameters: {}, validFrom: event.at },
          'owner',
          language,
        ).headline;
  return html`<li><span class="num">${when(policy, language, event.at, writtenAt)}:${second}</span><span>${say(language, `event.${event.what}`)}${said !== null && html`<br><span class="quiet">${said}</span>`}</span></li>`;
}

const measures = (incident: Incident, language: Language): Html =>
  html`<section><h3>${say(language, 'measures')}</h3><ul class="tab">${incident.measures.map(
    ({ what, owner, due, done }) =>
      html`<li><span>${inWords(what, language)}<br><span class="small">${inWords(owner, language)} · ${due}</span></span><b>${say(language, done ? 'done' : 'open')}</b></li>`,
  )}</ul></section>`;
