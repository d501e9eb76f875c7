import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { correction, generate } from 'lean-qr';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { launchBrowser } from './chromium.ts';
import { type GateStand, openGateStand, type StandOptions } from './gate-stand.ts';
import type { TestPage } from './pages/gate/page.ts';
import { type GreyPicture, showOnCamera, writeCameraFile } from './y4m.ts';

/** What the page under test holds; cast `globalThis` to it inside `evaluate`. */
export type Held = { munjigiTest: TestPage };

const BLANK = { width: 8, height: 8, luma: new Uint8Array(64).fill(140) };

const picture = (text: string) => {
  const code = generate(text, { minCorrectionLevel: correction.L, maxCorrectionLevel: correction.L });
  const size = code.size + 8;
  const luma = new Uint8Array(size * size).fill(235);
  for (let y = 0; y < code.size; y++)
    for (let x = 0; x < code.size; x++) if (code.get(x, y)) luma[(y + 4) * size + x + 4] = 20;
  return { width: size, height: size, luma };
};

/** One world and one browser for a suite, a fresh device for each test. To be called inside its `describe`. */
export function useDoor(options: StandOptions = {}) {
  let stand: GateStand;
  let browser: Browser;
  let context: BrowserContext;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'munjigi-door-'));
  const cameraFile = path.join(folder, 'camera.y4m');

  beforeAll(async () => {
    writeCameraFile(cameraFile, [BLANK]);
    stand = await openGateStand(options);
    browser = await launchBrowser({ cameraFile });
  });
  afterAll(async () => {
    await browser?.close();
    await stand?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    stand.setRegister(true);
    stand.setCall(undefined);
    await stand.publish(null);
    await context?.close();
    context = await browser.newContext({ permissions: ['camera'] });
  });

  return {
    get stand() {
      return stand;
    },
    /** The gate as a device opens it: by its enrolment link, or by an address of one's own. */
    async openGate(address = stand.address): Promise<Page> {
      const page = await context.newPage();
      await page.goto(address);
      await page.waitForFunction(() => 'munjigiTest' in globalThis);
      return page;
    },
    /** Another device at the same venue, with a storage of its own. */
    async openAnother(address = stand.address): Promise<Page> {
      const page = await (await browser.newContext({ permissions: ['camera'] })).newPage();
      await page.goto(address);
      await page.waitForFunction(() => 'munjigiTest' in globalThis);
      return page;
    },
    /** What stands before the camera. */
    hold: (text: string | null) => showOnCamera(cameraFile, text === null ? BLANK : picture(text)),
    /** A picture of any code before the camera. */
    holdPicture: (grey: GreyPicture) => showOnCamera(cameraFile, grey),
    /** What the register has of the gate that came last. */
    rows: () => [...stand.register.chains.values()].at(-1)?.rows ?? new Map(),
  };
}

/** What the gate shows, as plain data; of its answers the last one. */
export const look = (page: Page) =>
  page.evaluate(() => {
    const { gate, said, last } = (globalThis as unknown as Held).munjigiTest;
    const { verdict } = last;
    return {
      view: gate.view.value.name,
      verdict: verdict?.decision.verdict ?? null,
      reason: verdict?.decision.reason ?? null,
      also: verdict?.decision.also ?? null,
      next: verdict?.decision.next ?? [],
      record: verdict?.record ?? null,
      waiting: gate.waiting.value,
      confirmed: gate.confirmed.value,
      last: gate.lastEntry.value,
      strip: gate.strip.value,
      venue: gate.venue.value,
      sign: gate.sign.value,
      rows: gate.eyeRows.value,
      exercise: gate.exercise.value,
      said: [...said],
    };
  });

export const scan = (page: Page, text: string) =>
  page.evaluate((code) => (globalThis as unknown as Held).munjigiTest.gate.scanText(code), text);

/** Waits until the register has confirmed so many entries. */
export const confirmed = (page: Page, count: number) =>
  page.waitForFunction((n) => (globalThis as unknown as Held).munjigiTest.gate.confirmed.value >= n, count);

/** Waits until the camera sees no code any more: it shows a picture that was put before it some frames later. */
export const cameraIsEmpty = (page: Page) =>
  page.waitForFunction(() => (globalThis as unknown as Held).munjigiTest.gate.camera.value.seen !== 'code');

/** Waits until the strip is of a kind. */
export const stripIs = (page: Page, kind: string) =>
  page.waitForFunction((k) => (globalThis as unknown as Held).munjigiTest.gate.strip.value.kind === k, kind);
