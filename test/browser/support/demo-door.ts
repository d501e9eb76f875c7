import type { Browser, Locator } from 'playwright-core';

const PATIENCE = 120_000;

/**
 * Two guests at the door of the demonstration, by its real wallet, its real gate and its camera: one is let in by her code,
 * one by the eye of the staff. Answers the venue, once the register has confirmed both.
 */
export async function guestsAtTheDoor(browser: Browser, address: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'ko-KR' });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const gate = page.frameLocator('iframe[src^="/gate/"]');
  const wallet = page.frameLocator('iframe[src^="/wallet/"]');
  const says = (place: Locator, text: string | RegExp) => place.filter({ hasText: text }).waitFor();
  const gateSays = (text: string | RegExp) => says(gate.locator('body'), text);
  const confirmed = (count: number) =>
    page.waitForFunction(
      (wanted) => document.querySelector('[data-demo="confirmed"]')?.textContent === wanted,
      String(count),
    );

  await page.goto(`${address}/?lang=ko`);
  await page.locator('[data-demo="stop"]:enabled').waitFor();
  await gateSays(/QR을\s+보여 주세요/);
  await page.keyboard.press('Space');
  await gateSays('입장하세요');
  await confirmed(1);
  await gateSays(/QR을\s+보여 주세요/);

  await page.locator('[data-person="jeongmin"]').click();
  await says(wallet.locator('body'), '이정민');
  await wallet.locator('canvas[data-munjigi="code"]').waitFor();
  await page.keyboard.press('Space');
  await gateSays('다른 증명이 필요해요');
  await gate.getByRole('button', { name: '눈으로 확인' }).click();
  await gate.getByRole('button', { name: /음성확인/ }).click();
  await gate.getByRole('button', { name: '봤음' }).click();
  await confirmed(2);
  await context.close();

  const setup = (await (await fetch(`${address}/demo/setup.json`)).json()) as { venueId: number };
  return setup.venueId;
}
