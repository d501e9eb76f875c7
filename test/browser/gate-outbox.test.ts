import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPath, describeInBrowser, launchBrowser } from './support/chromium.ts';
import { startKillable } from './support/killable.ts';
import { bundleForPage } from './support/page-bundle.ts';
import type { OutboxPage } from './support/pages/outbox-page.ts';

type Window = { munjigiOutbox: OutboxPage };
let server: Server;
let origin = '';
const folders: string[] = [];
const folder = (name: string): string => {
  const made = mkdtempSync(path.join(os.tmpdir(), `munjigi-${name}-`));
  folders.push(made);
  return made;
};

beforeAll(async () => {
  const script = browserPath ? await bundleForPage('outbox-page.ts') : '';
  server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(
      isScript
        ? script
        : '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>',
    );
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  for (const one of folders) rmSync(one, { recursive: true, force: true, maxRetries: 5 });
});

async function openPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(origin);
  await page.waitForFunction(() => 'munjigiOutbox' in globalThis);
  await page.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.open());
  return page;
}

describeInBrowser('the outbox of a gate in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it('loses nothing between two tabs that write at once, and each counter is taken once', async () => {
    const context = await browser.newContext();
    const [one, two] = [await openPage(context), await openPage(context)];
    const write = (page: Page) =>
      page.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.append(60));
    const [first, second] = await Promise.all([write(one), write(two)]);
    expect(new Set([...first, ...second]).size).toBe(120);
    expect(await one.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.audit())).toEqual({
      count: 120,
      head: 120,
      whole: true,
      doubled: 0,
    });
    await context.close();
  });

  it('lets one tab drive, hands over when asked, and takes back when the other closes', async () => {
    const context = await browser.newContext();
    const [one, two] = [await openPage(context), await openPage(context)];
    expect(await one.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.lock())).toBe(true);
    expect(await two.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.lock())).toBe(false);
    await two.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.takeOver());
    expect(await two.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.isWriter())).toBe(true);
    await one.waitForFunction(() => !(globalThis as unknown as Window).munjigiOutbox.isWriter());
    await two.close();
    await one.waitForFunction(() => (globalThis as unknown as Window).munjigiOutbox.isWriter());
    await context.close();
  });

  it('keeps its key and the tags of seen codes over a reload, and never lets the key out', async () => {
    const context = await browser.newContext();
    const page = await openPage(context);
    const gate = await page.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.open());
    const [before, after] = await page.evaluate(() =>
      (globalThis as unknown as Window).munjigiOutbox.tagTwice(),
    );
    expect(before).toMatch(/^[0-9a-f]{16}$/);
    expect(after).toBe(before);
    await page.reload();
    await page.waitForFunction(() => 'munjigiOutbox' in globalThis);
    expect(await page.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.open())).toBe(gate);
    expect((await page.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.tagTwice()))[0]).toBe(
      before,
    );
    expect(await page.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.keyIsSafe())).toBe(true);
    expect(['fit', 'install-me']).toContain(
      await page.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.selfTest()),
    );
    await context.close();
  });

  it('forgets the codes of a shift after twelve hours, also when nobody scans any more', async () => {
    const context = await browser.newContext();
    const page = await openPage(context);
    const known = (hours: number) =>
      page.evaluate((h) => (globalThis as unknown as Window).munjigiOutbox.knownAfter(h), hours);
    expect(await known(11)).toBe(true);
    expect(await known(13)).toBe(false);
    await context.close();
  });

  it('says so when the storage is full, loses nothing that it had said was saved, and writes the rest when there is room', async () => {
    const context = await browser.newContext();
    const blank = await context.newPage();
    const developer = await context.newCDPSession(blank);
    // Before the first use: the browser remembers for a while how much room there was.
    await developer.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1_000_000 });
    const page = await openPage(context);
    const saved = await page.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.append(5));
    const more = await page.evaluate(() =>
      (globalThis as unknown as Window).munjigiOutbox.append(200, 20_000),
    );
    expect(more.length).toBeLessThan(200);
    expect(await page.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.unsaved())).toBe(1);
    const held = await page.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.audit());
    expect(held).toMatchObject({ count: saved.length + more.length, whole: true, doubled: 0 });
    await developer.send('Storage.overrideQuotaForOrigin', { origin });
    expect(await page.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.retry())).toBe(0);
    expect(await page.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.audit())).toMatchObject({
      count: held.count + 1,
      whole: true,
    });
    await context.close();
  });
});

describeInBrowser('a gate whose browser is killed in the middle of writing', () => {
  it('ten times over loses nothing that was acknowledged and doubles nothing', async () => {
    const profile = folder('killed');
    const acknowledged: number[] = [];
    for (let round = 0; round < 10; round++) {
      const killable = await startKillable(profile);
      const [context] = killable.browser.contexts();
      await context!.exposeFunction('acknowledged', (counter: number) => acknowledged.push(counter));
      const page = await openPage(context!);
      const audit = await page.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.audit());
      expect(audit, `round ${round}`).toMatchObject({ whole: true, doubled: 0, head: audit.count });
      expect(audit.count).toBeGreaterThanOrEqual(acknowledged.length);
      const before = acknowledged.length;
      void page
        .evaluate(() => (globalThis as unknown as Window).munjigiOutbox.append(100_000))
        .catch(() => {});
      // Killed while writes are under way: after a number of acknowledgements that differs from round to round.
      await expect
        .poll(() => acknowledged.length, { timeout: 20_000, interval: 5 })
        .toBeGreaterThan(before + 7 + round * 5);
      await killable.kill();
    }
    const last = await startKillable(profile);
    const page = await openPage(last.browser.contexts()[0]!);
    const audit = await page.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.audit());
    await last.kill();
    expect(new Set(acknowledged).size).toBe(acknowledged.length);
    expect(audit).toMatchObject({ whole: true, doubled: 0, head: audit.count });
    expect(audit.count).toBeGreaterThanOrEqual(Math.max(...acknowledged));
    expect(acknowledged.length).toBeGreaterThan(200);
  }, 120_000);
});

const hasStrace =
  existsSync('/usr/bin/strace') &&
  (() => {
    try {
      execFileSync('/usr/bin/strace', ['-c', '-o', os.devNull, 'true']);
      return true;
    } catch {
      return false;
    }
  })();

describe.skipIf(!browserPath || !hasStrace)(
  `the disk beneath${hasStrace ? '' : ' (skipped: no strace here)'}`,
  () => {
    it('is told to flush for every entry, which the browser’s own default does not do', async () => {
      const trace = path.join(folder('trace'), 'calls');
      const flushes = () => (readFileSync(trace, 'utf8').match(/fdatasync\(|fsync\(/g) ?? []).length;
      const traced = await startKillable(folder('traced'), [
        '/usr/bin/strace',
        '-f',
        '-e',
        'trace=fdatasync,fsync',
        '-o',
        trace,
      ]);
      const page = await openPage(traced.browser.contexts()[0]!);
      const start = flushes();
      await page.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.append(40));
      const strict = flushes() - start;
      await page.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.relaxed(1));
      const opened = flushes();
      await page.evaluate(() => (globalThis as unknown as Window).munjigiOutbox.relaxed(40));
      const relaxed = flushes() - opened;
      await traced.kill();
      expect(strict).toBeGreaterThanOrEqual(40);
      expect(relaxed).toBeLessThan(10);
    }, 120_000);
  },
);
