import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from './support/chromium.ts';
import { type ConsolePreview, openConsolePreview } from './support/console-preview.ts';
import { DESKTOP, PHONE, SMALL, TABLET } from './support/gate-preview.ts';
import { barriersOf, faultsOf } from './support/screen-faults.ts';

const AUTHORITY = 'role=officer&body=authority';

/** Every screen of every role. */
const SCREENS = [
  's=sign-in',
  's=enrol',
  's=doors',
  's=venues',
  's=venue/7',
  's=venue/7&stopped&hidden&quiet',
  's=venue/7&empty',
  's=venue/7/tablet',
  's=venue/7/gate/1',
  's=venue/7/staff',
  's=venue/7/sheets',
  's=venue/7/sheet/13',
  's=register',
  's=venue/7&role=staff',
  's=registrations&role=inspector',
  's=cases&role=officer',
  's=case&role=officer',
  `s=cases&${AUTHORITY}`,
  `s=cases/new&${AUTHORITY}`,
  `s=cases/new&expired&${AUTHORITY}`,
  `s=case&state=waiting&${AUTHORITY}`,
  `s=case&wrong&${AUTHORITY}`,
  `s=log&${AUTHORITY}`,
  `s=cases&fail=network&${AUTHORITY}`,
  's=people&role=officer',
  's=people&role=operator',
  's=gates&role=operator',
  's=notices&role=operator&body=authority',
  's=incidents&role=operator&body=authority',
  `s=incidents&empty&${AUTHORITY}`,
  `s=incident/12&${AUTHORITY}`,
  `s=incident/12&works&${AUTHORITY}`,
  `s=incident/11&${AUTHORITY}`,
  's=doctor&role=operator',
  's=nowhere',
] as const;

