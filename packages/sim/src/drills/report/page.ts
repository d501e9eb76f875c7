import type { DrillRecord } from '../types.ts';
import { inWords } from './figures.ts';
import { safe, tableOf } from './html.ts';
import type { KeptDrill } from './kept.ts';
import { doorPlots, oldPlots } from './plots.ts';
import { type Said, sentencesOf, sourceOf } from './sentences.ts';
import { STYLE } from './style.ts';
import { type ReportLanguage, type ReportTexts, TEXTS } from './texts.ts';

const LANGUAGES = ['ko', 'en'] as const;

/** A whole page: both languages, one under the other. */
export const pageOf = (title: string, articles: readonly string[]): string =>
  `<!doctype html>\n<html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${safe(title)}</title><style>${STYLE}</style></head><body><main>\n${articles.join('\n')}\n</main></body></html>\n`;

const count = (value: number): string => value.toLocaleString('en-US');
const paragraphs = (texts: readonly string[]): string => texts.map((text) => `<p>${safe(text)}</p>`).join('');
const bullets = (texts: readonly string[]): string =>
  `<ul>${texts.map((text) => `<li>${safe(text)}</li>`).join('')}</ul>`;
const h2 = (text: string): string => `<h2>${safe(text)}</h2>`;

function numbers({ line }: KeptDrill, t: ReportTexts): string {
  const { verdicts, entries } = line;
  const rows = [
    [verdicts.refusedForServer, t.refused, t.refusedHint(count(verdicts.wanted))],
    [entries.lost, t.lost, t.lostHint(count(entries.made))],
    [entries.doubled, t.doubled, t.doubledHint],
  ] as const;
  return `<dl class="numbers">${rows
    .map(
      ([value, what, hint]) =>
        `<div${value === 0 ? '' : ' class="bad"'}><dt>${safe(what)}</dt><dd class="n">${count(value)}</dd><dd class="hint">${safe(hint)}</dd></div>`,
    )
    .join('')}</dl>`;
}

const quotes = (said: readonly Said[], t: ReportTexts): string =>
  said
    .map(
      ({ reader, headline, text }) =>
        `<blockquote><span class="who">${safe(t[reader])}</span><b>${safe(headline)}</b>${safe(text)}</blockquote>`,
    )
    .join('');

function said(record: DrillRecord, t: ReportTexts, language: ReportLanguage): string {
  const { notice, noticeThen, unsaid } = record;
  const now =
    notice === null
      ? `<p>${safe(unsaid?.[language] ?? t.unsaid)}</p>`
      : quotes(sentencesOf(record, notice, language), t);
  const then =
    noticeThen && noticeThen !== notice
      ? `<h3>${safe(t.saidThen)}</h3>${quotes(sentencesOf(record, noticeThen, language), t)}`
      : '';
  return `${h2(t.said)}${then && notice !== null ? `<h3>${safe(t.saidNow)}</h3>` : ''}${now}${then}`;
}

/** An interval wider than this says little about a tenth. */
const WIDE = 0.2;

function speed({ line }: KeptDrill, t: ReportTexts): string {
  const { verdictP50, verdictP99, crowdLateP99, downToUp, downToUpBetween } = line.ms;
  const texts = [t.speedText(inWords(verdictP50, t), inWords(verdictP99, t))];
  if (crowdLateP99 > verdictP99 / 4) texts.push(t.late(inWords(crowdLateP99, t)));
  if (downToUp !== null && downToUpBetween) {
    const [from, to] = downToUpBetween;
    const ratio = t.ratio(String(downToUp), String(from), String(to));
    texts.push(to - from > WIDE ? `${ratio} ${t.wide}` : ratio);
  }
  return h2(t.speed) + paragraphs(texts);
}

function oldWay(kept: KeptDrill, t: ReportTexts): string {
  const { baseline, verdicts, entries, ms } = kept.line;
  if (!baseline) return '';
  const strategies = Object.entries(baseline) as [keyof ReportTexts['strategy'], (typeof baseline)[string]][];
  const table = tableOf(
    ['', t.people, t.served, t.turned, t.unwritten, t.slowest],
    [
      [
        t.strategy.ours,
        count(verdicts.wanted),
        count(verdicts.wanted - verdicts.refusedForServer),
        count(verdicts.refusedForServer),
        count(entries.lost),
        inWords(ms.verdictP99, t),
      ],
      ...strategies.map(([name, old]) => [
        t.strategy[name],
        count(old.wanted),
        count(old.answered),
        count(old.refused),
        count(old.lost),
        inWords(old.answerP99, t),
      ]),
    ],
  );
  return h2(t.oldWay) + paragraphs([t.oldWayText]) + oldPlots(kept, t) + table;
}

