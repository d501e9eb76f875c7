import { firstAt, type Incident, phaseOf } from '@munjigi/core/incident';
import { type Language, noticeTexts } from '@munjigi/core/rules';
import { type Html, html } from './html.ts';
import { feedOf, fileOf, type PageFacts, type Said } from './page.ts';
import { say } from './texts.ts';

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** The same as an Atom feed (RFC 4287): what was said, and incidents that were closed with their cause. */
export function feed(facts: PageFacts, language: Language): string {
  const { policy, writtenAt, said, incidents } = facts;
  const drill = policy.exercise ? `[${say(language, 'exercise')}] ` : '';
  const base = `urn:munjigi:${policy.id}`;
  const entry = (id: string, at: number, title: string, text: string, file: string): Html =>
    html`<entry><id>${base}:${id}</id><updated>${iso(at)}</updated><title>${drill}${title}</title><link href="${file}"/><content>${text}</content></entry>`;
  const spoken = ({ at, ...one }: Said): Html => {
    const words = noticeTexts(policy, { ...facts.now, ...one, validFrom: at }, 'owner', language);
    return entry(`said:${at}`, at, words.headline, `${drill}${words.sentence}`, fileOf('status', language));
  };
  const closed = (incident: Incident): Html => {
    const cause = incident.cause?.[language] || incident.cause?.ko || incident.cause?.en || '';
    const key = `component.${incident.component}`;
    const title = policy.hasText(language, key) ? policy.text(language, key) : incident.component;
    return entry(
      `incident:${incident.number}`,
      firstAt(incident, 'closed') ?? 0,
      `${title} · ${say(language, 'event.closed')}`,
      `${drill}${cause}`,
      `${fileOf('history', language)}#i${incident.number}`,
    );
  };
  const { source } = html`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${language}"><id>${base}:feed:${language}</id><title>${drill}${say(language, 'brand')} · ${say(language, 'status')}</title><updated>${iso(writtenAt)}</updated><author><name>${policy.text(language, 'body.authority')}</name></author><link rel="self" href="${feedOf(language)}"/>${said.map(spoken)}${incidents.filter((one) => phaseOf(one) === 'closed').map(closed)}</feed>
`;
  return source;
}
