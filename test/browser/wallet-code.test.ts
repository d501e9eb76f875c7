import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { inspect } from '@munjigi/core/gate';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WalletStage } from '../../packages/wallet/src/stage.ts';
import { readCodes } from '../support/printed.ts';
import { complaintsOf, describeInBrowser, launchBrowser } from './support/chromium.ts';
import { openWalletStand, STORY_MS } from './support/wallet-stand.ts';

declare global {
  interface Window {
    munjigiWallet?: WalletStage;
  }
}

interface AxeReport {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

describeInBrowser('the wallet in a browser', () => {
  let stand: Awaited<ReturnType<typeof openWalletStand>>;
  let browser: Browser;

  beforeAll(async () => {
    stand = await openWalletStand();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await stand?.close();
  });

  /** A phone at 13:58:02 of the story, its clock in our hands. */
  async function phone(
    options: { lang?: string; theme?: 'light' | 'dark' } = {},
  ): Promise<{ context: BrowserContext; page: Page; complaints: string[] }> {
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 2,
      locale: options.lang === 'en' ? 'en-GB' : 'ko-KR',
      colorScheme: options.theme ?? 'light',
    });
    const page = await context.newPage();
    await page.clock.install({ time: STORY_MS });
    return { context, page, complaints: complaintsOf(page) };
  }

  async function showing(page: Page, person: string, query = ''): Promise<string> {
    await page.goto(`${stand.origin}/wallet/?stage&person=${person}${query}`);
    await page.waitForFunction(() => window.munjigiWallet !== undefined);
    await page.evaluate(() => window.munjigiWallet?.ready);
    await page.waitForSelector('canvas[data-munjigi="code"][data-drawn]');
    return (await page.evaluate(() => window.munjigiWallet?.textNow())) ?? '';
  }

  /** The next drawing: signed and kept by the phone, so it stands there a moment after its instant. */
  async function redrawn(page: Page, before: string): Promise<string> {
    await page.waitForFunction((old) => window.munjigiWallet?.textNow() !== old, before);
    const text = (await page.evaluate(() => window.munjigiWallet?.textNow())) ?? '';
    await page.waitForFunction((now) => document.querySelector('canvas')?.dataset.drawn === now, text);
    return text;
  }

  /** What a camera reads off the screen. */
  const seen = async (page: Page) => readCodes(await page.locator('.pass').screenshot());

