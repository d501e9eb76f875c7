import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openSubject } from '@munjigi/core/sealed/open';
import { keyThumbprint } from '@munjigi/core/signing';
import { correction, generate } from 'lean-qr';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { browserPath, complaintsOf, describeInBrowser, launchBrowser } from './support/chromium.ts';
import { type GateStand, openGateStand, STORY } from './support/gate-stand.ts';
import type { TestPage } from './support/pages/gate/page.ts';
import { showOnCamera, writeCameraFile } from './support/y4m.ts';

type Held = { munjigiTest: TestPage };
let stand: GateStand;
let browser: Browser;
let context: BrowserContext;
const folder = mkdtempSync(path.join(os.tmpdir(), 'munjigi-door-'));
const cameraFile = path.join(folder, 'camera.y4m');
const BLANK = { width: 8, height: 8, luma: new Uint8Array(64).fill(140) };

const picture = (text: string) => {
  const code = generate(text, { minCorrectionLevel: correction.L, maxCorrectionLevel: correction.L });
  const size = code.size + 8;
  const luma = new Uint8Array(size * size).fill(235);
  for (let y = 0; y < code.size; y++)
    for (let x = 0; x < code.size; x++) if (code.get(x, y)) luma[(y + 4) * size + x + 4] = 20;
  return { width: size, height: size, luma };
};

async function openGate(address = stand.address): Promise<Page> {
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForFunction(() => 'munjigiTest' in globalThis);
  return page;
}

/** What the gate shows, as plain data. */
const look = (page: Page) =>
  page.evaluate(() => {
    const { gate, said } = (globalThis as unknown as Held).munjigiTest;
    const view = gate.view.value;
    const verdict = view.name === 'verdict' ? view : null;
    return {
      view: view.name,
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
      word: gate.word.value,
      rows: gate.eyeRows.value,
      exercise: gate.exercise.value,
      said: [...said],
    };
  });
const scan = (page: Page, text: string) =>
  page.evaluate((code) => (globalThis as unknown as Held).munjigiTest.gate.scanText(code), text);
const confirmed = (page: Page, count: number) =>
  page.waitForFunction((n) => (globalThis as unknown as Held).munjigiTest.gate.confirmed.value >= n, count);
const rows = () => [...stand.register.chains.values()].at(-1)?.rows ?? new Map();

