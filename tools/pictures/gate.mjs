// Pictures of the gate's screens: `node tools/pictures/gate.mjs [folder] [name …]`. Without a folder the chosen few go to
// docs/pictures; with one, every screen of the list goes there. Needs Chromium (or $CHROME) and nothing else.
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const GATE = join(ROOT, 'packages', 'gate');
const CONFIG = join(GATE, 'vite.config.ts');

const SIZES = {
  phone: [390, 844],
  small: [360, 640],
  tablet: [1024, 768],
  upright: [768, 1024],
  side: [844, 390],
  desktop: [1440, 900],
};

/** Name, size, query: every picture that is looked at before a release. `docs` marks those that are committed. */
const PICTURES = [
  ['start', 'tablet', 's=start&strip=usual'],
  ['start', 'phone', 's=start&strip=usual&fitness=install-me'],
  ['start-unfit', 'phone', 's=start&strip=usual&fitness=unfit'],
  ['enrol', 'tablet', 's=start&strip=usual&venue=none'],
  ['scan', 'tablet', 's=scan', 'docs'],
  ['scan', 'phone', 's=scan', 'docs'],
  ['scan', 'small', 's=scan'],
  ['scan', 'upright', 's=scan&party=alone'],
  ['scan', 'side', 's=scan'],
  ['scan', 'desktop', 's=scan&strip=usual', 'docs'],
  ['scan-dark', 'tablet', 's=scan&theme=dark', 'docs'],
  ['scan-en', 'tablet', 's=scan&lang=en&strip=duty'],
  ['scan-en', 'phone', 's=scan&lang=en&strip=duty'],
  ['scan-kiosk', 'tablet', 's=scan&m=kiosk'],
  ['scan-two', 'phone', 's=scan&seen=two'],
  ['scan-nocamera', 'tablet', 's=scan&camera=refused&strip=usual'],
  ['scan-nocamera', 'phone', 's=scan&camera=missing&strip=usual'],
  ['scan-notsaved', 'tablet', 's=scan&strip=not-saved&rec=not-saved'],
  ['scan-noclock', 'tablet', 's=scan&now=unknown&strip=ageing'],
  ['scan-viewer', 'phone', 's=scan&strip=viewer'],
  ['scan-exercise', 'tablet', 's=scan&strip=provisional&exercise', 'docs'],
  ['scan-duty', 'phone', 's=scan&strip=duty'],
  ['verbal', 'tablet', 's=verbal&strip=word'],
  ['verbal', 'phone', 's=verbal&strip=word'],
  ['reopen', 'phone', 's=reopen&strip=usual'],
  ['admit', 'tablet', 's=admit', 'docs'],
  ['admit', 'phone', 's=admit', 'docs'],
  ['admit', 'small', 's=admit'],
  ['admit', 'side', 's=admit'],
  ['admit', 'upright', 's=admit'],
  ['admit', 'desktop', 's=admit&strip=usual', 'docs'],
  ['admit-dark', 'tablet', 's=admit&theme=dark'],
  ['admit-kiosk', 'tablet', 's=admit&m=kiosk', 'docs'],
  ['admit-kiosk', 'phone', 's=admit&m=kiosk', 'docs'],
  ['admit-en', 'phone', 's=admit&lang=en', 'docs'],
  ['checkonly', 'tablet', 's=check-only&strip=usual'],
  ['seen', 'tablet', 's=seen&strip=usual&rec=saved'],
  ['seen', 'phone', 's=seen&strip=usual&rec=saved'],
  ['alone', 'phone', 's=alone&strip=usual&rec=saved'],
  ['ended', 'tablet', 's=ended', 'docs'],
  ['ended', 'phone', 's=ended', 'docs'],
  ['ended', 'small', 's=ended'],
  ['ended', 'side', 's=ended'],
  ['ended', 'upright', 's=ended'],
  ['ended', 'desktop', 's=ended', 'docs'],
  ['ended-en', 'tablet', 's=ended&lang=en', 'docs'],
  ['ended-en', 'phone', 's=ended&lang=en'],
  ['ended-dark', 'phone', 's=ended&theme=dark', 'docs'],
  ['ended-dark', 'tablet', 's=ended&theme=dark'],
  ['ended-kiosk', 'tablet', 's=ended&m=kiosk', 'docs'],
  ['ended-kiosk', 'phone', 's=ended&m=kiosk', 'docs'],
  ['ended-kiosk-en', 'tablet', 's=ended&m=kiosk&lang=en'],
  ['compare', 'tablet', 's=compare&strip=usual', 'docs'],
  ['compare', 'phone', 's=compare&strip=usual'],
  ['compare', 'small', 's=compare'],
  ['foreign', 'tablet', 's=foreign&strip=usual'],
  ['foreign-en', 'small', 's=foreign&strip=usual&lang=en'],
  ['clock', 'tablet', 's=clock', 'docs'],
  ['clock', 'phone', 's=clock', 'docs'],
  ['clock', 'side', 's=clock'],
  ['clock', 'desktop', 's=clock&strip=usual', 'docs'],
  ['clock-dark', 'tablet', 's=clock&theme=dark', 'docs'],
  ['clock-contrast', 'tablet', 's=clock&contrast=more'],
  ['clock-kiosk', 'tablet', 's=clock&m=kiosk', 'docs'],
  ['clock-kiosk', 'phone', 's=clock&m=kiosk', 'docs'],
  ['notsaved', 'phone', 's=not-saved&strip=not-saved&rec=not-saved'],
  ['eye', 'tablet', 's=eye&strip=usual', 'docs'],
  ['eye', 'phone', 's=eye&strip=usual', 'docs'],
  ['eye', 'small', 's=eye&strip=usual'],
  ['eye', 'side', 's=eye&strip=usual'],
  ['eye-en', 'tablet', 's=eye&strip=usual&lang=en', 'docs'],
  ['eye-dark', 'upright', 's=eye&strip=usual&theme=dark'],
  ['eye', 'desktop', 's=eye&strip=usual'],
  ['typed', 'tablet', 's=typed&strip=usual'],
  ['typed', 'phone', 's=typed&strip=usual', 'docs'],
  ['typed-en', 'small', 's=typed&strip=usual&lang=en'],
  ['typed', 'side', 's=typed&strip=usual'],
  ['party', 'tablet', 's=party&strip=usual'],
  ['party', 'phone', 's=party&strip=usual&party=alone'],
  ['more', 'tablet', 's=more&strip=usual'],
  ['more', 'phone', 's=more&strip=usual', 'docs'],
  ['more-en', 'desktop', 's=more&strip=usual&lang=en'],
  ['more-dark', 'phone', 's=more&theme=dark&strip=incident'],
];

