// Pictures of the console's screens: `node tools/pictures/console.mjs [folder] [name …]`. Without a folder the chosen few go
// to docs/pictures; with one, every screen of the list goes there. Needs Chromium (or $CHROME) and nothing else.
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const CONFIG = join(ROOT, 'packages', 'console', 'vite.config.ts');

const SIZES = { phone: [390, 844], tablet: [1024, 768], desktop: [1440, 900] };

/** Name, size, query: every picture that is looked at before a release. `docs` marks those that are committed. */
const PICTURES = [
  ['venue', 'desktop', 's=venue/7', 'docs'],
  ['venue-dark', 'desktop', 's=venue/7&theme=dark&hidden', 'docs'],
  ['venue-stopped', 'phone', 's=venue/7&stopped', 'docs'],
  ['venue-stopped', 'desktop', 's=venue/7&stopped&quiet'],
  ['venues', 'phone', 's=venues'],
  ['venues', 'desktop', 's=venues'],
  ['tablet', 'desktop', 's=venue/7/tablet'],
  ['tablet', 'phone', 's=venue/7/tablet'],
  ['lost', 'desktop', 's=venue/7/gate/1'],
  ['lost', 'phone', 's=venue/7/gate/1'],
  ['register', 'desktop', 's=register'],
  ['staff', 'phone', 's=venue/7/staff'],
  ['registrations', 'desktop', 's=registrations&role=inspector'],
  ['cases', 'desktop', 's=cases&role=officer&body=authority'],
  ['case-new', 'desktop', 's=cases/new&role=officer&body=authority'],
  ['case-new-en', 'phone', 's=cases/new&role=officer&body=authority&lang=en'],
  ['case-sign', 'desktop', 's=case&role=officer&body=register', 'docs'],
  ['case-sign', 'phone', 's=case&role=officer&body=register'],
  ['case-list', 'desktop', 's=case&role=officer&body=authority&wrong', 'docs'],
  ['case-list-en', 'desktop', 's=case&role=officer&body=authority&lang=en'],
  ['case-list', 'phone', 's=case&role=officer&body=authority'],
  ['log', 'desktop', 's=log&role=officer&body=authority'],
  ['gates', 'desktop', 's=gates&role=operator', 'docs'],
  ['gates', 'phone', 's=gates&role=operator'],
  ['notices', 'desktop', 's=notices&role=operator&body=authority'],
  ['people', 'desktop', 's=people&role=officer'],
  ['doctor', 'desktop', 's=doctor&role=operator'],
  ['sign-in', 'desktop', 's=sign-in'],
  ['enrol', 'phone', 's=enrol&lang=en'],
  ['doors', 'desktop', 's=doors'],
  ['expired', 'desktop', 's=cases/new&role=officer&body=authority&expired'],
];

const [folder, ...names] = process.argv.slice(2);
const out = folder ? resolve(folder) : join(ROOT, 'docs', 'pictures');
mkdirSync(out, { recursive: true });

await build({ configFile: CONFIG, mode: 'preview', logLevel: 'error' });
const server = await preview({
  configFile: CONFIG,
  mode: 'preview',
  logLevel: 'error',
  preview: { host: '127.0.0.1', port: 0 },
});
const { port } = server.httpServer.address();
const browser = await chromium.launch({
  executablePath:
    process.env.CHROME ?? ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((file) => existsSync(file)),
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  for (const [name, size, query, docs] of PICTURES) {
    if (names.length > 0 ? !names.includes(name) : !folder && docs !== 'docs') continue;
    const [width, height] = SIZES[size];
    const page = await browser.newPage({
      viewport: { width, height },
      deviceScaleFactor: folder ? 1 : 1.5,
      locale: 'ko-KR',
    });
    await page.goto(`http://127.0.0.1:${port}/console/preview.html?${query}`);
    await page.waitForSelector('html[data-ready]');
    await page.evaluate(() => document.fonts.ready.then(() => {}));
    await page.waitForFunction(() => !document.querySelector('[data-asking]'));
    await page.screenshot({ path: join(out, `console-${name}-${size}.png`), fullPage: Boolean(folder) });
    await page.close();
  }
} finally {
  await browser.close();
  await server.close();
}
