import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser, launchBrowser } from './support/chromium.ts';
import { bundleForPage } from './support/page-bundle.ts';
import type { RenewalPage } from './support/pages/renewal-page.ts';

type Window = { munjigiRenewal: RenewalPage };

/** More than any life of a device has. */
const MOST_STEPS = 400;

describeInBrowser('a device whose storage was put back, on the browser’s own storage', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const script = await bundleForPage('renewal-page.ts');
    server = createServer((request, response) => {
      const isScript = request.url === '/page.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
      response.end(isScript ? script : '<!doctype html><script type="module" src="/page.js"></script>');
    });
    await new Promise<void>((done) => {
      server.listen(0, '127.0.0.1', done);
    });
    browser = await launchBrowser();
    page = await browser.newPage();
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}`);
    await page.waitForFunction(() => 'munjigiRenewal' in globalThis);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  const live = (dieAt: number, half: 'before' | 'after') =>
    page.evaluate(([at, which]) => (globalThis as unknown as Window).munjigiRenewal.live(at, which), [
      dieAt,
      half,
    ] as const);

  it('loses, doubles and invents nothing, whichever step it dies at, and ends with one new key', async () => {
    let steps = 0;
    for (let dieAt = 1; dieAt < MOST_STEPS; dieAt++) {
      for (const half of ['before', 'after'] as const) {
        const { died, saved, held, ...rest } = await live(dieAt, half);
        expect(rest, `step ${dieAt}, ${half} it is done`).toEqual({
          chains: 2,
          successors: 1,
          lost: 0,
          invented: 0,
          waiting: 0,
        });
        expect(held).toBe(saved);
        if (!died) {
          expect(steps).toBeGreaterThan(20);
          return;
        }
        steps += 1;
      }
    }
    expect.unreachable('a life had more steps than any has');
  }, 600_000);

  it('writes on what a device of before kept, under the same key', async () => {
    expect(
      await page.evaluate(() => (globalThis as unknown as Window).munjigiRenewal.fromVersionOne()),
    ).toEqual({ kept: 6, head: 6, sameKey: true });
  });

  it('closes the old chain for every tab at once: no entry is lost between two chains', async () => {
    const { old, next, told, codes } = await page.evaluate(() =>
      (globalThis as unknown as Window).munjigiRenewal.race(),
    );
    expect(told).toBe(63);
    expect(old + next).toBe(63);
    expect(codes).toBe(old);
  });

  it('takes no new key for what a register only says', async () => {
    expect(await page.evaluate(() => (globalThis as unknown as Window).munjigiRenewal.told())).toBe(1);
  });

  it('shows again by what its key came to be, to a register that lost it', async () => {
    expect(await page.evaluate(() => (globalThis as unknown as Window).munjigiRenewal.forgotten())).toEqual({
      lost: 0,
      successors: 1,
      chains: 2,
    });
  });

  it('forgets the old chain when the register holds it and three days have passed, key and all', async () => {
    expect(await page.evaluate(() => (globalThis as unknown as Window).munjigiRenewal.end())).toEqual({
      before: 7,
      after: 0,
      chains: 1,
    });
  });
});
