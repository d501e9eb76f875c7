import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { decodeCase, encodeCase } from '@munjigi/core/case';
import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser, launchBrowser } from './support/chromium.ts';
import { enrolled, invitePrinted, type Person, tamper } from './support/console-person.ts';
import { guestsAtTheDoor } from './support/demo-door.ts';
import { type Running, spawnMunjigi, startMunjigi } from './support/supervisor.ts';

const THREE = Date.parse('2022-01-06T15:00:00+09:00');
const REASON = '1월 6일 점심 집단 발생 조사';

/** The same answer with a case that asks for more people. */
const widened = (told: { readonly case: string }) => ({
  ...told,
  case: toBase64url(encodeCase({ ...decodeCase(fromBase64(told.case)), cap: 90_000 })),
});

describeInBrowser('a full trace by two officers with passkeys', () => {
  const data = mkdtempSync(path.join(os.tmpdir(), 'munjigi-trace-'));
  let munjigi: Running;
  let browser: Browser;
  let opener: Person;
  let approver: Person;
  let venueId: number;

  const setClock = async (storyMs: number) => {
    const token = readFileSync(path.join(data, 'keys', 'operator-token.key'), 'utf8').trim();
    const answer = await fetch(`${munjigi.address}/api/authority/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ storyMs, rate: 1 }),
    });
    expect(answer.status).toBe(200);
  };

  beforeAll(async () => {
    // One server: a moment that is set here must count at the next click.
    munjigi = await startMunjigi(['--embedded'], { data });
    browser = await launchBrowser();
    venueId = await guestsAtTheDoor(browser, munjigi.address);
    await setClock(THREE);
    opener = await enrolled(browser, invitePrinted(munjigi, 'authority', 'officer'));
    approver = await enrolled(browser, invitePrinted(munjigi, 'register', 'officer'));
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await munjigi?.stop();
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  });

  const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
  const problem = (page: Page, code: string) => page.waitForSelector(`[data-problem="${code}"]`);
  const state = (page: Page, name: string) => page.waitForSelector(`[data-state="${name}"]`);

  /** An empty form, whatever stood on the screen before. */
  async function toNewCase(page: Page): Promise<void> {
    await page.goto(page.url().replace(/#.*$/, '#/cases'));
    await page.getByRole('link', { name: '조사 열기' }).click();
    await page.waitForSelector('form.case-form');
  }
  /** Fills in a case as an officer does, and asks to see what is to be signed. */
  async function fill(page: Page, change: Readonly<Record<string, string>> = {}): Promise<void> {
    await toNewCase(page);
    const asked = {
      venue: String(venueId),
      from: '2022-01-06T13:50',
      until: '2022-01-06T14:30',
      basis: '감염병예방법 제18조',
      reason: REASON,
      ...change,
    };
    for (const [name, value] of Object.entries(asked)) await page.locator(`[name=${name}]`).fill(value);
    await button(page, '서명할 내용 보기').click();
  }
  /** Opens and signs a case; answers its id. */
  async function openCase(change: Readonly<Record<string, string>> = {}): Promise<string> {
    const { page } = opener;
    await fill(page, change);
    await button(page, '패스키로 서명하고 열기').click();
    await page.waitForURL(/#\/case\//);
    await state(page, 'waiting');
    return page.url().split('#/case/')[1]!;
  }
  const atRegister = async (id: string) => {
    await approver.page.goto(approver.page.url().replace(/#.*$/, `#/case/${id}`));
    await approver.page.waitForSelector('.next');
  };
  const hashOn = (page: Page) => page.locator('[data-hash]').getAttribute('data-hash');

  it('goes from two signatures to a list with its completeness, every log line verified in the page', async () => {
    const id = await openCase();
    const shown = await hashOn(opener.page);
    expect(await opener.page.locator('.terms').innerText()).toContain('1월 6일 13:50부터 1월 6일 14:30까지');
    await opener.page.waitForSelector('[data-line="case-opened"][data-verdict="good"]');

    await approver.page.goto(approver.page.url().replace(/#.*$/, '#/cases'));
    await approver.page.locator(`[data-case="${id}"]`).click();
    await state(approver.page, 'waiting');
    expect(await hashOn(approver.page)).toBe(shown);
    expect(await approver.page.locator('.terms').innerText()).toContain(REASON);
    await approver.page.waitForSelector('[data-line="case-opened"][data-verdict="good"]');
    await button(approver.page, '패스키로 서명').click();
    await state(approver.page, 'released');

    await button(opener.page, '다시 보기').click();
    await state(opener.page, 'released');
    await button(opener.page, '봉인 열고 물어보기').click();
    await state(opener.page, 'listed');
    const list = opener.page.locator('.trace');
    await list.getByText('김하늘').waitFor();
    expect(await list.innerText()).toContain('1988-');
    expect(await opener.page.locator('[data-completeness]').innerText()).toMatch(/출입 \d건: 찍어서/);
    for (const kind of ['case-opened', 'case-approved', 'release', 'opened', 'resolved'])
      await opener.page.waitForSelector(`[data-line="${kind}"][data-verdict="good"]`);
    const [file] = await Promise.all([
      opener.page.waitForEvent('download'),
      opener.page.getByRole('link', { name: '표 파일로 저장' }).click(),
    ]);
    expect(readFileSync(await file.path(), 'utf8')).toContain('김하늘');
    for (const person of [opener, approver]) expect(person.complaints()).toEqual([]);
  }, 300_000);

  it('lets nobody sign what was changed on its way to the page', async () => {
    const { page } = opener;
    const stop = await tamper(page, 'POST', '/api/authority/cases', widened);
    await fill(page);
    await problem(page, 'changed');
    expect(await button(page, '패스키로 서명하고 열기').count()).toBe(0);
    await stop();
  });

  it('denies a second signature over a case that was widened for the page alone', async () => {
    const id = await openCase();
    const { page } = approver;
    const stop = await tamper(page, 'GET', `/api/register/cases/${id}`, widened);
    await atRegister(id);
    await expect.poll(() => page.locator('.terms').innerText()).toContain('90000명까지');
    await button(page, '패스키로 서명').click();
    await problem(page, 'case.challenge');
    expect(await page.locator('.problem').innerText()).toContain('서명한 내용이 이 조사와 다릅니다');
    await stop();
    await page.reload();
    await state(page, 'waiting');
  });

  it('opens no box before the other body signed, and signs nothing twice', async () => {
    const id = await openCase();
    const { page } = opener;
    // A page that was told a lie about the state offers the button; the desk does not believe it.
    const stop = await tamper(page, 'GET', `/api/authority/cases/${id}`, (told) => ({
      ...told,
      state: 'opened',
    }));
    await page.reload();
    await button(page, '봉인 열고 물어보기').click();
    await problem(page, 'case.not-released');
    await stop();

    await atRegister(id);
    await button(approver.page, '패스키로 서명').click();
    await state(approver.page, 'released');
    // Kept from the log, too: a page that reads there that the boxes are released offers nothing to sign.
    const stopLog = await tamper(approver.page, 'GET', '/api/authority/log/head', (head) => ({
      ...head,
      size: 0,
    }));
    const stopAgain = await tamper(approver.page, 'GET', `/api/register/cases/${id}`, (told) => ({
      ...told,
      state: 'waiting',
    }));
    await approver.page.reload();
    await button(approver.page, '패스키로 서명').click();
    await problem(approver.page, 'case.signed-already');
    await stopAgain();
    await stopLog();
  });

  it('releases nothing over the cap, nothing older than is kept, and nothing after the end', async () => {
    await atRegister(await openCase({ cap: '1' }));
    await button(approver.page, '패스키로 서명').click();
    await problem(approver.page, 'case.over-cap');
    expect(await approver.page.locator('.problem').innerText()).toContain('아무것도 나가지 않았습니다');

    await fill(opener.page, { from: '2021-11-01T12:00' });
    await problem(opener.page, 'case.window-outside-retention');
    await fill(opener.page, { until: '2022-01-07T12:00' });
    await opener.page.waitForSelector('.help.wrong[role=alert]');
    expect(await opener.page.locator('.help.wrong').innerText()).toContain('지금보다 앞이어야');

    await atRegister(await openCase({ hours: '1' }));
    await setClock(THREE + 2 * 3_600_000);
    await button(approver.page, '패스키로 서명').click();
    await problem(approver.page, 'case.expired');
    await approver.page.reload();
    await state(approver.page, 'expired');
    expect(await button(approver.page, '패스키로 서명').count()).toBe(0);
    await setClock(THREE + 3_600_000);
  });

  it('shows no case to another role, and speaks to no desk of another body', async () => {
    const inspector = await enrolled(browser, invitePrinted(munjigi, 'register', 'inspector'));
    await inspector.page.goto(inspector.page.url().replace(/#.*$/, '#/cases'));
    await problem(inspector.page, 'session.role');
    expect(await inspector.page.locator('.problem').innerText()).toContain('로그인한 역할로는');
    const status = (address: string) =>
      inspector.page.evaluate(async (url) => (await fetch(url)).status, address);
    expect(await status('/api/authority/cases')).toBe(404);
    expect(await status('/api/issuer/people')).toBe(404);
    expect(await status('/api/authority/log/head')).toBe(200);
    await inspector.close();
  });

  it('keeps what was typed when a session ends, and goes on after signing in again', async () => {
    const { page, context } = opener;
    await toNewCase(page);
    await page.locator('[name=reason]').fill('아직 다 적지 않은 이유');
    await context.clearCookies();
    await page.locator('[name=venue]').fill(String(venueId));
    await page.locator('[name=basis]').fill('감염병예방법 제18조');
    await button(page, '서명할 내용 보기').click();
    await page.waitForSelector('[data-expired]');
    expect(await page.locator('[name=reason]').inputValue()).toBe('아직 다 적지 않은 이유');
    await button(page, '다시 로그인').click();
    await page.waitForSelector('[data-expired]', { state: 'detached' });
    await button(page, '서명할 내용 보기').click();
    await page.getByText('아직 다 적지 않은 이유').waitFor();
  });

  it('leaves a public log that verifies, from the running service and from its folder', async () => {
    const verify = async (...args: string[]) => {
      const child = spawnMunjigi(['log', 'verify', ...args]);
      let out = '';
      child.stdout?.on('data', (part) => (out += part));
      child.stderr?.on('data', (part) => (out += part));
      const code = await new Promise<number | null>((done) => child.once('exit', (c) => done(c)));
      return { code, out };
    };
    const running = await verify('--url', munjigi.address);
    expect(running.code, running.out).toBe(0);
    await munjigi.stop();
    const stopped = await verify('--data', data);
    expect(stopped.code, stopped.out).toBe(0);
  });
});
