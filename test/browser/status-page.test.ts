import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { begin, close, happened } from '@munjigi/core/incident';
import { compilePolicy } from '@munjigi/core/rules';
import type { Now } from '@munjigi/core/trust';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  factsOf,
  NOT_SILENT,
  pagesOf,
  silentImage,
  silentOf,
} from '../../packages/service/src/authority/status/index.ts';
import { readPack, seconds } from '../support/packs.ts';
import { describeInBrowser, launchBrowser } from './support/chromium.ts';

const AT = seconds('2022-01-06T14:05:10+09:00');
const policy = compilePolicy({ ...(readPack('kr-2022') as object), exercise: true });
const now: Now = {
  version: 1,
  sequence: 7,
  issuedAt: AT - 10,
  validFrom: AT - 10,
  validUntil: AT + 86_400,
  notice: 'app-down',
  parameters: { since: AT - 310 },
  status: 'confirmed',
  obligation: 'check-by-eye',
  bundle: { rootVersion: 1, sequence: 1, digest: new Uint8Array(32) },
  logHead: null,
};
const began = begin(
  2,
  { component: 'register', state: 'down', since: AT - 310 },
  { by: 'noticed', at: AT - 302, exercise: true },
  [],
  90,
);
const told = happened(began, { what: 'told', at: AT - 300, notice: 'app-down' });
const over = close(
  happened({ ...told, number: 1 }, { what: 'works', at: AT - 20 }),
  {
    cause: {
      ko: '작업 뒤 부하를 나누는 서버가 고장 나 한 서버로 몰렸습니다.',
      en: 'After work the part that spreads load failed; everything ran to one node.',
    },
    measures: [
      {
        what: {
          ko: '작업 전에 한 대씩 빼고, 돌아온 것을 확인합니다.',
          en: 'Nodes are drained one by one, and verified.',
        },
        owner: { ko: '운영팀', en: 'Operations' },
        due: '2022-02-01',
        done: false,
      },
    ],
  },
  AT - 10,
);
const pages = pagesOf({
  policy,
  now,
  venues: factsOf(policy, now, AT),
  states: [
    { component: 'issuers', state: 'slow', since: AT - 400 },
    { component: 'register', state: 'down', since: AT - 310 },
    { component: 'judging', state: 'unknown', since: null },
    { component: 'canaries', state: 'down', since: null },
  ],
  incidents: [told, over],
  said: [
    { at: AT - 10, notice: 'app-down', status: 'confirmed', parameters: { since: AT - 310 } },
    { at: AT - 300, notice: 'app-down', status: 'provisional', parameters: { since: AT - 310 } },
    { at: AT - 18_000, notice: null, status: 'confirmed', parameters: {} },
  ],
  writtenAt: AT,
  nextBy: AT + 300,
});
const HTML = [...pages.keys()].filter((name) => name.endsWith('.html'));
const SIZES = [
  [360, 640],
  [390, 844],
  [768, 1024],
  [1440, 900],
] as const;

describeInBrowser('the status page in a browser without scripts', () => {
  let browser: Browser;
  let folder: string;
  const open = async (
    name: string,
    more: Parameters<Browser['newContext']>[0] = {},
  ): Promise<{ page: Page; done: () => Promise<void> }> => {
    const context = await browser.newContext({ javaScriptEnabled: false, ...more });
    const page = await context.newPage();
    await page.goto(pathToFileURL(path.join(folder, name)).href);
    return { page, done: () => context.close() };
  };

  beforeAll(async () => {
    browser = await launchBrowser();
    folder = mkdtempSync(path.join(tmpdir(), 'munjigi-status-'));
    for (const [name, text] of pages) writeFileSync(path.join(folder, name), text);
    for (const language of ['ko', 'en'] as const)
      writeFileSync(path.join(folder, silentOf(language)), NOT_SILENT);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('stays inside every size of screen, in both languages and themes', async () => {
    const found: string[] = [];
    for (const [width, height] of SIZES) {
      for (const name of HTML) {
        const colorScheme = name.includes('en') ? 'dark' : 'light';
        const context = await browser.newContext({ viewport: { width, height }, colorScheme });
        const page = await context.newPage();
        await page.goto(pathToFileURL(path.join(folder, name)).href);
        const wide = await page.evaluate(() =>
          [...document.querySelectorAll('body *')]
            .filter((one) => !one.matches('.who'))
            .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
            .map((one) => `${one.tagName} ${one.textContent?.slice(0, 40)}`),
        );
        found.push(...wide.map((one) => `${name} ${width}: ${one}`));
        await context.close();
      }
    }
    expect(found).toEqual([]);
  });

  it('turns from owner to visitor by a tap or a key', async () => {
    const { page, done } = await open('index.html');
    const [owner, visitor] = [page.locator('.for-owner'), page.locator('.for-visitor')];
    expect([await owner.isVisible(), await visitor.isVisible()]).toEqual([true, false]);
    await page.getByText('손님', { exact: true }).click();
    expect([await owner.isVisible(), await visitor.isVisible()]).toEqual([false, true]);
    expect(await visitor.innerText()).toContain('내 QR은 정상입니다.');
    await page.locator('#visitor').press('ArrowLeft');
    expect(await owner.isVisible()).toBe(true);
    await done();
  });

  it('leads from page to page and to the other language', async () => {
    const { page, done } = await open('index.html');
    await page.getByRole('link', { name: '지난 장애' }).click();
    await page.getByText('되풀이').or(page.getByText('재발 방지')).first().waitFor();
    await page.getByRole('link', { name: 'English' }).click();
    expect(await page.title()).toMatch(/^\[exercise\] Past incidents/);
    await page.getByRole('link', { name: 'Answer card' }).click();
    await page.getByRole('heading', { name: 'The pass duty stands.' }).waitFor();
    await done();
  });

  it('ages where anybody sees it: opened long ago, and nobody writing any more', async () => {
    const { page, done } = await open('index.html', { javaScriptEnabled: true });
    const old = page.locator('.old');
    expect(await old.isVisible()).toBe(false);
    await page.evaluate(() => {
      for (const animation of document.getAnimations()) animation.finish();
    });
    expect(await old.isVisible()).toBe(true);
    expect(await old.innerText()).toContain('다시 읽기');
    await done();
    writeFileSync(path.join(folder, silentOf('ko')), silentImage(12, 'ko'));
    const later = await open('index.html', { viewport: { width: 390, height: 844 } });
    const box = await later.page.locator('.silent').boundingBox();
    expect(box?.height).toBeGreaterThan(40);
    await later.done();
  });
});