const [folder, ...only] = process.argv.slice(2);
const target = folder ? resolve(folder) : join(ROOT, 'docs', 'pictures');
const wanted = PICTURES.filter(
  ([name, size, , docs]) =>
    (folder || docs) && (only.length === 0 || only.some((one) => `${name}-${size}`.startsWith(one))),
);
const program = [process.env.CHROME, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path && existsSync(path),
);

mkdirSync(target, { recursive: true });
await build({ configFile: CONFIG, mode: 'preview', logLevel: 'warn' });
const server = await preview({
  configFile: CONFIG,
  mode: 'preview',
  logLevel: 'warn',
  preview: { host: '127.0.0.1', port: 0 },
});
const { port } = server.httpServer.address();
const browser = await chromium.launch({
  ...(program ? { executablePath: program } : {}),
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  for (const [size, [width, height]] of Object.entries(SIZES)) {
    const pictures = wanted.filter((picture) => picture[1] === size);
    if (pictures.length === 0) continue;
    const page = await browser.newPage({
      viewport: { width, height },
      deviceScaleFactor: folder || width > 600 ? 1 : 1.5,
      reducedMotion: 'no-preference',
    });
    await page.goto(`http://127.0.0.1:${port}/gate/preview.html?s=scan&lang=ko`);
    await page.waitForSelector('html[data-ready]');
    await page.evaluate(() => document.fonts.ready);
    for (const [name, , query] of pictures) {
      await page.evaluate(
        (wish) => window.munjigiPreview(wish),
        query.includes('lang=') ? query : `${query}&lang=ko`,
      );
      if (query.startsWith('s=scan') && !query.includes('camera='))
        await page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
      await page.waitForTimeout(200);
      await page.screenshot({ path: join(target, `gate-${name}-${size}.png`) });
      console.log(`gate-${name}-${size}.png`);
    }
    await page.close();
  }
} finally {
  await browser.close();
  await server.close();
}
