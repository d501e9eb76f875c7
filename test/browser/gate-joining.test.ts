import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ENTRY_FLAGS } from '@munjigi/core/chain';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { browserPath, describeInBrowser, launchBrowser } from './support/chromium.ts';
import { openVenueWorld, pictureOf, typeCode } from './support/venue-world.ts';
import { showOnCamera, writeCameraFile } from './support/y4m.ts';

const BLANK = { width: 8, height: 8, luma: new Uint8Array(64).fill(140) };

interface Device {
  readonly browser: Browser;
  readonly page: Page;
  /** File that plays as its camera. */
  readonly camera: string;
}

// One venue from its owner's phone to a tablet that is lost: the tests follow each other as a week does.
describeInBrowser('a tablet that joins by the owner’s phone', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'munjigi-joining-'));
  let world: Awaited<ReturnType<typeof openVenueWorld>>;
  let phone: Device;
  let tablet: Device;
  const text = (page: Page, selector: string) => page.locator(selector).innerText();
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  const view = (page: Page, name: string) => page.waitForSelector(`.gate[data-view=${name}]`);

  async function open(name: string, viewport: { width: number; height: number }): Promise<Device> {
    const camera = path.join(folder, `${name}.y4m`);
    writeCameraFile(camera, [BLANK]);
    const browser = await launchBrowser({ cameraFile: camera });
    const context = await browser.newContext({ permissions: ['camera'], viewport, locale: 'ko-KR' });
    context.setDefaultTimeout(45_000);
    return { browser, camera, page: await context.newPage() };
  }

  beforeAll(async () => {
    if (!browserPath) return;
    world = await openVenueWorld();
    phone = await open('phone', { width: 390, height: 844 });
    tablet = await open('tablet', { width: 1024, height: 768 });
  });
  afterAll(async () => {
    await phone?.browser.close();
    await tablet?.browser.close();
    await world?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('with every server away shows its key, takes the answer, and lets its first guest in', async () => {
    await phone.page.goto(await world.linkFor('owner', '사장님 폰'));
    await phone.page.waitForSelector('html[data-ready]');
    expect(await text(phone.page, 'h1')).toBe('모퉁이 카페');
    await tablet.page.goto(world.front.address);
    await tablet.page.waitForSelector('html[data-ready]');
    for (const { page } of [phone, tablet])
      await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    // Rules were there once; from here on there is no network at all.
    world.front.goAway();

    await button(tablet.page, '사장님 휴대전화로 등록').click();
    await view(tablet.page, 'join');
    await tablet.page.fill('input[name=name]', '2층 입구');
    await button(tablet.page, 'QR 만들기').click();
    const digits = await text(tablet.page, '.digits b');

    await button(phone.page, '근무 시작').click();
    await view(phone.page, 'scan');
    await phone.page.click('.open-more');
    await phone.page.getByRole('button', { name: '설정' }).click();
    await button(phone.page, '새 기기 등록').click();
    await view(phone.page, 'let-in');
    showOnCamera(phone.camera, await pictureOf(tablet.page));
    await phone.page.waitForSelector('[data-step=compare]');
    expect(await text(phone.page, 'h1')).toBe('2층 입구');
    expect(await text(phone.page, '.digits b')).toBe(digits);
    await button(phone.page, '같아요, 등록할게요').click();
    await phone.page.waitForSelector('[data-step=shown]');

    await button(tablet.page, '사장님 화면 찍기').click();
    showOnCamera(tablet.camera, await pictureOf(phone.page));
    // It starts again as a gate of the venue, from its own files.
    await button(tablet.page, '근무 시작').waitFor();
    showOnCamera(tablet.camera, BLANK);
    showOnCamera(phone.camera, BLANK);
    expect(await text(tablet.page, 'h1')).toBe('모퉁이 카페');
    expect(await text(tablet.page, '.gate-name')).toBe('2층 입구');
    expect(await text(tablet.page, '.news')).toContain('등록 확인을 기다리는 기기입니다');
    await button(tablet.page, '근무 시작').click();
    await view(tablet.page, 'scan');
    await admit('haneul');
    expect(await world.devices()).toHaveLength(1);
  }, 180_000);

  /** Lets a guest in at the tablet, by a scanner that types. */
  async function admit(person: string): Promise<void> {
    const code = await (await world.guest(person)).show();
    await typeCode(tablet.page, code);
    await tablet.page.waitForSelector('.gate[data-view=verdict] .rail');
    await view(tablet.page, 'scan');
  }
  /** Flags of the venue's entries that the register holds, by counter, of gates after the first. */
  async function flags(): Promise<readonly number[]> {
    const { rows } = await world.test.databases
      .get('register')!
      .query<{ flags: number }>(
        'SELECT flags FROM entry WHERE venue_id = $1 AND gate_no > 1 ORDER BY counter',
        [world.venueId],
      );
    return rows.map((row) => row.flags);
  }

  it('is confirmed by itself when it is online, and what it wrote before is marked', async () => {
    world.front.comeBack();
    await tablet.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await expect
      .poll(async () => (await world.devices()).map(({ state, name, counter }) => [name, state, counter]), {
        timeout: 60_000,
      })
      .toEqual([
        ['사장님 폰', 'confirmed', 0],
        ['2층 입구', 'confirmed', 1],
      ]);
    expect(await flags()).toEqual([ENTRY_FLAGS['unconfirmed-gate']]);
    // Two guests of one party, one right after the other: the second is scanned while the first is judged.
    const codes = [await world.guest('seoyeon'), await world.guest('minho')].map((guest) => guest.show());
    const [first, second] = await Promise.all(codes);
    await typeCode(tablet.page, `${first}`);
    await typeCode(tablet.page, `${second}`);
    await expect.poll(flags, { timeout: 60_000 }).toEqual([ENTRY_FLAGS['unconfirmed-gate'], 0, 0]);
    const listed = await world.test.operate('GET', '/api/register/gates');
    expect(listed.json.gates.at(-1)).toMatchObject({
      report: { app: expect.stringMatching(/^\d/), pending: 0 },
    });
  }, 120_000);

  it('is told when it was revoked, goes on, and what it writes is kept and marked', async () => {
    const { gateNo } = (await world.devices()).find(({ name }) => name === '2층 입구')!;
    const url = `/api/register/venues/${world.venueId}/gates/${gateNo}/revoke`;
    expect((await world.owner.call('POST', url, {})).status).toBe(200);
    await admit('haneul');
    await tablet.page.waitForFunction(() =>
      document.querySelector('.strip')?.textContent?.includes('사용이 중지된 기기입니다'),
    );
    await expect
      .poll(async () => (await flags()).at(-1), { timeout: 60_000 })
      .toBe(ENTRY_FLAGS['revoked-gate']);
    expect(await flags()).toHaveLength(4);
  }, 120_000);

  it('keeps its settings behind a PIN, through reloads', async () => {
    const { page } = tablet;
    const toSettings = async () => {
      await page.click('.open-more');
      await page.getByRole('button', { name: '설정' }).click();
    };
    await toSettings();
    await page.getByText('새 기기는 사장님 휴대전화에서 등록합니다.').waitFor();
    await page.fill('input[name=pin]', '2580');
    await button(page, '번호 정하기').click();
    await page.getByText('설정 번호를 정했습니다.').waitFor();
    await page.reload();
    await page.waitForSelector('html[data-ready]');
    if (await button(page, '근무 시작').isVisible()) await button(page, '근무 시작').click();
    await view(page, 'scan');
    const enter = async (pin: string) => {
      for (const digit of pin) await page.click(`.pin [data-key="${digit}"]`);
      await button(page, '열기').click();
    };
    await toSettings();
    for (const left of [4, 3, 2, 1]) {
      await enter('1111');
      await page.getByText(`번호가 다릅니다. ${left}번 더`).waitFor();
    }
    await enter('2580');
    await page.waitForSelector('main.settings');
  }, 120_000);
});
