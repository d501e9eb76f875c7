import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ENTRY_FLAGS } from '@munjigi/core/chain';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { browserPath, describeInBrowser, launchProfile, type ProfileBrowser } from './support/chromium.ts';
import { openVenueWorld, typeCode } from './support/venue-world.ts';

const HOW = {
  context: { permissions: ['camera'], viewport: { width: 1024, height: 768 }, locale: 'ko-KR' },
};

// One owner's tablet whose storage is put back, and then a copy of it: the tests follow each other as that goes.
describeInBrowser('a tablet whose storage is put back', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'munjigi-put-back-'));
  const profile = (name: string) => path.join(folder, name);
  const opened: ProfileBrowser[] = [];
  let world: Awaited<ReturnType<typeof openVenueWorld>>;
  let page: Page;

  const text = (selector: string, at = page) => at.locator(selector).innerText();
  const view = (name: string, at = page) => at.waitForSelector(`.gate[data-view=${name}]`);
  const more = async (at = page) => {
    await at.click('.open-more');
    await view('more', at);
  };

  /** Opens the gate on a profile and begins a shift. */
  async function open(name: string, address = world.front.address): Promise<ProfileBrowser> {
    const browser = await launchProfile({ ...HOW, profile: profile(name) });
    opened.push(browser);
    browser.context.setDefaultTimeout(45_000);
    // What the strip said since this page began, however short.
    await browser.context.addInitScript(() => {
      const said: string[] = [];
      Object.defineProperty(window, 'strips', { value: said });
      const look = () => {
        const strip = document.querySelector<HTMLElement>('.strip');
        if (strip && said.at(-1) !== strip.dataset.strip) said.push(strip.dataset.strip ?? '');
      };
      new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
    });
    page = browser.context.pages()[0] ?? (await browser.context.newPage());
    await page.goto(address);
    await page.waitForSelector('html[data-ready]');
    await page.getByRole('button', { name: '근무 시작', exact: true }).click();
    await view('scan');
    return browser;
  }
  async function admit(person: string, at = page): Promise<void> {
    await typeCode(at, await (await world.guest(person)).show());
    await at.waitForSelector('.gate[data-view=verdict] .rail');
    await view('scan', at);
  }
  const strips = () => page.evaluate(() => (window as unknown as { strips: string[] }).strips);
  const database = () => world.test.databases.get('register')!;
  /** Entries at the register by the number of the gate's chain (a number is one stretch), with their flags. */
  const entries = async () =>
    (
      await database().query<{ gate: number; flags: number; times: number }>(
        `SELECT dense_rank() OVER (ORDER BY first) AS gate, flags, times FROM (
           SELECT min(g.gate_no) OVER (PARTITION BY g.thumbprint) AS first, e.flags, e.counter,
                  count(*) OVER (PARTITION BY e.gate_no, e.counter) AS times
           FROM entry e JOIN gate g ON g.venue_id = e.venue_id AND g.gate_no = e.gate_no WHERE e.venue_id = $1) x
         ORDER BY first, counter`,
        [world.venueId],
      )
    ).rows;
  const arrived = (count: number) =>
    expect.poll(async () => (await entries()).length, { timeout: 60_000 }).toBe(count);
  const states = async () => (await world.devices()).map(({ role, state }) => `${role} ${state}`);

  beforeAll(async () => {
    if (browserPath) world = await openVenueWorld();
  }, 120_000);
  afterAll(async () => {
    for (const browser of opened) await browser.close().catch(() => {});
    await world?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('goes on under a new key while guests come in, and sends what both chains hold', async () => {
    let browser = await open('tablet', await world.linkFor('owner', '사장님 태블릿'));
    await admit('haneul');
    await arrived(1);
    await browser.close();
    cpSync(profile('tablet'), profile('backup'), { recursive: true });

    browser = await open('tablet');
    await admit('seoyeon');
    await admit('minho');
    await arrived(3);
    await browser.close();
    cpSync(profile('tablet'), profile('copy'), { recursive: true });

    // Put back to where it had one entry; the first guest comes before the register has been heard.
    rmSync(profile('tablet'), { recursive: true, force: true, maxRetries: 5 });
    cpSync(profile('backup'), profile('tablet'), { recursive: true });
    await open('tablet');
    await expect.poll(states, { timeout: 60_000 }).toEqual(['owner revoked', 'gate confirmed']);
    await expect.poll(strips, { timeout: 60_000 }).toContain('renewed');
    await admit('haneul');
    await arrived(4);
    const rows = await entries();
    expect(rows.every(({ times }) => times === 1)).toBe(true);
    expect(rows.filter(({ gate }) => gate === 2).map(({ flags }) => flags)).toEqual([0]);
    expect(rows.every(({ flags }) => (flags & ENTRY_FLAGS['revoked-gate']) === 0)).toBe(true);
  }, 240_000);

  it('says so calmly on the device page, and lets nobody in any more', async () => {
    await more();
    expect(await text('.news')).toContain('새 키로 기록을 잇고 있습니다');
    expect(await text('.news')).toContain('등록 코드를 다시');
    await page.getByRole('button', { name: '설정' }).click();
    await view('settings');
    expect(await page.getByRole('button', { name: '새 기기 등록' }).count()).toBe(0);
    await page.keyboard.press('Escape');
    await view('scan');
    // The door goes on as before; after a reload too.
    await page.reload();
    await page.getByRole('button', { name: '근무 시작', exact: true }).click();
    await view('scan');
    await admit('seoyeon');
    await arrived(5);
    expect((await entries()).filter(({ gate }) => gate === 2)).toHaveLength(2);
    // It was said once.
    expect(await strips()).not.toContain('renewed');
  }, 180_000);

  it('learns of a copy by its own key’s word: both are marked and say so, and neither door stops', async () => {
    const tablet = page;
    await open('copy');
    await expect
      .poll(states, { timeout: 60_000 })
      .toEqual(['owner revoked', 'gate unconfirmed', 'gate unconfirmed']);
    await admit('minho');
    await arrived(6);
    const rows = await entries();
    expect(rows.every(({ times }) => times === 1)).toBe(true);
    expect(rows.at(-1)!.flags & ENTRY_FLAGS['unconfirmed-gate']).not.toBe(0);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await more();
    await page.waitForFunction(() =>
      document.querySelector('.news')?.textContent?.includes('확인되지 않은 기기'),
    );
    await admit('haneul', tablet);
    await arrived(7);
  }, 180_000);
});