  it('redraws the code on the quarter minute, and a gate reads both drawings as one good pass', async () => {
    const { context, page, complaints } = await phone();
    const first = await showing(page, 'haneul');
    const [read] = await seen(page);
    expect(read).toBe(first);

    await page.clock.runFor(14_000);
    const second = await redrawn(page, first);
    const [readAgain] = await seen(page);
    expect(readAgain).toBe(second);

    const claims = await Promise.all(
      [first, second].map(async (text) => {
        const found = await inspect(text, stand.trust, stand.crypto);
        expect(found.reason).toBeNull();
        expect(found.steps).toMatchObject({
          prefix: 'ok',
          decode: 'ok',
          structure: 'ok',
          issuer: 'ok',
          signature: 'ok',
          keyUsage: 'ok',
        });
        return found.claim?.kind === 'pass' ? found.claim : null;
      }),
    );
    // one showing, one pass: the same handle, drawn on the boundary
    expect(claims[1]?.handle).toEqual(claims[0]?.handle);
    expect(claims[1]?.drawnAt).toBe(Date.parse('2022-01-06T13:58:15+09:00') / 1000);
    expect(claims[0]?.lane).toBe('usual');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('opens and goes on drawing with the network cut', async () => {
    const { context, page } = await phone();
    await page.goto(`${stand.origin}/wallet/?stage&person=haneul`);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(() => window.munjigiWallet !== undefined);
    await page.evaluate(() => window.munjigiWallet?.ready);

    // The page is left before the cut, so that no call of its own is still on the way when the counting begins.
    await page.waitForLoadState('networkidle');
    await page.goto('about:blank');
    await context.setOffline(true);
    await stand.countFromHere();
    await page.goto(`${stand.origin}/wallet/?stage&person=haneul`);
    const first = await showing(page, 'haneul');
    expect(await seen(page)).toEqual([first]);
    await page.clock.runFor(16_000);
    const second = await redrawn(page, first);
    expect((await inspect(second, stand.trust, stand.crypto)).steps.signature).toBe('ok');
    expect(stand.asked).toEqual([]);
    await context.close();
  });

  it('holds one drawing for three minutes in the slow lane, then goes back to the usual one', async () => {
    const { context, page } = await phone();
    await showing(page, 'haneul');
    await page.getByRole('button', { name: /천천히/ }).click();
    await page.waitForSelector('.state.slow');
    const slow = (await page.evaluate(() => window.munjigiWallet?.textNow())) ?? '';
    const claim = (await inspect(slow, stand.trust, stand.crypto)).claim;
    expect(claim?.kind === 'pass' && claim.lane).toBe('slow');
    await page.clock.runFor(170_000);
    expect(await page.evaluate(() => window.munjigiWallet?.textNow())).toBe(slow);
    await page.clock.runFor(12_000);
    await page.waitForSelector('.state.slow', { state: 'detached' });
    expect(await page.evaluate(() => window.munjigiWallet?.textNow())).not.toBe(slow);
    await context.close();
  });

  it('tells an ended proof by its date, and the why on a page of its own', async () => {
    const { context, page } = await phone();
    await showing(page, 'jeongmin');
    const state = page.locator('button.state');
    expect(await state.innerText()).toContain('1월 2일 밤 12시에 끝났습니다.');
    expect(await page.locator('main').innerText()).not.toContain('접종 후');
    await state.click();
    expect(await page.locator('main.reason h1').innerText()).toMatch(/180일.*1월 2일/s);
    expect(await page.locator('main.reason .under').innerText()).toContain('문지기 201');
    await context.close();
  });

  it('shows the signed sentence of an incident while it is open, and asks for it only then', async () => {
    const { context, page } = await phone({ lang: 'en' });
    await showing(page, 'haneul');
    expect(await page.locator('[data-munjigi=notice]').count()).toBe(0);
    await stand.publish('app-down');
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.waitForSelector('[data-munjigi=notice]');
    expect(await page.locator('[data-munjigi=notice]').innerText()).toMatch(/QR is fine/);
    await stand.publish(null);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.waitForSelector('[data-munjigi=notice]', { state: 'detached' });

    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await stand.countFromHere();
    await page.clock.runFor(300_000);
    expect(stand.asked).toEqual([]);
    await context.close();
  });

  it('keeps the diary on the phone: one line for a showing, a place noted, all of it deleted', async () => {
    const { context, page } = await phone();
    await showing(page, 'seoyeon');
    await page.clock.runFor(60_000);
    await page.getByRole('button', { name: '다녀온 곳' }).click();
    await page.waitForSelector('.visit');
    expect(await page.locator('.visit').count()).toBe(1);
    expect(await page.locator('.visit time').innerText()).toBe('13:58');
    await page.locator('.visit input').fill('모퉁이 카페');
    await page.locator('.visit input').blur();
    stand.asked.length = 0;
    await page.reload();
    await page.waitForFunction(() => window.munjigiWallet !== undefined);
    await page.evaluate(() => window.munjigiWallet?.ready);
    await page.getByRole('button', { name: '다녀온 곳' }).click();
    // loaded anew within three minutes: still the same showing, the same pass, the same line
    expect(await page.locator('.visit').count()).toBe(1);
    expect(await page.locator('.visit input').inputValue()).toBe('모퉁이 카페');
    const all = page.getByRole('button', { name: /모두 지우기/ });
    await all.click();
    await all.click();
    await page.waitForSelector('.visit', { state: 'detached' });
    expect(stand.asked.filter((line) => line.startsWith('POST'))).toEqual([]);
    await context.close();
  });

  it('has no barrier that axe can find: every page, both languages, light and dark', async () => {
    const { context, page } = await phone();
    await showing(page, 'jeongmin');
    // the page allows no script from elsewhere: axe is handed over through the debugger
    await page.evaluate(readFileSync(AXE, 'utf8'));
    for (const lang of ['ko', 'en'] as const) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        for (const view of ['qr', 'certificate', 'reason', 'diary', 'more']) {
          const found = await page.evaluate(
            async ([name, language]) => {
              const wallet = window.munjigiWallet;
              if (wallet) wallet.look.language.value = language;
              await wallet?.show(name);
              const axe = (globalThis as unknown as { axe: { run(root: Document): Promise<AxeReport> } }).axe;
              const { violations } = await axe.run(document);
              return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' | ')}`);
            },
            [view, lang] as const,
          );
          expect(found, `${view} ${lang} ${colorScheme}`).toEqual([]);
        }
      }
    }
    await context.close();
  });
});
