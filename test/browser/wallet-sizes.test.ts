import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser, launchBrowser } from './support/chromium.ts';
import { openWalletStand } from './support/wallet-stand.ts';

/** With MUNJIGI_PICTURES=FOLDER every page is also kept as a picture. */
const PICTURES = process.env.MUNJIGI_PICTURES;

/** The minute of the story in which the sentence of the incident is confirmed. */
const AT = Date.parse('2022-01-06T14:05:07+09:00');

const SIZES = [
  { name: 'phone', width: 390, height: 844 },
  { name: 'small', width: 360, height: 640 },
  { name: 'stage', width: 296, height: 600 },
  { name: 'tablet', width: 768, height: 1024 },
  { name: 'desktop', width: 1440, height: 900 },
] as const;

describeInBrowser('the wallet at every size', () => {
  let stand: Awaited<ReturnType<typeof openWalletStand>>;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    if (PICTURES) mkdirSync(PICTURES, { recursive: true });
    stand = await openWalletStand();
    browser = await launchBrowser();
    page = await browser.newPage({ deviceScaleFactor: 2 });
    await page.clock.install({ time: AT });
    await page.goto(`${stand.origin}/wallet/?stage&person=haneul`);
    await page.waitForFunction(() => window.munjigiWallet !== undefined);
    await page.evaluate(() => window.munjigiWallet?.ready);
    await page.evaluate(() => document.fonts.ready);
  });
  afterAll(async () => {
    await browser?.close();
    await stand?.close();
  });

  /** Anything that sticks out sideways, is cut, or stands under the ways at the bottom. */
  const faults = (page: Page) =>
    page.evaluate(() => {
      const found: string[] = [];
      const wide = document.documentElement.scrollWidth - innerWidth;
      if (wide > 0) found.push(`the page is ${wide} px too wide`);
      const main = document.querySelector('main') as HTMLElement;
      if (main.scrollWidth > main.clientWidth + 1)
        found.push(`main is ${main.scrollWidth - main.clientWidth} px too wide`);
      const nav = document.querySelector('nav')?.getBoundingClientRect();
      if (nav && Math.round(nav.bottom) > innerHeight) found.push('the ways stand below the screen');
      for (const element of main.querySelectorAll<HTMLElement>(
        'h1, h2, p, b, button, dd, time, .clock, .word',
      )) {
        if (element.closest('.off-screen')) continue;
        if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline') {
          found.push(`cut: ${element.className || element.tagName} "${element.innerText.slice(0, 30)}"`);
        }
      }
      const box = (selector: string) => document.querySelector(selector)?.getBoundingClientRect();
      const [card, who, tell] = [box('.cert .in'), box('.cert dl'), box('.cert .tell')];
      if (card && who && tell && (tell.bottom > card.bottom + 1 || who.bottom > tell.top + 1))
        found.push('the certificate is fuller than its frame');
      const [canvas, pass] = [box('canvas'), box('.pass')];
      if (
        canvas &&
        pass &&
        (canvas.left < pass.left + 16 || canvas.bottom > pass.bottom - 16 || canvas.width < 190)
      )
        found.push(`the code is ${canvas.width} px in a frame of ${pass.width}`);
      const hit = [...document.querySelectorAll<HTMLElement>('button')].filter((one) => {
        const { height } = one.getBoundingClientRect();
        return height < 44 && height > 0;
      });
      for (const one of hit) found.push(`too low to tap: ${one.innerText.slice(0, 20)}`);
      return found;
    });

  for (const size of SIZES) {
    for (const [lang, theme] of [
      ['ko', 'light'],
      ['en', 'dark'],
      ...(size.name === 'phone'
        ? ([
            ['ko', 'dark'],
            ['en', 'light'],
          ] as const)
        : []),
    ] as const) {
      it(`fits ${size.name} ${size.width}×${size.height} (${lang}, ${theme})`, async () => {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme: theme });
        await page.evaluate((language) => {
          if (window.munjigiWallet) window.munjigiWallet.look.language.value = language;
        }, lang);
        const tell = async (notice: string | null) => {
          await stand.publish(notice, Math.floor(AT / 1000) - 7);
          await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
          await page.waitForSelector('[data-munjigi=notice]', { state: notice ? 'attached' : 'detached' });
        };
        const show = (name: string) => page.evaluate((one) => window.munjigiWallet?.show(one), name);
        const wrong: string[] = [];
        const look = async (name: string) => {
          await page.clock.runFor(250);
          wrong.push(...(await faults(page)).map((fault) => `${name}: ${fault}`));
          if (PICTURES)
            await page.screenshot({
              path: path.join(PICTURES, `wallet-${name}-${size.name}-${lang}-${theme}.png`),
            });
        };
        await show('haneul');
        await tell(null);
        await look('code');
        await page.locator('.row .btn:not([data-munjigi])').click();
        await page.waitForSelector('.state.slow');
        await look('slow');
        await page.locator('.row .btn:not([data-munjigi])').click();
        await page.locator('.row [data-munjigi=poster]').click();
        await look('poster');
        await show('certificate');
        await look('certificate');
        await show('more');
        await look('more');
        await show('qr');
        await tell('app-down');
        await look('incident');
        await show('jeongmin');
        await look('ended');
        for (const [view, name] of [
          ['reason', 'reason'],
          ['certificate', 'certificate-ended'],
          ['diary', 'diary'],
        ] as const) {
          await show(view);
          await look(name);
        }
        expect(wrong).toEqual([]);
      });
    }
  }
});
