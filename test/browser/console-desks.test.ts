import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser, launchBrowser } from './support/chromium.ts';
import { enrolled, invitePrinted, type Person } from './support/console-person.ts';
import { guestsAtTheDoor } from './support/demo-door.ts';
import { type Running, startMunjigi } from './support/supervisor.ts';

describeInBrowser('the consoles of owner, inspector and operator', () => {
  let munjigi: Running;
  let browser: Browser;
  let owner: Person;
  let venueId: number;

  beforeAll(async () => {
    munjigi = await startMunjigi();
    browser = await launchBrowser();
    venueId = await guestsAtTheDoor(browser, munjigi.address);
    owner = await enrolled(browser, invitePrinted(munjigi, 'register', 'owner'));
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await munjigi?.stop();
  });

  const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
  const to = async (page: Page, place: string) => {
    await page.goto(page.url().replace(/#.*$|$/, `#/${place}`));
  };
  const says = (page: Page, place: string, text: string | RegExp) =>
    page.locator(place).filter({ hasText: text }).first().waitFor();

  it('show an owner what came in as far as it may be told, and the device that brought it', async () => {
    const { page } = owner;
    await page.locator(`a.line[href="#/venue/${venueId}"]`).click();
    await says(page, '[data-gate="1"]', /마지막 등록 확인 1월 6일 1\d:\d\d/);
    // Two guests are too few to be told; they are counted every few seconds.
    await expect
      .poll(
        async () => {
          await page.reload();
          await page.waitForSelector('.figures');
          return page.locator('.figures').innerText();
        },
        { timeout: 120_000 },
      )
      .toContain('적어서 가림');
    expect(await page.locator('figure.plot rect.few').count()).toBeGreaterThan(0);
    await says(page, 'aside', '김주인');
    expect(await page.locator('main').innerText()).not.toMatch(/김하늘|이정민/);
  });

  it('let a tablet in by a link, rename it, and stop it when it is lost', async () => {
    const { page } = owner;
    await to(page, `venue/${venueId}/tablet`);
    await page.getByLabel('기기 이름').first().fill('테라스');
    await button(page, '등록 QR 만들기').first().click();
    const link = await page.locator('[data-link]').getAttribute('data-link');
    const tablet = await browser.newContext({ locale: 'ko-KR' });
    const gate = await tablet.newPage();
    await gate.goto(link ?? '');
    await gate.getByText('테라스').first().waitFor();
    await tablet.close();

    await to(page, `venue/${venueId}`);
    await says(page, '[data-gate="2"]', '테라스');
    await page.locator('[data-gate="2"] a.more').click();
    await page.getByLabel('기기 이름').fill('뒷문');
    await button(page, '저장').click();
    await says(page, 'h1', '뒷문');
    await button(page, '이 기기 사용 중지').click();
    await button(page, '중지함').click();
    await says(page, '[data-lost]', '사용을 중지했습니다');
    await to(page, `venue/${venueId}`);
    await says(page, '[data-gate="2"]', '사용 중지');
  });

  it('open a venue without a number once an inspector has approved it', async () => {
    const { page } = owner;
    await to(page, 'register');
    await page.getByLabel('매장 이름').fill('마을 책방');
    await page.getByLabel(/사업자등록번호가 없습니다/).check();
    await button(page, '등록하기').click();
    await says(page, 'h1', '신청했습니다');

    const inspector = await enrolled(browser, invitePrinted(munjigi, 'register', 'inspector'));
    await says(inspector.page, '[data-registration] h2', '마을 책방');
    await button(inspector.page, /승인하기/).click();
    await says(inspector.page, 'main', '기다리는 신청이 없습니다');
    expect(inspector.complaints()).toEqual([]);
    await inspector.close();

    await to(page, 'venues');
    // The session learns of the new venue when it is looked at again.
    await page.reload();
    await says(page, 'a.line', '마을 책방');
    expect(owner.complaints()).toEqual([]);
  });

  it('show an operator every gate with what it said of itself, and take a passkey only from where it belongs', async () => {
    const operator = await enrolled(browser, invitePrinted(munjigi, 'register', 'operator'));
    await says(operator.page, '.gates-table tbody tr', /모퉁이.*사용 중/);
    await says(operator.page, '.gates-table tbody tr', /\d+호/);
    await to(operator.page, 'people');
    await says(operator.page, '[data-account="박담당"]', '초대함');
    await button(operator.page, '로그아웃').click();
    await button(operator.page, '패스키로 로그인').click();
    await operator.page.waitForSelector('.console nav');
    expect(operator.complaints()).toEqual([]);
    await operator.close();
  });
});