describeInBrowser('the door', () => {
  beforeAll(async () => {
    if (!browserPath) return;
    writeCameraFile(cameraFile, [BLANK]);
    stand = await openGateStand();
    browser = await launchBrowser({ cameraFile });
  });
  afterAll(async () => {
    await browser?.close();
    await stand?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    stand.setRegister(true);
    await stand.publish(null);
    await context?.close();
    context = await browser.newContext({ permissions: ['camera'] });
  });

  it('reads a phone before the camera, admits, saves, and is confirmed; the register cannot tell who came, a case can', async () => {
    const page = await openGate();
    const complaints = complaintsOf(page);
    expect(await look(page)).toMatchObject({ view: 'start', venue: { name: '모퉁이 카페' }, exercise: true });
    await page.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.startShift());
    expect(await look(page)).toMatchObject({ view: 'scan' });
    const guest = await stand.guest();
    showOnCamera(cameraFile, picture(await guest.show()));
    await page.waitForFunction(
      () => (globalThis as unknown as Held).munjigiTest.gate.view.value.name === 'verdict',
    );
    const seen = await look(page);
    expect(seen).toMatchObject({ verdict: 'admit', reason: 'valid' });
    expect(seen.said).toEqual(['tone admit', 'say valid']);
    await confirmed(page, 1);
    showOnCamera(cameraFile, BLANK);
    const [[counter, row] = []] = [...rows()] as [number, { entry: import('@munjigi/core/chain').Entry }][];
    expect(row!.entry).toMatchObject({
      venueId: 7,
      check: 'scan',
      record: 'scan',
      dayKeyId: 6,
      clockUnknown: false,
    });
    expect(row!.entry.subject).toHaveLength(193);
    const gate = keyThumbprint(stand.register.batches[0]!.gateKey);
    const place = {
      venueId: 7,
      day: '2022-01-06',
      gate,
      counter: counter!,
      check: 'scan',
      record: 'scan',
      kind: 'entry',
    } as const;
    const subject = await openSubject({ box: row!.entry.subject, place, privateKey: stand.dayPrivateKey });
    expect(subject).toMatchObject({ kind: 'pass', lane: 0 });
    // The same phone held on is the same guest: after the ● the door waits for the next one.
    await page.waitForFunction(
      () => (globalThis as unknown as Held).munjigiTest.gate.view.value.name === 'scan',
    );
    expect(complaints).toEqual([]);
  });

  it('answers one code once within a showing, and knows the same guest again without a second entry', async () => {
    const page = await openGate();
    const guest = await stand.guest();
    await scan(page, await guest.show());
    await scan(page, await guest.show(2));
    expect(await look(page)).toMatchObject({ verdict: 'admit', last: { counter: 1 } });
    await scan(page, await (await stand.guest()).show());
    await confirmed(page, 2);
    expect(rows().size).toBe(2);
  });

  it('helps a guest whose proof has run out: a check by eye is one entry, with the pass that was shown', async () => {
    const page = await openGate();
    const guest = await stand.guest({
      admissionClass: 1,
      until: Date.parse('2022-01-03T00:00:00+09:00') / 1000,
    });
    await scan(page, await guest.show());
    const seen = await look(page);
    expect(seen).toMatchObject({
      verdict: 'another-proof',
      reason: 'ended',
      also: 'grace',
      record: 'checked',
    });
    expect(seen.said.slice(-2)).toEqual(['tone another', 'say ended']);
    expect(rows().size === 0 || ![...rows().values()].some((r) => r.entry.check === 'eye')).toBe(true);
    await page.evaluate(() => {
      const { gate } = (globalThis as unknown as Held).munjigiTest;
      gate.show('eye');
      return gate.admitByStaff('eye');
    });
    expect(await look(page)).toMatchObject({ verdict: 'admit', reason: 'seen-by-eye', next: [] });
    await confirmed(page, 1);
    const [entry] = [...rows().values()].map((r) => r.entry);
    expect(entry).toMatchObject({ check: 'eye', record: 'scan', dayKeyId: 6 });
  });

  it('asks for the card with a paper pass, and lets it in when it agrees', async () => {
    const page = await openGate();
    await scan(page, await stand.paper(9));
    expect(await look(page)).toMatchObject({
      verdict: 'another-proof',
      reason: 'compare',
      record: 'checked',
    });
    await page.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.answer('hint-matches'));
    expect(await look(page)).toMatchObject({ verdict: 'admit', reason: 'valid' });
    await confirmed(page, 1);
  });

  it('lets a guest in twice when staff say that it is the same one, however long they take to say so', async () => {
    const page = await openGate();
    const guest = await stand.guest();
    await scan(page, await guest.show());
    await confirmed(page, 1);
    // Four minutes later, by the story's clock.
    await stand.jump(240);
    await page.waitForFunction(
      (at) => ((globalThis as unknown as Held).munjigiTest.gate.nowMs.value ?? 0) > at,
      (stand.at() - 5) * 1000,
    );
    await scan(page, await guest.show());
    expect(await look(page)).toMatchObject({ verdict: 'another-proof', reason: 'seen-before' });
    await stand.jump(60);
    await page.waitForFunction(
      (at) => ((globalThis as unknown as Held).munjigiTest.gate.nowMs.value ?? 0) > at,
      (stand.at() - 5) * 1000,
    );
    await page.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.answer('same-guest'));
    expect(await look(page)).toMatchObject({ verdict: 'admit', reason: 'valid' });
    await confirmed(page, 2);
  });

  it('never joins what staff type to the guest before the one whose code was just answered', async () => {
    const page = await openGate();
    await page.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.admitByStaff('eye'));
    await scan(page, await (await stand.guest()).show());
    await page.evaluate(() =>
      (globalThis as unknown as Held).munjigiTest.gate.recordTyped('phone', '010-1234-5678'),
    );
    await confirmed(page, 3);
    expect([...rows().values()].map(({ entry }) => `${entry.kind} ${entry.check}`)).toEqual([
      'entry eye',
      'entry scan',
      'entry not-made',
    ]);
  });

  it('says a drawing is old, and at the second fresh one that the phone’s clock is off', async () => {
    const page = await openGate();
    const guest = await stand.guest();
    await scan(page, await guest.show(-480));
    expect(await look(page)).toMatchObject({ verdict: 'another-proof', reason: 'old-drawing' });
    await scan(page, await guest.show(-470));
    expect(await look(page)).toMatchObject({ verdict: 'cannot-tell', reason: 'clock-visitor' });
    expect((await look(page)).waiting).toBe(0);
  });

  it('writes a typed number after a look as one entry: the first is cancelled on the chain, none is deleted', async () => {
    const page = await openGate();
    await page.evaluate(async () => {
      const { gate } = (globalThis as unknown as Held).munjigiTest;
      gate.show('eye');
      await gate.admitByStaff('eye');
    });
    expect(await look(page)).toMatchObject({ reason: 'seen-by-eye', next: ['typed'], record: 'saved' });
    const typed = (value: string) =>
      page.evaluate((v) => (globalThis as unknown as Held).munjigiTest.gate.recordTyped('phone', v), value);
    expect(await typed('12')).toBe(false);
    expect(await typed('010-1234-5678')).toBe(true);
    await confirmed(page, 3);
    const kinds = [...rows().values()].map(({ entry }) => `${entry.kind} ${entry.check} ${entry.record}`);
    expect(kinds).toEqual(['entry eye none', 'void not-made none', 'entry eye typed']);
  });

  it('cancels the last entry by a further one, and the guest may come again', async () => {
    const page = await openGate();
    const guest = await stand.guest();
    await scan(page, await guest.show());
    await page.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.voidLast());
    expect(await look(page)).toMatchObject({ last: { counter: 1, voided: true } });
    await scan(page, await guest.show(1));
    await confirmed(page, 3);
    expect([...rows().values()].map(({ entry }) => entry.kind)).toEqual(['entry', 'void', 'entry']);
  });

  it('goes on without the register, keeps the count over a reload, and delivers each entry once when it is back', async () => {
    let page = await openGate();
    await scan(page, await (await stand.guest()).show());
    await confirmed(page, 1);
    stand.setRegister(false);
    for (let i = 0; i < 30; i++) await scan(page, await (await stand.guest()).show());
    await page.waitForFunction(
      () => (globalThis as unknown as Held).munjigiTest.gate.strip.value.kind === 'incident',
    );
    expect(await look(page)).toMatchObject({ waiting: 30, confirmed: 1, verdict: 'admit', record: 'saved' });
    expect((await look(page)).strip).toMatchObject({
      headline: '평소처럼 찍으세요.',
      text: expect.stringContaining('30건'),
    });
    await page.close();
    page = await openGate(stand.origin);
    expect(await look(page)).toMatchObject({
      waiting: 30,
      confirmed: 1,
      last: { counter: 31, record: 'saved' },
      venue: { name: '모퉁이 카페' },
    });
    await page.waitForFunction(
      () => (globalThis as unknown as Held).munjigiTest.gate.strip.value.kind === 'incident',
    );
    stand.setRegister(true);
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await confirmed(page, 31);
    await page.waitForFunction(
      () => (globalThis as unknown as Held).munjigiTest.gate.strip.value.kind === 'back',
    );
    expect(await look(page)).toMatchObject({
      waiting: 0,
      confirmed: 31,
      strip: { text: '30건 모두 등록 확인.' },
    });
    expect([...rows().values()].every((row) => row.stored === 1)).toBe(true);
    expect(rows().size).toBe(31);
  });

  it('shows the published sentence as soon as it is signed, with its standing', async () => {
    const page = await openGate();
    expect((await look(page)).strip).toMatchObject({ kind: 'usual', status: null });
    await stand.publish('app-down', 'provisional');
    await page.waitForFunction(
      () => (globalThis as unknown as Held).munjigiTest.gate.strip.value.kind === 'incident',
    );
    const { strip } = await look(page);
    expect(strip.status).toBe('provisional');
    expect(strip.headline).toContain('방역패스 의무는 그대로입니다');
    expect(strip.text).toContain('앱을 다시 깔지 마세요');
  });

  it('gives the by-eye card today’s dates from the rules', async () => {
    const page = await openGate();
    const { rows: card, word } = await look(page);
    expect(card.map((row) => row.value).join(' ')).toContain('2021-07-10');
    expect(card.every((row) => row.label !== '')).toBe(true);
    expect(word).not.toBe('');
  });

  it('lets one tab drive: the second one looks on and may take over', async () => {
    const one = await openGate();
    const two = await openGate(stand.origin);
    expect((await look(two)).strip.kind).toBe('viewer');
    await two.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.takeOver());
    await one.waitForFunction(
      () => (globalThis as unknown as Held).munjigiTest.gate.strip.value.kind === 'viewer',
    );
    expect((await look(two)).strip.kind).not.toBe('viewer');
  });

  it('gives the outbox as a file of signed batches that another device can deliver', async () => {
    const page = await openGate();
    stand.setRegister(false);
    await scan(page, await (await stand.guest()).show());
    const file = await page.evaluate(async () =>
      JSON.parse(await (await (globalThis as unknown as Held).munjigiTest.gate.exportOutbox()).text()),
    );
    expect(file).toMatchObject({ munjigi: 'outbox', version: 1 });
    await stand.register.send(file.batches[0]);
    expect(rows().size).toBe(1);
  });

  it('starts again for a link of another venue, as a new gate', async () => {
    let page = await openGate();
    await scan(page, await (await stand.guest()).show());
    await confirmed(page, 1);
    await page.close();
    page = await openGate(`${stand.origin}/#venue=8&enrol=OPEN`);
    expect(await look(page)).toMatchObject({
      waiting: 0,
      confirmed: 0,
      last: null,
      venue: { name: '모퉁이 카페' },
    });
    expect(STORY).toBeGreaterThan(0);
  });
});
