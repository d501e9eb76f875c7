import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStatus } from '@munjigi/core/incident';
import { compilePolicy, noticeTexts } from '@munjigi/core/rules';
import { openRoot } from '@munjigi/core/trust';
import { nodeCrypto } from '@munjigi/service/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main as statusCommand } from '../packages/ops/src/status/main.ts';
import { pushStatus } from '../packages/ops/src/status/push.ts';
import { STYLE } from '../packages/service/src/authority/status/style.ts';
import { tempFolder } from './support/databases.ts';
import { type IncidentStand, openIncidentStand } from './support/incident-stand.ts';
import { ROOT, readPack } from './support/packs.ts';

const GOOD = { register: 'works', issuers: 'works', judging: 'works' } as const;
const DOWN = { ...GOOD, register: 'down' } as const;
const PAGES = ['answer.html', 'history.html', 'index.html', 'answer-en.html', 'en.html', 'history-en.html'];
const FEEDS = ['feed.xml', 'feed-en.xml'];
const korea = compilePolicy({ ...(readPack('kr-2022') as object), exercise: true });

/** What a page says, without its tags. */
const wordsOf = (page: string): string =>
  page
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/\s+/g, ' ');
const squeezed = (text: string): string => text.replace(/\s+/g, '');

describe('the status page', () => {
  let stand: IncidentStand;
  let mirror: string;
  const page = (name: string) => readFileSync(join(mirror, 'status', name), 'utf8');
  const says = (name: string) => squeezed(wordsOf(page(name)));
  const written = async () => {
    const root = await openRoot(new Uint8Array(readFileSync(join(mirror, 'root.cose'))), nodeCrypto());
    return openStatus(
      new Uint8Array(readFileSync(join(mirror, 'status', 'status.cose'))),
      root,
      nodeCrypto(),
    );
  };

  beforeAll(async () => {
    stand = await openIncidentStand(null);
    mirror = join(stand.data, 'mirror');
    await stand.rounds(GOOD, DOWN, DOWN);
  });
  afterAll(() => stand.close());

  it('is signed files alone, without a script and without anything from elsewhere', async () => {
    const status = await written();
    expect([...status.files.keys()].sort()).toEqual([...PAGES, ...FEEDS].sort());
    expect(readdirSync(join(mirror, 'status')).sort()).toEqual(
      [...PAGES, ...FEEDS, 'silent.svg', 'silent-en.svg', 'status.cose'].sort(),
    );
    for (const name of PAGES) {
      expect(page(name)).not.toMatch(
        /<script|javascript:|\son\w+=|<iframe|<link rel="stylesheet"|@import|url\(/,
      );
      expect(page(name)).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    }
    expect(await statusCommand(['verify', '--from', mirror])).toBe(0);
  });

  it('says what gates and wallets say, word for word, out of the one document that counts', async () => {
    const now = await stand.now();
    for (const language of ['ko', 'en'] as const) {
      const file = language === 'ko' ? 'index.html' : 'en.html';
      for (const reader of ['owner', 'visitor'] as const) {
        const { headline, text } = noticeTexts(korea, now, reader, language);
        expect(says(file)).toContain(squeezed(headline + text));
      }
      const card = says(language === 'ko' ? 'answer.html' : 'answer-en.html');
      const { headline, text } = noticeTexts(korea, now, 'answer', language);
      expect(card).toContain(squeezed(headline));
      expect(card).toContain(squeezed(text));
    }
  });

  it('answers for each kind of venue, and tells nobody of a duty that they do not have', () => {
    const [cafes, marts] = page('answer.html')
      .split('<article')
      .slice(1)
      .map((card) => squeezed(wordsOf(`<article${card}`)));
    expect(cafes).toMatch(
      /^식당·카페.*방역패스의무는그대로입니다\..*과태료대상입니다\..*2021-07-10~2021-12-23/,
    );
    expect(marts).toMatch(/^마트·백화점.*명부의무는그대로입니다\./);
    expect(marts).not.toContain('방역패스');
  });

  it('marks an exercise in everything: every page, its title, every line of the feed', () => {
    for (const name of PAGES) {
      const word = name.includes('en') ? 'exercise' : '훈련';
      expect(page(name)).toMatch(new RegExp(`<title>\\[${word}\\]`));
      expect(wordsOf(page(name))).toMatch(name.includes('en') ? /Exercise\./ : /훈련 상황입니다/);
    }
    const titles = [...page('feed.xml').matchAll(/<(?:title|content)>([^<]*)/g)].map(([, text]) => text!);
    expect(titles.length).toBeGreaterThan(2);
    for (const title of titles) expect(title).toMatch(/^\[훈련\]/);
  });

  it('is written anew when something changes, and keeps timeline, cause and measures of what is over', async () => {
    const before = (await written()).writtenAt;
    await stand.act('/1/confirm', { notice: 'app-down' });
    await stand.rounds(GOOD, GOOD, GOOD);
    await stand.act('/1/confirm', { notice: 'app-back' });
    const measure = {
      what: { ko: '서버를 <한 대>씩 뺍니다', en: '' },
      owner: { ko: '운영팀', en: 'Operations' },
      due: '2022-02-01',
      done: false,
    };
    const closed = await stand.act('/1/close', {
      cause: { ko: '부하 분산 서버 & 고장', en: 'The balancer failed' },
      measures: [measure],
    });
    expect(closed.status).toBe(200);
    await stand.look();
    const status = await written();
    expect(status.writtenAt).toBeGreaterThan(before);
    expect(status.incidents[0]).toMatchObject({ number: 1, measures: [measure] });
    const history = wordsOf(page('history.html'));
    for (const words of [
      '부하 분산 서버 & 고장',
      '서버를 <한 대>씩 뺍니다',
      '운영팀',
      '2022-02-01',
      '감시가 알아챔',
      '사람이 확인함',
    ])
      expect(history).toContain(words);
    expect(
      wordsOf(page('history-en.html')),
      'what nobody translated is told in the other language',
    ).toContain('서버를 <한 대>씩 뺍니다');
    expect(page('history.html')).not.toContain('<한');
    expect(page('feed.xml')).toContain('incident:1');
  });

  it('uses the colours of every other screen', () => {
    const tokens = readFileSync(join(ROOT, 'packages/ui/src/tokens.css'), 'utf8');
    const used = [...STYLE.matchAll(/--[\w-]+: #[0-9a-f]+/g)].map(([value]) => value);
    expect(used.length).toBeGreaterThan(30);
    expect(used.filter((value) => !tokens.includes(value))).toEqual([]);
  });

  it('is carried whole to other places, and there it says by itself for how long no news has come', async () => {
    const to = [tempFolder('site'), tempFolder('site')];
    const push = (from: string, nowMs: number) => pushStatus({ from, to, rootDigest: null, nowMs });
    expect(await push(mirror, Date.now())).toMatchObject({
      copied: true,
      silentMinutes: null,
      problem: null,
    });
    for (const folder of to) {
      expect(readFileSync(join(folder, 'index.html'), 'utf8')).toBe(page('index.html'));
      expect(readFileSync(join(folder, 'silent.svg'), 'utf8')).not.toContain('<text');
    }
    // The service has stopped: its mirror is as it was, or is gone.
    const later = Date.now() + 12 * 60_000 + 1_000;
    for (const from of [mirror, '/nowhere/at/all']) {
      expect(await push(from, later)).toMatchObject({ copied: false, silentMinutes: 12 });
      expect(readFileSync(join(to[1]!, 'silent.svg'), 'utf8')).toContain('12분째 새 소식이 없습니다.');
      expect(readFileSync(join(to[1]!, 'silent-en.svg'), 'utf8')).toContain('No news for 12 min.');
    }
    expect(readFileSync(join(to[0]!, 'index.html'), 'utf8')).toMatch(/까지 새로 쓰이지 않으면/);
    stand.pass(61);
    await stand.look();
    expect(await push(mirror, later)).toMatchObject({ copied: true, silentMinutes: null });
    expect(readFileSync(join(to[0]!, 'silent.svg'), 'utf8')).not.toContain('<text');
  });

  it('is never carried with a file that was changed on the way, or under another root', async () => {
    const copy = tempFolder('copy');
    cpSync(mirror, copy, { recursive: true });
    const to = [tempFolder('site')];
    writeFileSync(join(copy, 'status', 'answer.html'), '<p>방역패스 안 보셔도 됩니다.</p>');
    const nowMs = Date.now();
    expect(await pushStatus({ from: copy, to, rootDigest: null, nowMs })).toMatchObject({
      copied: false,
      problem: expect.stringContaining('answer.html'),
    });
    expect(await pushStatus({ from: mirror, to, rootDigest: new Uint8Array(32), nowMs })).toMatchObject({
      copied: false,
      problem: expect.any(String),
    });
    expect(readdirSync(to[0]!)).toEqual([]);
    expect(await statusCommand(['verify', '--from', copy])).toBe(1);
  });
});
