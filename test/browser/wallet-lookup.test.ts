import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInBrowser, launchBrowser } from './support/chromium.ts';
import { openWalletStand, STORY_MS } from './support/wallet-stand.ts';

const VISIT = '2022-01-06';
const LOOKED_UP = '2022-01-07';

describeInBrowser('a wallet whose pass is looked up in a case', () => {
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

  async function phone(person: string, locale = 'ko-KR'): Promise<void> {
    stand.setClock(STORY_MS);
    stand.asked.length = 0;
    context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale });
    page = await context.newPage();
    await page.clock.install({ time: STORY_MS });
    await page.goto(`${stand.origin}/wallet/?stage&person=${person}`);
    await live();
  }
  const live = () => page.waitForSelector('main[data-state=live] canvas[data-drawn]');
  const told = () => page.locator('[data-munjigi=lookup]');
  const askedFor = () => stand.asked.filter((line) => line.includes('/notified/'));

  /** Goes on to an instant and opens the wallet there, as people do on another day. */
  async function openOn(day: string): Promise<void> {
    const at = Date.parse(`${day}T09:00:00+09:00`);
    stand.setClock(at);
    await page.clock.setSystemTime(at);
    stand.asked.length = 0;
    await page.reload();
    await page.waitForSelector('main[data-state]');
  }
  /** The notice secrets that this phone keeps of what it showed, oldest first. */
  const notices = async (profile: string): Promise<Uint8Array[]> => {
    const kept = await page.evaluate(
      (name) =>
        new Promise<number[][]>((done, fail) => {
          const request = indexedDB.open(name);
          request.onerror = () => fail(request.error);
          request.onsuccess = () => {
            const all = request.result.transaction('notices').objectStore('notices').getAll();
            all.onsuccess = () => {
              request.result.close();
              done(all.result.map(({ notice }: { notice: Uint8Array }) => [...notice]));
            };
          };
        }),
      `munjigi-wallet:${profile}`,
    );
    return kept.map((bytes) => Uint8Array.from(bytes));
  };

  it('says so once in one sentence with the day, from a file that every wallet fetches whole', async () => {
    await phone('haneul');
    const mine = await notices('haneul');
    expect(mine).toHaveLength(1);
    expect(askedFor(), 'a new wallet has shown nothing that could be looked up').toEqual([]);
    await stand.publishLookups(LOOKED_UP, mine);

    await openOn('2022-01-08');
    await told().waitFor();
    expect((await told().locator('b').innerText()).replace(/\s+/g, ' ')).toBe(
      '1월 7일에 한 조사에서 이 휴대전화의 QR이 조회되었고, 하실 일이 있으면 기관에서 연락합니다.',
    );
    expect([...new Set(askedFor())]).toEqual(
      [VISIT, LOOKED_UP].map((day) => `GET /mirror/notified/${day}.cose`),
    );
    expect(stand.asked.filter((line) => line.includes('/api/'))).toEqual([]);

    // the same day asks no more, and still says it
    stand.asked.length = 0;
    await page.reload();
    await told().waitFor();
    expect(askedFor()).toEqual([]);
    await page.getByRole('button', { name: '알겠어요' }).click();
    await told().waitFor({ state: 'detached' });

    // the file is read once more, since tags may come late; what was read is not told again
    await openOn('2022-01-09');
    await page.waitForFunction(() => document.querySelector('main[data-state]') !== null);
    await expect
      .poll(askedFor, { timeout: 30_000 })
      .toEqual(['GET /mirror/notified/2022-01-07.cose', 'GET /mirror/notified/2022-01-08.cose']);
    expect(await told().count()).toBe(0);
  });

  it('says it in English too, and says nothing to a wallet whose passes were not among them', async () => {
    await phone('minsu', 'en-GB');
    const mine = await notices('minsu');
    await stand.publishLookups(LOOKED_UP, mine);
    await openOn('2022-01-08');
    await told().waitFor();
    expect(await told().locator('b').innerText()).toContain('looked up in a case on 7 Jan');
    await context.close();

    await phone('haneul');
    await openOn('2022-01-08');
    await expect.poll(() => new Set(askedFor()).size, { timeout: 30_000 }).toBe(2);
    await page.clock.runFor(61_000);
    expect(await told().count()).toBe(0);
  });

  it('remembers through offline days, and believes no file that the authority did not sign', async () => {
    await phone('haneul');
    const mine = await notices('haneul');
    await stand.publishLookups(LOOKED_UP, mine);
    const genuine = stand.mirrored(`/mirror/notified/${LOOKED_UP}.cose`)!;
    stand.mirror(
      `/mirror/notified/${LOOKED_UP}.cose`,
      genuine.map((byte, i) => (i === genuine.length - 1 ? byte ^ 1 : byte)),
    );
    await openOn('2022-01-08');
    await expect.poll(() => new Set(askedFor()).size, { timeout: 30_000 }).toBe(2);
    expect(await told().count()).toBe(0);

    // ten days later, the pass long ended and its key gone: the secret of the showing is still there
    stand.mirror(`/mirror/notified/${LOOKED_UP}.cose`, genuine);
    await openOn('2022-01-18');
    await told().waitFor();
    // (the page that was open before may have begun to ask as well)
    expect(new Set(askedFor()).size).toBe(11);

    // and past the retention of the pack nothing is kept of it any more
    await openOn('2022-03-20');
    await expect.poll(() => notices('haneul'), { timeout: 30_000 }).toEqual([]);
  });
});
