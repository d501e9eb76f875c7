import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { build, preview } from 'vite';
import { launchBrowser } from './chromium.ts';
import { type Circumstances, DESKTOP } from './gate-preview.ts';

const CONFIG = path.join(
  fileURLToPath(new URL('../../../packages/console/', import.meta.url)),
  'vite.config.ts',
);

export type ConsolePreview = Awaited<ReturnType<typeof openConsolePreview>>;

/** The console's screens from fixtures, on one page of a real browser that turns from one to the next. */
export async function openConsolePreview() {
  await build({ configFile: CONFIG, mode: 'preview', logLevel: 'error' });
  const server = await preview({
    configFile: CONFIG,
    mode: 'preview',
    logLevel: 'error',
    preview: { host: '127.0.0.1', port: 0 },
  });
  const place = server.httpServer.address();
  if (place === null || typeof place === 'string') throw new Error('The preview has no port.');
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: DESKTOP, locale: 'ko-KR' });
  page.setDefaultTimeout(30_000);
  await page.goto(`http://127.0.0.1:${place.port}/console/preview.html?s=venues`);
  await page.waitForSelector('html[data-ready]');
  await page.evaluate(() => document.fonts.ready.then(() => {}));

  /** Another screen on the same page, with everything on it that was asked for; Korean unless the query says otherwise. */
  const turnTo = async (query: string): Promise<void> => {
    await page.evaluate(
      (wish) => (window as unknown as { munjigiPreview(query: string): Promise<void> }).munjigiPreview(wish),
      query,
    );
    await page.waitForFunction(() => document.querySelector('[data-asking]') === null);
  };

  return {
    page,
    turnTo,
    /** A screen under these circumstances, to be looked at. */
    async open<T>(query: string, circumstances: Circumstances, look: (page: Page) => Promise<T>): Promise<T> {
      const { viewport = DESKTOP, reducedMotion = null, forcedColors = null } = circumstances;
      await page.setViewportSize(viewport);
      await page.emulateMedia({ reducedMotion, forcedColors });
      await turnTo(query);
      return look(page);
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
