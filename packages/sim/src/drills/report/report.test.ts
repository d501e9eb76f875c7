import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { recordOf } from '../record.ts';
import type { DrillLine } from '../types.ts';
import { bySecond, perSecond } from './figures.ts';
import type { KeptDrill } from './kept.ts';
import { drillPage, indexPage } from './page.ts';
import { roundUp } from './svg.ts';

const SOURCES = readFileSync(
  fileURLToPath(new URL('../../../../../policies/kr-2022/SOURCES.md', import.meta.url)),
  'utf8',
);
const old = { wanted: 1293, answered: 853, refused: 440, lost: 860, answerP50: 41, answerP99: 9876 };

const line: DrillLine = {
  name: '2022-01-06',
  passed: true,
  verdicts: { wanted: 1807, refusedForServer: 0, wrong: 0 },
  entries: { made: 1568, lost: 0, doubled: 0 },
  seconds: { toNotice: 5.7, toTell: 21.8, toRecover: null },
  ms: {
    verdictP50: 2.1,
    verdictP99: 188,
    receiptP50: 700,
    receiptP99: 41_000,
    crowdLateP99: 12,
    downToUp: 1.02,
    downToUpBetween: [0.97, 1.06],
  },
  worstShare: 0.71,
  figures: { 'guests a second': 20 },
  baseline: { reported: { ...old, perSecond: [{ second: 1, answered: 20 }] } },
  complaints: [],
  sentences: [],
};

const kept: KeptDrill = {
  line,
  events: [{ second: 61.5, what: 'all is well again' }],
  phases: [{ phase: 'after', wanted: 400, admitted: 360, saved: 340 }],
  shares: { 'node-1': 900 },
  pulses: [1, 2, 3, 4].map((second) => ({
    second,
    answered: second * 20,
    written: second * 18,
    waiting: second,
  })),
  told: [{ 'app-down confirmed': 3.2 }],
  from: 2,
  until: 3,
  machine: '2 cores',
  node: 'v20',
  day: '2026-11-26',
};

const page = (change: Partial<DrillLine> = {}): string =>
  drillPage(recordOf('2022-01-06'), { ...kept, line: { ...line, ...change } }, SOURCES);
/** One language's half of a page. */
const half = (html: string, language: string): string =>
  html.split('<article ').find((part) => part.startsWith(`lang="${language}"`))!;

describe('the page of a drill', () => {
  it('tells the same figures in both languages', () => {
    for (const language of ['ko', 'en']) {
      const words = half(page(), language);
      for (const figure of [
        '1,807',
        '1,568',
        '5.7',
        '21.8',
        '188',
        '1.02',
        '0.97',
        '71 %',
        '440',
        '860',
        '9.9',
      ])
        expect(words, `${language} ${figure}`).toContain(figure);
    }
  });

  it('says what the gate said in that minute, and where the record is found', () => {
    expect(half(page(), 'ko')).toContain('방역패스 의무는 그대로입니다.');
    expect(half(page(), 'en')).toContain('The pass duty stands.');
    expect(page()).toContain('Newsis, 6 January 2022');
    expect(drillPage(recordOf('2022-01-22'), kept, SOURCES)).toContain('<a href="https://economist');
  });

  it('never calls a drill kept that was not', () => {
    const failed = page({ passed: false, complaints: ['3 entries are not in the register'] });
    expect(half(failed, 'ko')).toContain('지키지 못함');
    expect(half(failed, 'en')).toContain('<li>3 entries are not in the register</li>');
    expect(page()).not.toContain('not kept');
    const broken = page({ entries: { made: 1568, lost: 3, doubled: 0 } });
    expect(broken).toMatch(/class="bad"><dt>Entries lost<\/dt><dd class="n">3</);
  });

  it('says that it could not be measured more closely where a machine was restless', () => {
    const wide = 'could not be measured more closely';
    expect(page()).not.toContain(wide);
    expect(page({ ms: { ...line.ms, downToUpBetween: [0.4, 6.8] } })).toContain(wide);
  });

  it('runs nothing, fetches nothing, and describes each plot for who cannot see it', () => {
    const html = page();
    expect(html).not.toMatch(/<script|<link|<img|@import|url\(|\son\w+=/i);
    const plots = html.match(/<svg [^>]*>/g)!;
    expect(plots.length).toBe(6);
    for (const plot of plots) expect(plot).toMatch(/role="img" aria-label="[^"]+"/);
  });

  it('takes what is written in a complaint for text', () => {
    const html = page({ complaints: ['<b>"1" & 2</b>'] });
    expect(html).toContain('&#60;b&#62;&#34;1&#34; &#38; 2&#60;/b&#62;');
  });

  it('is found from the page of all', () => {
    const html = indexPage([{ record: recordOf('2022-01-06'), kept }]);
    expect(html.match(/href="2022-01-06\.html#(ko|en)"/g)).toHaveLength(2);
  });
});

describe('the plots', () => {
  it('count what came between two looks, however far apart they are', () => {
    const rates = perSecond([0, 1, 3, 4].map((second) => ({ second, count: second * 20 })));
    expect(rates).toEqual([null, 20, null, 20, 20]);
  });

  it('hold what was known last until something newer is', () => {
    expect(bySecond([0, 2, 3].map((second) => ({ second, value: second * 10 })))).toEqual([0, 0, 20, 30]);
  });

  it('end at a round number that is not less than the largest value', () => {
    expect([0, 1, 3, 20, 21, 480, 501].map(roundUp)).toEqual([1, 1, 5, 20, 50, 500, 1000]);
  });
});
