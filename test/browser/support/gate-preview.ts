import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { build, preview } from 'vite';
import { launchBrowser } from './chromium.ts';

/** Every screen of the gate, by its words in the preview. */
export const SCREENS = [
  'start',
  'scan',
  'admit',
  'ended',
  'compare',
  'clock',
  'eye',
  'typed',
  'seen&call',
  'party',
  'more',
  'start&venue=none',
  'start&news=unseen',
  'join&step=name&rules=none',
  'join',
  'let-in&problem=other-device',
  'let-in&step=compare',
  'let-in&step=shown',
  'settings',
  'pin',
  'statements',
  'statements&none',
  'statements&read=yes',
  'statements&read=wrong',
] as const;

const CONFIG = path.join(
  fileURLToPath(new URL('../../../packages/gate/', import.meta.url)),
  'vite.config.ts',
);

export const SMALL = { width: 360, height: 640 };
export const PHONE = { width: 390, height: 844 };
export const SIDEWAYS = { width: 844, height: 390 };
export const UPRIGHT = { width: 768, height: 1024 };
export const TABLET = { width: 1024, height: 768 };
export const DESKTOP = { width: 1440, height: 900 };

export interface Circumstances {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly reducedMotion?: 'reduce';
  readonly forcedColors?: 'active';
}

export type GatePreview = Awaited<ReturnType<typeof openGatePreview>>;

/** The gate's screens from fixtures, on one page of a real browser that turns from one to the next. */
export async function openGatePreview() {
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
  const page = await browser.newPage({ viewport: TABLET });
  page.setDefaultTimeout(15_000);
  await page.goto(`http://127.0.0.1:${place.port}/gate/preview.html?s=start&nopicture`);
  await page.waitForSelector('html[data-ready]');
  await page.evaluate(() => document.fonts.ready.then(() => {}));

  /** Another screen on the same page; Korean unless the query says otherwise. */
  const turnTo = (query: string): Promise<void> =>
    page.evaluate(
      (wish) => (window as unknown as { munjigiPreview(query: string): void }).munjigiPreview(wish),
      query.includes('lang=') ? query : `${query}&lang=ko`,
    );

  return {
    turnTo,
    /** A screen under these circumstances, to be looked at. */
    async open<T>(query: string, circumstances: Circumstances, look: (page: Page) => Promise<T>): Promise<T> {
      const { viewport = TABLET, reducedMotion = null, forcedColors = null } = circumstances;
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
