import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { correction, generate } from 'lean-qr';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  browserPath,
  complaintsOf,
  describeInBrowser,
  launchProfile,
  type ProfileBrowser,
} from './support/chromium.ts';
import { openGateFront } from './support/gate-front.ts';
import { type GateStand, openGateStand } from './support/gate-stand.ts';
import { showOnCamera, writeCameraFile } from './support/y4m.ts';

const BLANK = { width: 8, height: 8, luma: new Uint8Array(64).fill(140) };

/** A code as a camera sees it: grey on grey, with its quiet zone. */
function picture(text: string) {
  const code = generate(text, { minCorrectionLevel: correction.L, maxCorrectionLevel: correction.L });
  const size = code.size + 8;
  const luma = new Uint8Array(size * size).fill(235);
  for (let y = 0; y < code.size; y++)
    for (let x = 0; x < code.size; x++) if (code.get(x, y)) luma[(y + 4) * size + x + 4] = 20;
  return { width: size, height: size, luma };
}

// One device from its first opening on: the tests follow each other as a day does.
describeInBrowser('the gate app', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'munjigi-gate-'));
  const cameraFile = path.join(folder, 'camera.y4m');
  let stand: GateStand;
  let front: Awaited<ReturnType<typeof openGateFront>>;
  let device: ProfileBrowser;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    if (!browserPath) return;
    writeCameraFile(cameraFile, [BLANK]);
    stand = await openGateStand();
    front = await openGateFront(stand.origin);
    device = await launchProfile({
      cameraFile,
      profile: path.join(folder, 'profile'),
      context: { permissions: ['camera'], viewport: { width: 1024, height: 768 }, locale: 'ko-KR' },
    });
    context = device.context;
    context.setDefaultTimeout(20_000);
    page = await context.newPage();
    complaints = complaintsOf(page);
  });

  afterAll(async () => {
    await device?.close();
    await front?.close();
    await stand?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const verdict = (kind: string): Promise<unknown> => page.waitForSelector(`main.verdict[data-v=${kind}]`);
  const scanning = (): Promise<unknown> => page.waitForSelector('main.scan');
  const words = (selector: string): Promise<string> => page.locator(selector).first().innerText();
  const rows = () => [...stand.register.chains.values()].at(-1)?.rows ?? new Map();

  it('is at its first guest after two taps, with picture, clock and word', async () => {
    await page.goto(`${front.address}#venue=7&enrol=OPEN`);
    await page.getByRole('button', { name: '근무 시작' }).click();
    await scanning();
    await page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
    expect(await words('.clock')).toMatch(/^1[34]:\d\d:\d\d$/);
    expect(await words('.scan .word')).toMatch(/^지금\s*\S+/);
    expect(await words('.strip')).toContain('평소대로 확인하고 기록합니다.');
    const tick = await page.locator('.aim .live').getAttribute('data-tick');
    await page.waitForFunction(
      (before) => document.querySelector('.aim .live')?.getAttribute('data-tick') !== before,
      tick,
    );
  }, 90_000);

  it('fills the screen for a good pass before the camera, follows the entry to the register, and waits again', async () => {
    const guest = await stand.guest();
    showOnCamera(cameraFile, picture(await guest.show()));
    await verdict('admit');
    expect(await words('h1')).toBe('입장하세요');
    await page.waitForSelector('.foot [data-record=saved], .foot [data-record=confirmed]');
    showOnCamera(cameraFile, BLANK);
    await scanning();
    await page.waitForSelector('.foot [data-record=confirmed]');
    expect(rows().size).toBe(1);
  });

  it('says until when an ended pass was good, and leads by eye to a typed record of who was here', async () => {
    const guest = await stand.guest({ until: Date.parse('2022-01-03T00:00:00+09:00') / 1000 });
    showOnCamera(cameraFile, picture(await guest.show()));
    await verdict('another');
    showOnCamera(cameraFile, BLANK);
    expect(await words('main')).toContain('이 증명은 1월 2일까지였습니다.');
    expect(await words('main')).toContain('1월 9일까지 계도기간이라 과태료가 없습니다.');
    await page.getByRole('button', { name: '다른 증명 보기' }).click();
    await scanning();
    await page.getByRole('button', { name: '눈으로 확인' }).click();
    expect(await words('.any')).toContain('2021-07-10');
    await page.getByRole('button', { name: '봤음' }).click();
    await verdict('admit');
    await page.getByRole('button', { name: '출입 기록 남기기' }).click();
    await page.locator('[name=value]').fill('12가34나');
    await page.getByRole('button', { name: '기록', exact: true }).click();
    await scanning();
    await page.waitForSelector('.foot [data-record=confirmed]');
    const last = [...rows().values()].at(-1) as { entry: { check: string; record: string } };
    expect(last.entry).toMatchObject({ check: 'eye', record: 'typed' });
  });

  it('takes back the last entry only when asked twice, and says that nothing is deleted', async () => {
    await page.getByRole('button', { name: '더 보기' }).click();
    await page.getByRole('button', { name: '방금 기록 취소' }).click();
    expect(await words('.void [role=alert]')).toContain('지우는 것이 아니라');
    await page.getByRole('button', { name: '취소함' }).click();
    await page.getByText('방금 기록을 취소했습니다.').waitFor();
    await page.getByRole('button', { name: '돌아가기' }).click();
    await scanning();
  });

  it('asked nothing of the network but what it keeps for itself', async () => {
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    const kept = await page.evaluate(async () => {
      const names = await caches.keys();
      const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return all.flat().map((request) => new URL(request.url).pathname);
    });
    for (const part of [
      '.wasm',
      '.woff2',
      '/voice/ko/all-set.mp3',
      '/voice/en/staff.mp3',
      'reader.worker',
      '/index.html',
    ])
      expect(
        kept.filter((one) => one.includes(part)),
        part,
      ).toHaveLength(1);
    expect(complaints.filter((one) => !one.includes('404'))).toEqual([]);
  });

  it('starts and scans with every server gone, and says what it keeps', async () => {
    stand.setRegister(false);
    front.goAway();
    await page.close();
    page = await context.newPage();
    await page.goto(front.address);
    await page.getByRole('button', { name: '근무 시작' }).click();
    await scanning();
    const guest = await stand.guest();
    showOnCamera(cameraFile, picture(await guest.show()));
    await verdict('admit');
    await page.waitForSelector('.foot [data-record=saved]');
    showOnCamera(cameraFile, BLANK);
    await scanning();
    await page.getByText('평소처럼 찍으세요.').waitFor();
    const strip = await words('.strip');
    expect(strip).toMatch(/이 기기에 \d+건 저장됨/);
    expect(strip).toContain('앱을 지우거나 다시 깔지 마세요.');
  }, 90_000);

  it('takes what was seen by eye in two taps, each kind of it, and counts the kinds in the statement alone', async () => {
    const kinds = { id: '신분증', sticker: '스티커', paper: '종이', wallet: '다른 지갑', coov: '쿠브' };
    const waiting = async () => Number(/(\d+)건 저장됨/.exec(await words('.strip'))![1]);
    const before = await waiting();
    for (const [kind, label] of Object.entries(kinds)) {
      await page.getByRole('button', { name: '눈으로 확인' }).click();
      // The first tap may be a wrong one: the last one counts.
      if (kind === 'id') await page.locator('[data-shown=paper]').click();
      await page.getByRole('button', { name: label, exact: true }).click();
      const pressed = page.locator('.kinds [aria-pressed=true]');
      expect(await pressed.allInnerTexts()).toEqual([label]);
      expect(await words('.look'), kind).not.toBe('');
      await page.getByRole('button', { name: '봤음' }).click();
      await verdict('admit');
      await page.waitForSelector('.foot [data-record=saved]');
      await page.keyboard.press('Escape');
      await scanning();
    }
    await page.waitForFunction(
      (n) => document.querySelector('.strip')?.textContent?.includes(`${n}건 저장됨`),
      before + 5,
    );
    await page.getByRole('button', { name: '더 보기' }).click();
    await page.getByRole('button', { name: '장애 시간 확인서' }).click();
    await page.locator('.episodes button').first().click();
    const sheet = await words('.sheet');
    expect(sheet).toContain('쿠브 1 · 다른 지갑 1 · 종이 1 · 스티커 1 · 신분증 1');
    expect(sheet).toMatch(/눈으로 5명/);
    await page.getByRole('button', { name: '돌아가기' }).click();
    await page.getByRole('button', { name: '돌아가기' }).click();
    await page.getByRole('button', { name: '돌아가기' }).click();
    await scanning();
  }, 60_000);

  it('lets a newer version wait, and takes it by a tap without ending the shift', async () => {
    front.comeBack();
    stand.setRegister(true);
    front.publishNewer('newer gate');
    await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      await registration.update();
    });
    await page.waitForFunction(async () => (await navigator.serviceWorker.ready).waiting !== null);
    expect(await page.title()).not.toBe('newer gate');
    expect(await page.locator('main.scan').count()).toBe(1);
    await page.getByRole('button', { name: '더 보기' }).click();
    await page.getByRole('button', { name: '지금 바꾸기' }).click();
    await page.waitForFunction(() => document.title === 'newer gate');
    await scanning();
    await page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
  }, 90_000);
});
