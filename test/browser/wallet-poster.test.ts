import { randomBytes } from 'node:crypto';
import { checkPresence } from '@munjigi/core/case';
import { openPoster, posterIn, posterLink, signPoster } from '@munjigi/core/poster';
import { openSubject } from '@munjigi/core/sealed/open';
import { makePrivateKey, nodeCrypto, nodeSigner, openKeyFolder } from '@munjigi/service/crypto';
import { takeOff } from '@munjigi/service/register';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OwnLayer } from '../../packages/service/src/register/own-layer.ts';
import { type TestDatabase, testEngines } from '../support/databases.ts';
import { bundle, DAY_PRIVATE, lineSigner, posterChannels } from '../support/posters.ts';
import { drawnBoxes, readCodes } from '../support/printed.ts';
import { openRegister, type TestRegister } from '../support/register.ts';
import { OPERATOR } from '../support/venues.ts';
import { describeInBrowser, launchBrowser } from './support/chromium.ts';
import { openWalletStand, STORY_MS } from './support/wallet-stand.ts';

const VISITS = '**/api/register/posters/visits';

describeInBrowser('a poster that the wallet scans', () => {
  const [engine] = testEngines();
  let database: TestDatabase;
  let register: TestRegister;
  let stand: Awaited<ReturnType<typeof openWalletStand>>;
  let browser: Browser;
  let context: BrowserContext;
  let venueId: number;
  let picture: Uint8Array;

  beforeAll(async () => {
    await engine!.start();
    database = await engine!.fresh();
    register = await openRegister(database.db, { channels: posterChannels(), startMs: STORY_MS });
    const venue = { name: '모퉁이 카페', kind: 'cafe', region: 'seoul' };
    ({ venueId } = await register.desk.enrolVenue(venue));
    await register.desk.posters!.change(OPERATOR, venueId, true);
    picture = drawnBoxes(await register.desk.posters!.page(OPERATOR, venueId));
    stand = await openWalletStand('kr-2022', {}, 0, {
      desk: register.desk,
      bundle: {
        dayKeys: bundle.dayKeys,
        endpoints: { register: ['/api/register'], mirrors: ['/mirror'] },
        parts: { bodies: new Map([['register', [lineSigner.publicKey]]]) },
      },
    });
    browser = await launchBrowser();
    context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'ko-KR' });
  });
  afterAll(async () => {
    await browser?.close();
    await stand?.close();
    await register?.desk.close();
    await engine?.stop();
  });

  const open = async (): Promise<Page> => {
    const page = await context.newPage();
    await page.clock.install({ time: STORY_MS });
    await page.goto(`${stand.origin}/wallet/`);
    return page;
  };
  const state = (page: Page, name: string) => page.waitForSelector(`main.poster[data-state=${name}]`);
  /** Visits that wait for their first answer, and those that the register is told of once more. */
  const keptOf = (page: Page) =>
    page.evaluate(
      () =>
        new Promise<{ waiting: number; told: number }>((done) => {
          const opening = indexedDB.open('munjigi-wallet');
          opening.onsuccess = () => {
            const all = opening.result.transaction('visits').objectStore('visits').getAll();
            all.onsuccess = () => {
              opening.result.close();
              const told = all.result.filter(({ again }) => again !== null).length;
              done({ waiting: all.result.length - told, told });
            };
          };
        }),
    );
  const kept = async (page: Page) => (await keptOf(page)).waiting;
  const entries = async () =>
    (
      await register.db.query<{ at: number; counter: number; subject: Uint8Array; thumbprint: Uint8Array }>(
        `SELECT extract(epoch FROM e.entered_at)::int8 AS at, e.counter, e.subject, g.thumbprint FROM entry e
         JOIN gate g ON g.venue_id = e.venue_id AND g.gate_no = e.gate_no WHERE e.venue_id = $1`,
        [venueId],
      )
    ).rows;

  it('is read off a picture without any network, shown to the door, and recorded once though the answer is lost', async () => {
    const page = await open();
    await page.getByRole('button', { name: '김하늘' }).click();
    await page.getByRole('button', { name: '동의하고 받기' }).click();
    await page.waitForSelector('main[data-state=live] canvas[data-drawn]');
    await page.evaluate(() => navigator.serviceWorker.ready);
    await context.setOffline(true);
    await page.reload();

    await page.locator('[data-munjigi=poster]').click();
    await state(page, 'looking');
    const file = { name: 'poster.png', mimeType: 'image/png', buffer: Buffer.from(picture) };
    await page.locator('input[type=file]').setInputFiles(file);
    await state(page, 'found');
    expect(await page.locator('h1').innerText()).toBe('모퉁이 카페');
    expect(await kept(page), 'nothing is written before the tap').toBe(0);
    await page.locator('[data-munjigi=enter]').click();
    await state(page, 'written');
    const shown = await page.locator('main').innerText();
    expect(shown).toContain('모퉁이 카페');
    expect(shown).toMatch(/13:5[89]/);
    expect(shown).toContain('이 휴대전화에 저장했습니다.');
    expect(await page.locator('[data-munjigi=sign]').count(), 'word and shape of the minute').toBe(1);
    expect(await kept(page)).toBe(1);
    // Whoever closes the page loses nothing; the diary says what waits.
    await page.reload();
    await page.getByRole('button', { name: '다녀온 곳' }).click();
    await page.locator('[data-munjigi=visits-waiting]').waitFor();
    expect(await page.locator('.visit input').first().inputValue()).toBe('모퉁이 카페');

    // Two tabs tell of it when the network is back, and the first answer never arrives.
    const other = await open();
    const told: { body: Record<string, unknown>; headers: Record<string, string> }[] = [];
    await context.route(VISITS, async (route) => {
      told.push({ body: route.request().postDataJSON(), headers: await route.request().allHeaders() });
      if (told.length > 1) return route.continue();
      await route.fetch();
      await route.abort();
    });
    await context.setOffline(false);
    for (const one of [page, other]) {
      await one.getByRole('button', { name: '다녀온 곳' }).click();
      await one.clock.fastForward(70_000);
    }
    await expect.poll(() => told.length, { timeout: 20_000 }).toBeGreaterThan(1);
    await expect.poll(() => kept(page), { timeout: 20_000 }).toBe(0);

    const rows = await entries();
    expect(rows).toHaveLength(1);
    const { at, counter, thumbprint: gate, subject } = rows[0]!;
    for (const { body, headers } of told) {
      expect(Object.keys(body).sort()).toEqual(['at', 'box', 'code', 'dayKeyId', 'visit']);
      expect(body).toEqual(told[0]!.body);
      expect(headers.cookie).toBeUndefined();
    }
    const layer = new OwnLayer(await openKeyFolder(register.keys));
    await layer.prepare(['2022-01-06']);
    const box = takeOff(layer.keyOf('2022-01-06'), { venueId, gate, counter }, subject)!;
    const place = { venueId, day: '2022-01-06', gate, counter } as const;
    const who = await openSubject({
      box,
      place: { ...place, check: 'not-made', record: 'poster', kind: 'entry' },
      privateKey: DAY_PRIVATE,
    });
    if (who.kind !== 'pass') throw new Error('A visit holds a pass.');
    expect(await checkPresence(who, at, stand.policy.pack.windows, nodeCrypto())).toMatchObject({ ok: true });
    await other.close();

    // A register that was put back from a backup would have lost it: a day later the phone tells of it once more, and lets it go.
    expect(await keptOf(page)).toEqual({ waiting: 0, told: 1 });
    const before = told.length;
    await page.clock.fastForward('29:00:00');
    await page.reload();
    await expect.poll(() => told.length, { timeout: 20_000 }).toBe(before + 1);
    expect(told.at(-1)!.body).toEqual(told[0]!.body);
    await expect.poll(() => keptOf(page), { timeout: 20_000 }).toEqual({ waiting: 0, told: 0 });
    expect(await entries()).toHaveLength(1);
    await page.close();
  });

  it('is refused by its signature where it is opened by a link and no register signed it, and taken where one did', async () => {
    const page = await open();
    await page.waitForSelector('main[data-state=live]');
    await context.setOffline(true);
    const [link] = await readCodes(picture);
    const code = posterIn(link!)!;
    const poster = await openPoster(code, [lineSigner.publicKey], nodeCrypto());
    const forged = await signPoster({ ...poster, name: '옆 가게' }, nodeSigner(makePrivateKey()));
    const wallet = `${stand.origin}/wallet/`;
    const follow = async (bytes: Uint8Array) => {
      await page.goto(posterLink(wallet, bytes));
    };
    await follow(forged);
    const problem = await state(page, 'problem');
    expect(await problem.getAttribute('data-why')).toBe('not-genuine');
    expect(await page.locator('main').innerText()).not.toContain('옆 가게');
    await follow(code);
    await state(page, 'found');
    expect(page.url(), 'nothing stays in the address').toBe(wallet);
    const file = { name: 'none.png', mimeType: 'image/png', buffer: randomBytes(200) };
    await page.getByRole('button', { name: '다른 안내문 찍기' }).click();
    await page.locator('input[type=file]').setInputFiles(file);
    expect(await (await state(page, 'problem')).getAttribute('data-why')).toBe('no-code');
    await context.setOffline(false);
    expect(await entries()).toHaveLength(1);
  });

  it('is forgotten with the diary, also by what would be told once more', async () => {
    const page = await open();
    await page.waitForSelector('main[data-state=live]');
    const [link] = await readCodes(picture);
    await page.goto(posterLink(`${stand.origin}/wallet/`, posterIn(link!)!));
    await state(page, 'found');
    await page.locator('[data-munjigi=enter]').click();
    await state(page, 'written');
    await expect.poll(() => keptOf(page), { timeout: 20_000 }).toEqual({ waiting: 0, told: 1 });
    await page.reload();
    await page.getByRole('button', { name: '다녀온 곳' }).click();
    await page.getByRole('button', { name: '모두 지우기' }).click();
    await page.getByRole('button', { name: '정말 모두 지우기' }).click();
    await expect.poll(() => keptOf(page)).toEqual({ waiting: 0, told: 0 });

    // Forgotten before the register has answered: it is sent, and nothing of it stays after that.
    const before = (await entries()).length;
    await page.evaluate(() => navigator.serviceWorker.ready);
    await context.setOffline(true);
    await page.goto(posterLink(`${stand.origin}/wallet/`, posterIn(link!)!));
    await state(page, 'found');
    await page.locator('[data-munjigi=enter]').click();
    await state(page, 'written');
    await page.reload();
    await page.getByRole('button', { name: '다녀온 곳' }).click();
    await page.getByRole('button', { name: '모두 지우기' }).click();
    await page.getByRole('button', { name: '정말 모두 지우기' }).click();
    expect(await keptOf(page)).toEqual({ waiting: 1, told: 0 });
    await context.setOffline(false);
    await page.clock.fastForward(70_000);
    await expect.poll(() => keptOf(page), { timeout: 20_000 }).toEqual({ waiting: 0, told: 0 });
    expect(await entries()).toHaveLength(before + 1);
    await page.close();
  });
});
