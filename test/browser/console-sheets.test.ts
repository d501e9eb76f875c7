import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from './support/chromium.ts';
import { type ConsolePreview, openConsolePreview } from './support/console-preview.ts';
import { DESKTOP, PHONE } from './support/gate-preview.ts';

describeInBrowser('paper in the console, sheets and the poster,', () => {
  let preview: ConsolePreview;
  beforeAll(async () => {
    preview = await openConsolePreview();
  });
  afterAll(() => preview?.close());
  const at = <T>(query: string, look: (page: Page) => Promise<T>) =>
    preview.open(query, { viewport: PHONE }, look);

  it('remind of what is to be typed and of what is to be shredded', async () => {
    await at('s=venue/7', async (page) => {
      const brief = page.locator('[data-sheets]');
      expect(await brief.getAttribute('data-sheets')).toBe('overdue');
      expect(await brief.locator('.mark').allInnerTexts()).toEqual([
        '파쇄하고 확인할 종이 1장',
        '옮겨 적을 종이 1장',
      ]);
    });
    await at('s=venue/7/sheets', async (page) => {
      const first = page.locator('[data-sheet]').first();
      expect(await first.getAttribute('data-state'), 'what is due stands first').toBe('overdue');
      expect(await first.locator('a').count(), 'nothing past its time is typed').toBe(0);
    });
  });

  it('are numbered, and lead to the pages of just those numbers', async () => {
    await at('s=venue/7/sheets', async (page) => {
      await page.locator('aside form button').click();
      const link = page.locator('aside [role=status] a');
      expect(await link.getAttribute('href')).toMatch(/venues\/7\/sheets\/pages\?from=15&to=19$/);
    });
  });

  it('are shredded by nobody with one tap', async () => {
    await at('s=venue/7/sheets', async (page) => {
      const button = page.locator('[data-sheet="11"] button');
      const word = await button.innerText();
      await button.click();
      await expect.poll(() => button.innerText()).not.toBe(word);
    });
  });

  it('the poster leads to its page, and is replaced by nobody with one tap', async () => {
    await at('s=venue/7', async (page) => {
      const poster = page.locator('[data-poster="2"]');
      expect(await poster.locator('a').getAttribute('href')).toMatch(/venues\/7\/poster\/page$/);
      await poster.getByRole('button', { name: '새 안내문으로 바꾸기' }).click();
      expect(await poster.locator('[role=status]').innerText()).toContain('오늘까지만 받습니다.');
      await poster.getByRole('button', { name: '취소' }).click();
      await poster.getByRole('button', { name: '새 안내문으로 바꾸기' }).waitFor();
    });
  });

  it('lose from the screen what the register has, and keep what it could not read', async () => {
    await preview.open('s=venue/7/sheet/13', { viewport: DESKTOP }, async (page) => {
      expect(await page.locator('[data-line="4"] input').count(), 'typed before').toBe(0);
      for (const line of [5, 6]) {
        await page.locator(`[data-line="${line}"] input[type=time]`).fill('11:40');
        await page
          .locator(`[data-line="${line}"] td:nth-child(3) input`)
          .fill(line === 5 ? '12가34나' : '12가');
      }
      await page.locator('button[type=submit]').click();
      const wrong = page.locator('[data-line="6"]');
      await expect.poll(() => wrong.getAttribute('data-result')).toBe('wrong');
      expect(await wrong.locator('td:nth-child(3) input').inputValue()).toBe('12가');
      expect(await page.locator('[data-line="5"] td:nth-child(3) input').inputValue()).toBe('');
      expect(await page.locator('form > [role=status]').count(), 'it is not finished').toBe(0);
    });
  });
});