describeInBrowser('console screens', () => {
  let preview: ConsolePreview;
  let open: ConsolePreview['open'];
  beforeAll(async () => {
    preview = await openConsolePreview();
    open = preview.open;
  });
  afterAll(() => preview?.close());

  const heading = (page: Page) => page.locator('h1').innerText();

  it('keep inside every size of screen, in both languages', async () => {
    const found: string[] = [];
    for (const viewport of [SMALL, PHONE, TABLET, DESKTOP])
      for (const lang of ['ko', 'en'])
        await open('s=venues', { viewport }, async (page) => {
          for (const screen of SCREENS) {
            await preview.turnTo(`${screen}&lang=${lang}`);
            const where = `${screen} ${lang} ${viewport.width}`;
            for (const fault of await faultsOf(page)) found.push(`${where}: ${fault}`);
            const words = await page.locator('#app').innerText();
            if (/console\.|[{}]|undefined|NaN/.test(words))
              found.push(`${where}: says ${/.{0,20}(console\.|[{}]|undefined|NaN).{0,20}/.exec(words)?.[0]}`);
          }
        });
    expect(found).toEqual([]);
  }, 300_000);

  it('have no fault that axe can find, light, dark and with more contrast', async () => {
    const found: string[] = [];
    for (const [look, viewport] of [
      ['theme=light', DESKTOP],
      ['theme=dark', PHONE],
      ['contrast=more', TABLET],
    ] as const)
      await open('s=venues', { viewport }, async (page) => {
        for (const screen of SCREENS) {
          await preview.turnTo(`${screen}&${look}`);
          for (const fault of await barriersOf(page)) found.push(`${screen} ${look}: ${fault}`);
        }
      });
    expect(found).toEqual([]);
  }, 300_000);

  it('can be read at twice the text size, on a phone and on a desktop', async () => {
    const found: string[] = [];
    for (const viewport of [PHONE, DESKTOP])
      await open('s=venues', { viewport }, async (page) => {
        await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'));
        for (const screen of SCREENS) {
          await preview.turnTo(screen);
          for (const fault of await faultsOf(page)) found.push(`${screen} ${viewport.width}: ${fault}`);
        }
        await page.evaluate(() => document.documentElement.style.removeProperty('font-size'));
      });
    expect(found).toEqual([]);
  }, 240_000);

  it('draw no hour as nothing while the register knows nothing of it', async () => {
    await open('s=venue/7&stopped', {}, async (page) => {
      expect(await page.locator('.figures').innerText()).toContain('14:00까지 들어온 기록');
      const plot = page.locator('figure.plot').first();
      await plot.getByText('표로 보기').click();
      const rows = plot.locator('tbody tr');
      const said = Object.fromEntries(
        await rows.evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent))),
      );
      expect(said['13시']).toBe('10');
      expect(said['14시']).toBe('모름');
      expect(said['20시']).toBe('모름');
      expect(await plot.locator('svg').getAttribute('aria-label')).toContain('14:00까지');
      expect(await plot.locator('path.axis.unknown').count()).toBe(1);
    });
    await open('s=venue/7&empty', {}, async (page) => {
      expect(await page.locator('.figures').innerText()).not.toMatch(/^\s*0/m);
    });
  });

  it('say of a hidden number that it is hidden, and of what waited that it waited', async () => {
    await open('s=venue/7&hidden', {}, async (page) => {
      const plot = page.locator('figure.plot').first();
      expect(await plot.innerText()).toContain('적어서 가림');
      expect(await plot.innerText()).toContain('기기에 두었다가 등록 확인됨');
      await plot.getByText('표로 보기').click();
      expect(await plot.locator('tbody').innerText()).toMatch(/9시\s+적어서 가림/);
      expect(await plot.locator('rect.waited').count()).toBeGreaterThan(3);
    });
  });

  it('show an officer what is signed, with the same fingerprint at both bodies', async () => {
    const shown = (query: string) =>
      open(query, {}, (page) => page.locator('[data-hash]').getAttribute('data-hash'));
    const here = await shown('s=case&role=officer');
    expect(here).toMatch(/^[0-9a-f]{64}$/);
    expect(await shown(`s=case&${AUTHORITY}`)).toBe(here);
  });

  it('tick what verifies of the log, and name the fault of what does not', async () => {
    await open(`s=case&wrong&${AUTHORITY}`, {}, async (page) => {
      await page.waitForSelector('[data-checked="4/5"]');
      const line = page.locator('[data-line="case-approved"]');
      expect(await line.getAttribute('data-verdict')).toBe('receipt');
      expect(await line.innerText()).toContain('영수증이 맞지 않음');
    });
    await open(`s=case&${AUTHORITY}`, {}, (page) => page.waitForSelector('[data-checked="5/5"]'));
  });

  it('say how complete a list is, keep set-apart entries apart, and state the assumption', async () => {
    await open(`s=case&lang=en&${AUTHORITY}`, {}, async (page) => {
      const words = await page.locator('[data-completeness]').innerText();
      expect(words).toMatch(
        /10 entries: 3 by scan, 2 typed, sheets not yet typed: 1, with a sheet’s line alone: 1, 1 noted at the door as called in/,
      );
      expect(words).toMatch(/1 checked by eye without contact, 1 set apart, 1 cancelled/);
      expect(await page.locator('.trace').innerText()).toContain('have stayed for 60 minutes');
      expect(await page.locator('tr[data-state="apart"]').count()).toBe(1);
      expect(await page.locator('table').first().locator('tr[data-state="apart"]').count()).toBe(0);
    });
  });

  it('lead by keyboard alone: skip to the content, from place to place, and the title is heard', async () => {
    await open('s=venues', {}, async (page) => {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.querySelector('h1')?.textContent?.startsWith('모퉁이 카페'));
      expect(await page.title()).toContain('모퉁이 카페');
    });
  });

  it('ask before a device is stopped, and say what it may have held', async () => {
    await open('s=venue/7/gate/1', { viewport: PHONE }, async (page) => {
      expect(await page.locator('[data-lost]').innerText()).toMatch(/172건이 등록 확인/);
      await page.getByRole('button', { name: '이 기기 사용 중지' }).click();
      expect(await page.locator('[data-lost]').innerText()).toContain('되돌릴 수 없습니다');
      await page.getByRole('button', { name: '취소' }).click();
      expect(await page.getByRole('button', { name: '중지함' }).count()).toBe(0);
    });
  });

  it('make the link of a tablet once, for the address where the gate stands', async () => {
    await open('s=venue/7/tablet', {}, async (page) => {
      await page.getByLabel('기기 이름').first().fill('출입문');
      await page.getByRole('button', { name: '등록 QR 만들기' }).first().click();
      const link = new URL((await page.locator('[data-link]').getAttribute('data-link')) ?? '');
      expect(link.pathname).toBe('/gate/');
      expect(Object.fromEntries(new URLSearchParams(link.hash.slice(1)))).toEqual({
        venue: '7',
        enrol: 'H7KM-2QXA-9RTC',
        name: '출입문',
      });
    });
  });

  it('show each role its own places and no other', async () => {
    const places = (query: string) =>
      open(query, {}, async (page) =>
        (await page.locator('.console nav ul').innerText()).split(/\s*\n\s*/).filter(Boolean),
      );
    expect(await places('s=venues')).toEqual(['내 매장']);
    expect(await places('s=registrations&role=inspector')).toEqual(['등록 신청']);
    expect(await places('s=cases&role=officer')).toEqual(['조사', '공개 기록', '사람']);
    expect(await places(`s=cases&${AUTHORITY}`)).toEqual(['조사', '장애', '공개 기록', '사람']);
    expect(await places('s=gates&role=operator')).toEqual(['모든 기기', '공개 기록', '사람', '점검']);
    expect(await places('s=notices&role=operator&body=authority')).toEqual([
      '장애',
      '알림',
      '공개 기록',
      '사람',
      '점검',
    ]);
  });

  it('lead through an incident: what is proposed comes first, and it is closed with a cause and with owners', async () => {
    await open(`s=incident/12&${AUTHORITY}`, {}, async (page) => {
      expect(await page.locator('[data-event]').count()).toBe(3);
      expect(await page.locator('[data-event=told]').innerText()).toContain('방역패스 의무는 그대로입니다');
      expect(await page.locator('form[data-close]').count(), 'it goes on: it is not closed').toBe(0);
      expect(await page.getByLabel('알릴 말').inputValue()).toBe('app-down');
    });
    await open(`s=incident/12&works&${AUTHORITY}`, {}, async (page) => {
      expect(await page.locator('[data-proposed] button').innerText()).toContain('복구되었습니다');
      const form = page.locator('form[data-close]');
      const close = form.getByRole('button', { name: '원인을 밝히고 닫기' });
      expect(await close.isDisabled()).toBe(true);
      await form.getByLabel('원인 (한국어)').fill('부하를 나누는 서버가 고장 났습니다.');
      await form.getByRole('button', { name: '할 일 더하기' }).click();
      expect(await form.getByLabel('언제까지').inputValue()).toMatch(/^2022-02-0\d$/);
      expect(await close.isDisabled()).toBe(false);
    });
    await open(`s=incident/11&${AUTHORITY}`, {}, async (page) => {
      expect(await page.locator('[data-cause]').innerText()).toContain('첫 발급 신청');
      expect(await page.getByRole('checkbox').count()).toBe(2);
    });
  });

  it('say calmly what went wrong, and keep the title of the page', async () => {
    await open(`s=cases&fail=network&${AUTHORITY}`, {}, async (page) => {
      expect(await page.locator('[role=alert]').innerText()).toContain('서버가 답하지 않습니다');
      expect(await heading(page)).toBe('조사');
    });
    await open('s=venues&fail=session.needed', {}, async (page) => {
      await page.waitForSelector('[data-expired]');
      expect(await page.locator('[data-expired]').innerText()).toContain('적던 것은 그대로 있습니다');
    });
  });
});
