import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInBrowser, launchBrowser } from './support/chromium.ts';
import { openWalletStand, STORY_MS } from './support/wallet-stand.ts';

const DAY = 86_400_000;

describeInBrowser('the life of a wallet', () => {
  let stand: Awaited<ReturnType<typeof openWalletStand>>;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    stand = await openWalletStand();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await stand?.close();
  });
  afterEach(() => context.close());

  async function phone(atMs: number): Promise<void> {
    stand.setClock(atMs);
    context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'ko-KR' });
    page = await context.newPage();
    await page.clock.install({ time: atMs });
  }
  const live = () => page.waitForSelector('main[data-state=live] canvas[data-drawn]');
  const drawn = () => page.locator('canvas[data-munjigi=code]').getAttribute('data-drawn');

  it('enrols by one person, one consent and one tap, and says what it keeps and what a venue sees', async () => {
    await phone(STORY_MS);
    stand.asked.length = 0;
    await page.goto(`${stand.origin}/wallet/`);
    await page.getByRole('button', { name: '김하늘' }).click();
    expect(await page.locator('main').innerText()).toMatch(/이 휴대전화에만 보관합니다/);
    expect(stand.asked.filter((line) => line.startsWith('POST'))).toEqual([]);

    await context.setOffline(true);
    await page.getByRole('button', { name: '동의하고 받기' }).click();
    await page.getByText('발급기관에 연결되지 않습니다.').waitFor();
    await context.setOffline(false);
    await page.getByRole('button', { name: '동의하고 받기' }).click();
    await live();
    expect(stand.asked.filter((line) => line.startsWith('POST'))).toEqual([
      'POST /api/issuer/enrolments',
      'POST /api/issuer/batches',
    ]);
    expect(await page.locator('.state').innerText()).toBe('기한 없이 쓸 수 있습니다.');

    // what was received stays: the next start asks nobody for anything but the signed documents
    stand.asked.length = 0;
    await page.reload();
    await live();
    expect(stand.asked.filter((line) => line.includes('/api/'))).toEqual([]);
  });

  it('takes another pass for each showing, says when it must show one again, and stands still when none lives', async () => {
    await phone(STORY_MS);
    await page.goto(`${stand.origin}/wallet/?stage&person=haneul`);
    await live();
    const batch = stand.policy.pack.passes.batch;
    const shown = new Set<string>();
    for (let i = 0; i < batch; i++) {
      const text = (await drawn()) ?? '';
      shown.add(text);
      expect(await page.locator('main').innerText(), `showing ${i + 1} of ${batch}`).not.toContain(
        '전에 보여 준 QR',
      );
      await page.getByRole('button', { name: '다녀온 곳' }).click();
      await page.clock.fastForward(200_000);
      await page.getByRole('button', { name: '내 QR' }).click();
      await page.waitForFunction(
        (before) => document.querySelector('canvas')?.dataset.drawn !== before,
        text,
      );
    }
    expect(shown.size).toBe(batch);
    await page.getByText('전에 보여 준 QR을 다시 씁니다').waitFor();
    expect(await page.locator('.live rect.t').count()).toBe(7);

    const late = STORY_MS + 12 * DAY;
    await page.clock.fastForward(late - (await page.evaluate(() => Date.now())));
    await page.waitForSelector('main[data-state=empty]');
    expect(await page.locator('.live rect.t').count()).toBe(0);
    expect(await page.locator('main').innerText()).toContain('증명서는 그대로 쓸 수 있습니다.');

    stand.setClock(late);
    await page.getByRole('button', { name: '새로 받기' }).click();
    await live();
    expect(await page.locator('.live rect.t').count()).toBe(7);
  });

  it('reminds before the end: once a fortnight before, once a week before, and no server is asked', async () => {
    await phone(Date.parse('2022-01-14T09:00:00+09:00'));
    await page.goto(`${stand.origin}/wallet/?stage&person=minsu`);
    await live();
    const banner = page.locator('[data-munjigi=reminder]');
    await banner.waitFor();
    expect(await banner.innerText()).toContain('1월 28일 밤 12시에 끝납니다.');
    stand.asked.length = 0;
    await page.getByRole('button', { name: '알겠어요' }).click();
    await banner.waitFor({ state: 'detached' });
    await page.clock.fastForward(5 * DAY);
    await page.clock.runFor(61_000);
    expect(await banner.count()).toBe(0);
    await page.clock.fastForward(2 * DAY);
    await page.clock.runFor(61_000);
    await banner.waitFor();
    expect(stand.asked.filter((line) => line.includes('/api/'))).toEqual([]);
  });

  it('prints a paper pass in a window of its own', async () => {
    await phone(STORY_MS);
    await page.goto(`${stand.origin}/wallet/?stage&person=haneul`);
    await live();
    await page.getByRole('button', { name: /김하늘/ }).click();
    const opened = context.waitForEvent('page');
    await page.getByRole('button', { name: /종이 QR 인쇄/ }).click();
    const paper = await opened;
    await paper.waitForURL(/paper-passes\/.+\.html$/);
    const sheet = await paper.locator('body').innerText();
    expect(sheet).toContain('ㄱ · 12');
    expect(sheet).not.toContain('김하늘');
  });

  it('changes to a newer version only by the visitor’s tap, never under a code', async () => {
    await phone(STORY_MS);
    await page.goto(`${stand.origin}/wallet/?stage&person=haneul`);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await live();
    stand.serveNextVersion();
    await page.evaluate(async () => {
      (window as { marked?: boolean }).marked = true;
      await (await navigator.serviceWorker.ready).update();
    });
    await page.waitForFunction(async () => (await navigator.serviceWorker.ready).waiting !== null);
    await page.clock.runFor(60_000);
    expect(await page.evaluate(() => (window as { marked?: boolean }).marked)).toBe(true);

    await page.getByRole('button', { name: /김하늘/ }).click();
    await page.getByRole('button', { name: /새 버전으로 바꾸기/ }).click();
    await page.waitForFunction(() => (window as { marked?: boolean }).marked === undefined);
    await live();
    expect(await page.evaluate(async () => (await navigator.serviceWorker.ready).waiting)).toBeNull();
  });
});

describeInBrowser('a wallet under another pack', () => {
  it('shows a code for the register and speaks of no proof where the pack asks for none', async () => {
    const stand = await openWalletStand('visitor-register');
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage({ locale: 'ko-KR', viewport: { width: 390, height: 844 } });
      await page.clock.install({ time: STORY_MS });
      await page.goto(`${stand.origin}/wallet/?stage&person=haneul`);
      await page.waitForSelector('main[data-state=live] canvas[data-drawn]');
      expect(await page.locator('.state').innerText()).toBe('출입을 남기는 QR입니다.');
      const said = await page.locator('main').innerText();
      expect(said).toContain(stand.policy.text('ko', 'wallet.privacy'));
      expect(said).not.toMatch(/접종|방역패스/);
      await page.getByRole('button', { name: '증명서' }).click();
      expect(await page.locator('h1').innerText()).toBe('보여 줄 증명서가 없습니다.');
    } finally {
      await browser.close();
      await stand.close();
    }
  });
});
