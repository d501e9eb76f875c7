import { createServer } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { CLIENT, SECRET, startProvider, type TestProvider } from '../support/oidc.ts';
import { describeInBrowser, launchBrowser } from './support/chromium.ts';
import { openWalletStand, STORY_MS } from './support/wallet-stand.ts';

/** A port that was free a moment ago: the provider has to know the wallet's address before the wallet is served. */
const freePort = () =>
  new Promise<number>((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });

describeInBrowser('a wallet and its issuer', () => {
  let stand: Awaited<ReturnType<typeof openWalletStand>>;
  let provider: TestProvider;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const limits = { first: 4, renewal: 4, paper: 2 };

  beforeAll(async () => {
    const port = await freePort();
    const redirectUri = `http://127.0.0.1:${port}/wallet/`;
    provider = await startProvider(redirectUri);
    const oidc = [
      {
        name: 'town',
        title: { ko: '동네 본인확인', en: 'Town sign-in' },
        issuer: provider.issuer,
        clientId: CLIENT,
        clientSecret: SECRET,
        redirectUri,
        scope: 'openid profile',
        claims: { person: 'sub', name: 'name', familyName: 'family_name', birthDate: 'birthdate' },
        clockToleranceSeconds: 30,
      },
    ];
    stand = await openWalletStand('kr-2022', { oidc, limits }, port);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await stand?.close();
    await provider?.stop();
  });
  afterEach(async () => {
    limits.first = 4;
    await context.close();
  });

  async function phone(): Promise<void> {
    context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'ko-KR' });
    page = await context.newPage();
    await page.clock.install({ time: STORY_MS });
    await page.goto(`${stand.origin}/wallet/`);
  }
  const live = () => page.waitForSelector('main[data-state=live] canvas[data-drawn]');

  it("leads over the provider's own page to a code, and leaves nothing of it in the address", async () => {
    await phone();
    await page.locator('[data-provider=town]').click();
    await page.getByText('김하늘님의 QR을 받습니다').waitFor();
    expect(page.url()).toBe(`${stand.origin}/wallet/`);
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    await page.locator('[data-munjigi=agree]').click();
    await live();
    expect(await page.locator('.who').innerText()).toContain('김하늘');
  });

  it('shows place and time while it waits, keeps the place when it was closed, and goes on by itself', async () => {
    limits.first = 0;
    await phone();
    await page.getByRole('button', { name: '김하늘' }).click();
    await page.locator('[data-munjigi=agree]').click();
    const waiting = page.locator('[data-munjigi=waiting]');
    await waiting.waitFor();
    const said = await waiting.innerText();
    expect(said).toMatch(/^대기 \d+번째/);

    await page.reload();
    await waiting.waitFor();
    expect(await waiting.innerText(), 'the same place').toBe(said);
    limits.first = 4;
    await page.clock.fastForward(30_000);
    await live();
  });
});