function figures({ line, events }: KeptDrill, t: ReportTexts): string {
  const { verdicts, entries, seconds, ms, worstShare } = line;
  const lasted = (value: number | null): string => (value === null ? t.nothing : t.seconds(String(value)));
  const rows = [
    [t.people, count(verdicts.wanted)],
    [t.refused, count(verdicts.refusedForServer)],
    [
      t.lostHint(count(entries.made)),
      `${t.lost} ${count(entries.lost)} · ${t.doubled} ${count(entries.doubled)}`,
    ],
    [t.toNotice, lasted(seconds.toNotice)],
    [t.toTell, lasted(seconds.toTell)],
    [t.toRecover, lasted(seconds.toRecover)],
    [t.speed, `p50 ${t.ms(String(ms.verdictP50))} · p99 ${t.ms(String(ms.verdictP99))}`],
    [t.share, `${Math.round(worstShare * 100)} %`],
    ...Object.entries(line.figures).map(([name, value]) => [name, String(value)]),
  ];
  const log = tableOf(
    [],
    events.map(({ second, what }) => [t.seconds(second.toFixed(1)), what]),
  );
  return `${h2(t.figures)}${tableOf([t.figure, t.value], rows)}<details><summary>${safe(t.log)}</summary>${log}</details>`;
}

function sourceLine(name: string, sources: string, t: ReportTexts): string {
  const source = sourceOf(sources, name);
  if (!source) return safe(t.own);
  const { says, where } = source;
  const words = where.startsWith('http')
    ? `<a href="${safe(where)}">${safe(says)}</a>`
    : safe(`${says}. ${where}`);
  return `${safe(t.source)}: ${words}`;
}

function article(record: DrillRecord, kept: KeptDrill, sources: string, language: ReportLanguage): string {
  const t = TEXTS[language];
  const { line, machine, node, day } = kept;
  const other = language === 'ko' ? 'en' : 'ko';
  const refused = line.verdicts.refusedForServer;
  return `<article lang="${language}" id="${language}">
<header class="bar"><b>${safe(t.product)}</b><nav><a href="index.html#${language}">${safe(t.all)}</a><a href="#${other}" lang="${other}" hreflang="${other}">${t.other}</a></nav></header>
<h1>${safe(record.title[language])}</h1>
<p class="lead">${safe(t.lead(count(line.verdicts.wanted), refused === 0 ? t.none : t.some(count(refused))))} <span class="tag${line.passed ? '' : ' failed'}">${safe(line.passed ? t.passed : t.failed)}</span></p>
${numbers(kept, t)}
${line.complaints.length > 0 ? h2(t.complaints) + bullets(line.complaints) : ''}
${h2(t.thatDay)}<p>${safe(record.happened[language])}</p><p class="small">${sourceLine(record.source, sources, t)}</p>
${h2(t.here)}<p>${safe(record.played[language])}</p>
${h2(t.seen)}${doorPlots(kept, t)}<p class="small">${safe(t.gaps)}</p>
${speed(kept, t)}
${oldWay(kept, t)}
${said(record, t, language)}
${h2(t.how)}${bullets(t.howText)}
${h2(t.limits)}${bullets(t.limitsText)}
${figures(kept, t)}
<p class="small">${safe(t.again(line.name))} · ${safe(t.machine(machine, node, day))}</p>
</article>`;
}

/**
 * The page of a drill that was played.
 * @param sources the pack's page of sources
 */
export const drillPage = (record: DrillRecord, kept: KeptDrill, sources: string): string =>
  pageOf(
    record.title.ko,
    LANGUAGES.map((language) => article(record, kept, sources, language)),
  );

/** The page that leads to all of them. */
export function indexPage(
  all: readonly { readonly record: DrillRecord; readonly kept: KeptDrill }[],
): string {
  return pageOf(
    TEXTS.ko.index,
    LANGUAGES.map((language) => {
      const t = TEXTS[language];
      const other = language === 'ko' ? 'en' : 'ko';
      const lines = all.map(({ record, kept: { line } }) => {
        const sum = `${t.refused} ${line.verdicts.refusedForServer} · ${t.lost} ${line.entries.lost} · ${t.doubled} ${line.entries.doubled}`;
        const { toNotice, toTell } = line.seconds;
        const times = [
          `${t.people} ${count(line.verdicts.wanted)}`,
          ...(toNotice === null ? [] : [`${t.toNotice} ${t.seconds(String(toNotice))}`]),
          ...(toTell === null ? [] : [`${t.toTell} ${t.seconds(String(toTell))}`]),
        ].join(' · ');
        return `<li><a href="${line.name}.html#${language}">${safe(record.title[language])}</a><span class="tag${line.passed ? '' : ' failed'}">${safe(line.passed ? t.passed : t.failed)}</span><p>${safe(sum)}</p><p>${safe(times)}</p></li>`;
      });
      return `<article lang="${language}" id="${language}"><header class="bar"><b>${safe(t.product)}</b><nav><a href="#${other}" lang="${other}" hreflang="${other}">${t.other}</a></nav></header><h1>${safe(t.index)}</h1><p class="lead">${safe(t.indexText)}</p><ul class="list">${lines.join('')}</ul></article>`;
    }),
  );
}
