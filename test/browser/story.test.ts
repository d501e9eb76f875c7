// @long One story, told once and in its order: each part stands on the one before.
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { postgresPrograms } from '@munjigi/service/db';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { complaintsOf, describeInBrowser, launchBrowser } from './support/chromium.ts';
import { Film } from './support/film.ts';
import { ROOT, type Running, startMunjigi } from './support/supervisor.ts';

/** Three where PostgreSQL is installed, else one. */
const SERVERS = 'reason' in postgresPrograms() ? 1 : 3;
/** With MUNJIGI_PICTURES=1 the story also makes the pictures of the README. */
const PICTURES = process.env.MUNJIGI_PICTURES === '1';
const FOLDER = path.join(ROOT, 'docs', 'pictures');
const PATIENCE = 90_000;
/** A part of the story on a machine that has much else to do. */
const PART = PICTURES ? 480_000 : 240_000;

interface Row {
  readonly at: number;
  readonly check: string;
  readonly record: string;
  readonly gateNo: number;
  readonly counter: number;
  readonly box: string;
}

describeInBrowser('the story of 6 January 2022, as a newcomer clicks it', () => {
  let munjigi: Running;
  let browser: Browser;
  let page: Page;
  let gate: FrameLocator;
  let wallet: FrameLocator;
  let film: Film | null = null;
  let complaints: string[];

  beforeAll(async () => {
    munjigi = await startMunjigi();
    browser = await launchBrowser();
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      colorScheme: 'light',
      deviceScaleFactor: PICTURES ? 1.5 : 1,
    });
    page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    complaints = complaintsOf(page);
    gate = page.frameLocator('iframe[src^="/gate/"]');
    wallet = page.frameLocator('iframe[src^="/wallet/"]');
    if (PICTURES) {
      mkdirSync(FOLDER, { recursive: true });
      film = new Film(page);
    }
  });
  afterAll(async () => {
    await browser?.close();
    await munjigi?.stop();
  });

  const part = (name: string) => page.locator(`[data-demo="${name}"]`);
  const count = async (name: string) => Number(await part(name).textContent());
  const shows = (name: string, value: number | string) =>
    expect.poll(() => part(name).textContent(), { timeout: PATIENCE }).toBe(String(value));
  const gateText = () => gate.locator('body').innerText();
  const gateSays = (text: string | RegExp) => expect.poll(gateText, { timeout: PATIENCE }).toMatch(text);
  const walletText = () => wallet.locator('body').innerText();
  const rows = async () =>
    ((await (await fetch(`${munjigi.address}/demo/rows?limit=200`)).json()) as { rows: Row[] }).rows;
  const choose = async (person: string, name: string) => {
    await page.locator(`[data-person="${person}"]`).click();
    await expect.poll(walletText, { timeout: PATIENCE }).toContain(name);
    await wallet.locator('canvas[data-munjigi="code"]').waitFor();
  };
  const bars = (attribute: string) =>
    part('server').evaluateAll((all, name) => all.map((one) => one.getAttribute(name)), attribute);
  const servers = () => bars('data-service');
  const led = () => bars('data-led');
  const three = (state: string) => Array<string>(SERVERS).fill(state);
  /** What the gate answers from now on, in its own window. */
  const verdictsFromNow = () =>
    page.evaluateHandle(() => {
      type View = { readonly name: string; readonly decision?: { readonly verdict: string } };
      const all: string[] = [];
      const frame = document.querySelector('iframe[src^="/gate/"]') as HTMLIFrameElement;
      const { munjigiGate } = frame.contentWindow as unknown as {
        readonly munjigiGate: { readonly view: { subscribe(tell: (view: View) => void): void } };
      };
      munjigiGate.view.subscribe(({ name, decision }) => {
        if (name === 'verdict' && decision) all.push(decision.verdict);
      });
      return all;
    });
  const mirrored = async (name: string) =>
    Buffer.from(await (await fetch(`${munjigi.address}/mirror/${name}`)).arrayBuffer());
  const minuteSign = (device: FrameLocator) =>
    device
      .locator('.word [data-shape]')
      .first()
      .evaluate((shape) => `${(shape as SVGElement).dataset.shape} ${shape.nextSibling?.textContent}`);
  const backToScanning = () => gateSays(/QR을\s+보여 주세요/);
  const SIZES = {
    desktop: { width: 1440, height: 900 },
    tablet: { width: 1024, height: 1366 },
    phone: { width: 390, height: 844 },
  };
  const take = async (name: string) => {
    if (name.endsWith('-dark')) await theme('dark');
    await page.evaluate(() => scrollTo(0, 0));
    await page.waitForTimeout(700);
    await page.screenshot({ path: path.join(FOLDER, `demo-${name}.png`) });
    await theme('light');
  };
  /** Everything on the page and in its devices, light or dark. */
  const theme = async (name: 'light' | 'dark') => {
    for (const frame of page.frames()) {
      await frame
        .evaluate((value) => document.documentElement.setAttribute('data-theme', value), name)
        .catch(() => {});
    }
  };
  const picture = async (name: string, everySize = false) => {
    if (!PICTURES) return;
    await take(name);
    await switchTo('en');
    await take(`${name}-en`);
    if (everySize) {
      for (const size of ['tablet', 'phone'] as const) {
        await page.setViewportSize(SIZES[size]);
        await take(`${name}-${size}-en`);
        await switchTo('ko');
        await take(`${name}-${size}`);
        await take(`${name}-${size}-dark`);
        await switchTo('en');
      }
      await page.setViewportSize(SIZES.desktop);
      await take(`${name}-en-dark`);
      await switchTo('ko');
      await take(`${name}-dark`);
    }
    await switchTo('ko');
  };
  const switchTo = async (language: 'ko' | 'en') => {
    if ((await page.locator('html').getAttribute('lang')) !== language)
      await page.locator(`.ribbon [lang=${language}]`).click();
  };

  it(
    'opens on 13:58 with a phone, a tablet that scans and an empty register',
    async () => {
      await page.goto(`${munjigi.address}/?lang=ko`);
      await expect.poll(() => part('stop').isEnabled(), { timeout: 120_000 }).toBe(true);
      await shows('clock', '13:58');
      await backToScanning();
      expect(await count('confirmed')).toBe(0);
    },
    PART,
  );

  it(
    'speaks the other language at once on all three, without opening a device anew',
    async () => {
      for (const app of ['/gate/', '/wallet/']) {
        await page.locator(`iframe[src^="${app}"]`).evaluate((frame) => {
          (frame as HTMLIFrameElement).contentDocument!.body.dataset.opened = 'once';
        });
      }
      await switchTo('en');
      await gateSays(/Show your\s+code/);
      await expect.poll(walletText, { timeout: PATIENCE }).toContain('My code');
      expect(await page.locator('.col.register h2').innerText()).toContain('Register');
      await switchTo('ko');
      await backToScanning();
      for (const device of [gate, wallet])
        expect(await device.locator('body').getAttribute('data-opened')).toBe('once');
    },
    PART,
  );

  it(
    'the record on one line: with the arrow keys, what was to be said in a minute of each of the seven outages',
    async () => {
      const line = page.getByRole('slider', { name: '일곱 번의 장애' });
      const minute = part('minute');
      await line.focus();
      await page.keyboard.press('Home');
      const seen: string[] = [];
      for (const [drill, said, duty] of [
        ['2021-01-01', '명부 의무는 그대로입니다', '확인없음기록완화과태료그대로'],
        ['2021-12-13', '안 뜨는 손님은 말로 확인하세요', '확인완화기록그대로과태료아직 모름'],
        ['2021-12-13', '과태료를 물리지 않습니다', '확인완화기록그대로과태료없음'],
        ['2021-12-14', '카카오톡·토스·PASS로 열어 달라고', '확인완화기록그대로과태료없음'],
        ['2022-01-03', '접종일을 보세요', '확인그대로기록그대로과태료그대로'],
        ['2022-01-06', '방역패스 의무는 그대로입니다', '확인그대로기록완화과태료그대로'],
        ['2022-01-06', '방역패스 의무는 그대로입니다', '확인그대로기록완화과태료그대로'],
        ['2022-01-06', '복구되었습니다', '확인그대로기록그대로과태료그대로'],
        ['2022-01-22', '의무는 그대로입니다', '확인그대로기록그대로과태료그대로'],
        ['2022-02-03', '의무는 그대로입니다', '확인그대로기록그대로과태료그대로'],
      ] as const) {
        if (seen.length > 0) await page.keyboard.press('ArrowRight');
        await expect.poll(() => minute.innerText(), { timeout: PATIENCE }).toContain(said);
        expect(await minute.getAttribute('data-drill')).toBe(drill);
        expect((await minute.locator('.facts').innerText()).replace(/\n/g, '')).toBe(duty);
        expect(await minute.innerText()).toContain('그날 있었던 일');
        seen.push((await line.getAttribute('aria-valuetext')) ?? '');
        expect(seen.at(-1)).toContain(said);
      }
      expect(new Set(seen).size).toBe(10);
      await picture('record', true);
      await switchTo('en');
      await expect.poll(() => minute.innerText(), { timeout: PATIENCE }).toContain('The duty stands.');
      await expect
        .poll(() => page.getByRole('slider').getAttribute('aria-valuetext'), { timeout: PATIENCE })
        .toMatch(/3 February 2022.*11:25/);
      await switchTo('ko');
      await line.focus();
      await page.keyboard.press('Escape');
      await minute.waitFor({ state: 'detached' });
      await shows('clock', '13:58');
    },
    PART,
  );

  it(
    '0–10 s: a code is checked and recorded in one scan, and the register cannot name her',
    async () => {
      await film?.caption('움직이는 QR을 태블릿에', 'A moving QR meets the tablet');
      film?.roll();
      await page.keyboard.press('Space');
      await gateSays('입장하세요');
      await shows('confirmed', 1);
      await film?.cut();
      await film?.noCaption();
      await backToScanning();
      const [row] = await rows();
      expect(row).toMatchObject({ check: 'scan', record: 'scan', counter: 1 });
      const register = await page.locator('.col.register').innerText();
      expect(register).toMatch(/13:5\d:\d\d\s+[0-9a-f]{4}…[0-9a-f]{2}\s+등록 확인됨/);
      expect(register).not.toMatch(/김하늘|Haneul/);
      expect(await page.evaluate(() => fetch('/demo/rows').then((answer) => answer.text()))).not.toMatch(
        /haneul|하늘|1988/i,
      );
      await picture('before');
    },
    PART,
  );

  it(
    '10–22 s: an ended code is refused, the person is helped by eye, and only his phone says why',
    async () => {
      await choose('jeongmin', '이정민');
      await page.keyboard.press('Space');
      await gateSays('다른 증명이 필요해요');
      await gateSays(/1월 2일까지였습니다/);
      expect(await gateText()).not.toMatch(/180일|2차 접종/);
      await gate.getByRole('button', { name: '눈으로 확인' }).click();
      const negative = gate.getByRole('button', { name: /음성확인/ });
      expect(await negative.innerText()).toMatch(/1월 4일 0시\s*이후/);
      await negative.click();
      await gateSays(/통보 시각을 보세요/);
      await gate.getByRole('button', { name: '봤음' }).click();
      await gateSays('입장하세요');
      await shows('confirmed', 2);
      expect((await rows()).find((row) => row.counter === 2)).toMatchObject({ check: 'eye' });
      await backToScanning();
      await wallet.getByRole('button', { name: /1월 2일/ }).click();
      await expect.poll(walletText, { timeout: PATIENCE }).toMatch(/180일/);
    },
    PART,
  );

  it(
    '22–32 s: who needs no pass gets the same green and the same words as everyone',
    async () => {
      await choose('haneul', '김하늘');
      const verdict = () => gate.locator('.verdict[data-v=admit]').innerText();
      await choose('seoyeon', '최서연');
      await page.keyboard.press('Space');
      const said = await verdict();
      expect(said).toContain('입장하세요');
      expect(said).not.toMatch(/청소년|16|2003|나이|예외/);
      await shows('confirmed', 3);
      await backToScanning();
    },
    PART,
  );

  it(
    '32–42 s: the service process is really gone; the tablet goes on and says so',
    async () => {
      await choose('haneul', '김하늘');
      await expect.poll(servers, { timeout: PATIENCE }).toEqual(three('running'));
      await picture('servers', true);
      await film?.caption('14:00, 서버가 멈춥니다', '14:00, the servers stop');
      film?.roll(3);
      await part('stop').click();
      if (SERVERS > 1)
        await expect.poll(led, { timeout: PATIENCE, interval: 100 }).toEqual(['false', 'true', 'false']);
      await expect.poll(servers, { timeout: PATIENCE }).toEqual(three('stopped'));
      expect((await fetch(`${munjigi.address}/health/live`)).status).toBe(503);
      await gateSays(/평소처럼 찍으/);
      await gateSays(/다시 깔지\s*마세요/);
      await shows('clock', '14:05');
      await film?.cut();
      await expect
        .poll(() => part('nowline').innerText(), { timeout: PATIENCE })
        .toMatch(/방역패스 의무는 그대로입니다[\s\S]*14:05 확정/);
      // With no server to ask, phone and tablet show one word and one shape of this minute.
      const signs = () => Promise.all([gate, wallet].map(minuteSign));
      await expect.poll(async () => new Set(await signs()).size, { timeout: PATIENCE }).toBe(1);
      expect((await signs())[0]).toMatch(/^[a-z]+ \S+/);
    },
    PART,
  );

  it('42–58 s: thirty guests are let in without any server, and a reloaded tablet still has their thirty entries', async () => {
    await film?.caption(
      '문은 기다리지 않습니다. 그때 방식은 멈춥니다',
      'The door does not wait. The old way does',
    );
    const before = await count('ghost-answered');
    const verdicts = await verdictsFromNow();
    film?.roll();
    await part('guests').click();
    if (PICTURES) {
      const admitting = async (name: string) => {
        await gate.locator('.verdict[data-v=admit]').waitFor();
        await page.screenshot({ path: path.join(FOLDER, `demo-${name}.png`) });
      };
      await expect.poll(() => count('saved'), { timeout: PART, interval: 150 }).toBeGreaterThanOrEqual(14);
      await film?.cut();
      await film?.noCaption();
      await admitting('during');
      await switchTo('en');
      await admitting('during-en');
      await switchTo('ko');
      await film?.caption(
        '문은 기다리지 않습니다. 그때 방식은 멈춥니다',
        'The door does not wait. The old way does',
      );
      film?.roll();
    }
    await expect.poll(() => part('saved').textContent(), { timeout: PART }).toBe('30');
    // The clock has just jumped, and every device has heard of it by itself: nobody's code is old for that.
    expect(new Set(await verdicts.evaluate((all) => all))).toEqual(new Set(['admit']));
    await film?.cut();
    await film?.noCaption();
    await shows('ghost-waiting', 30);
    expect(await count('ghost-answered')).toBe(before);
    expect(await page.locator('[data-demo=ghost]').innerText()).toContain('접속 지연');
    await picture('waiting', true);
    const tablet = page.locator('iframe[src^="/gate/"]');
    const loaded = tablet.evaluate(
      (frame) => new Promise((done) => frame.addEventListener('load', () => done(true), { once: true })),
    );
    await page.getByRole('button', { name: '태블릿 새로고침' }).click();
    await loaded;
    const waiting = () =>
      tablet.evaluate(
        (frame) =>
          (frame as HTMLIFrameElement & { contentWindow: { munjigiGate?: { waiting: { value: number } } } })
            .contentWindow.munjigiGate?.waiting.value,
      );
    await expect.poll(waiting, { timeout: PATIENCE }).toBe(30);
    await shows('saved', 30);
    await gateSays(/이 기기에 기록됨/);
    expect((await fetch(`${munjigi.address}/health/ready`)).status).toBe(503);
  }, 300_000);

  it(
    '58–70 s: wallet, tablet, status page and answer card say what counts from one document, and a switch flips it',
    async () => {
      const pageText = (name: string) =>
        page.frameLocator(`iframe[data-demo="${name}"]`).locator('body').innerText();
      const everywhere = async (owner: RegExp, visitor: RegExp) => {
        await gateSays(owner);
        await expect.poll(walletText, { timeout: PATIENCE }).toMatch(visitor);
        for (const name of ['status', 'card']) {
          await part(`page-${name}`).click();
          await expect.poll(() => pageText(name), { timeout: PATIENCE }).toMatch(owner);
        }
        // The page names the very document that devices read.
        const digest = createHash('sha256')
          .update(await mirrored('now.cose'))
          .digest();
        expect((await mirrored('status/status.cose')).includes(digest)).toBe(true);
      };
      await film?.caption(
        '“방역패스 의무는 그대로입니다”: 한 문서, 네 곳',
        'One signed sentence, in four places',
      );
      await part('now').click();
      await everywhere(/방역패스 의무는\s*그대로입니다/, /방역패스는 그대로 적용됩니다/);
      expect(await pageText('card')).toMatch(/1월 4일 0시\s*이후/);
      await part('page-status').click();
      await film?.still(2000);
      await film?.noCaption();
      await picture('answer');
      await part('what-if').check({ force: true });
      await everywhere(/과태료[^.]*(없|않)/, /말씀|직원/);
      await part('what-if').uncheck({ force: true });
      await everywhere(/방역패스 의무는\s*그대로입니다/, /방역패스는 그대로 적용됩니다/);
      await part('now').click();
    },
    PART,
  );

  it(
    '70–80 s: after the repair every entry is in the register, each once; of the old way thirty have none',
    async () => {
      await film?.caption('19:20 복구: 30건 모두 등록 확인', '19:20: all 30 confirmed, each once');
      await part('recover').click();
      await expect
        .poll(() => part('servers').getAttribute('data-service'), { timeout: 180_000 })
        .toBe('running');
      film?.roll(2);
      await expect.poll(() => part('confirmed').textContent(), { timeout: 180_000 }).toBe('33');
      await shows('saved', 0);
      await film?.cut();
      await expect.poll(() => part('clock').textContent(), { timeout: PATIENCE }).toMatch(/^19:2\d$/);
      await expect.poll(() => part('of').innerText(), { timeout: PATIENCE }).toMatch(/33건 중 33건/);
      for (const nothing of ['refused', 'lost', 'doubled']) await shows(nothing, 0);
      expect(await part('ghost').innerText()).toContain('30명은 기록 없이');
      await expect.poll(servers, { timeout: PATIENCE }).toEqual(three('running'));
      await film?.still(2500);
      await film?.noCaption();
      await picture('after');
      const all = await rows();
      expect(all).toHaveLength(33);
      expect(new Set(all.map((row) => `${row.gateNo}/${row.counter}`)).size).toBe(33);
      const outage = [Date.parse('2022-01-06T14:00:00+09:00'), Date.parse('2022-01-06T19:20:00+09:00')].map(
        (ms) => ms / 1000,
      );
      const meanwhile = all.filter(({ at }) => at >= outage[0]! && at < outage[1]!);
      expect(meanwhile).toHaveLength(30);
      expect(new Set(meanwhile.map(({ box }) => box)).size).toBe(30);
      if (film) expect(film.write(path.join(FOLDER, 'story.gif'))).toBe(true);
    },
    PART,
  );

  it(
    '80–90 s: the owner has a statement of those hours, and a tablet reads its code as an inspector’s does',
    async () => {
      await part('statement').click();
      await gate.getByRole('button', { name: /14:0\d/ }).click();
      await gateSays(/모퉁이 카페/);
      expect(await gateText()).toMatch(/30/);
      await part('statement-read').click();
      await gateSays('진본 확인서');
      expect(await gateText()).toMatch(/모퉁이 카페[\s\S]*30/);
      const said = /14:0\d\s–\s19:\d\d 방역패스 의무는 그대로/;
      expect(await gateText(), 'what stood in those hours, not the news of their end').toMatch(said);
      expect((await gateText()).split('그때 안내')[1]).not.toContain('복구되었습니다');
      await picture('statement');
      await gate.getByRole('button', { name: '돌아가기' }).click();
      await backToScanning();
    },
    PART,
  );

  it(
    'helps the guest with a paper pass: compared with her card, and in the register like everyone',
    async () => {
      await backToScanning();
      await page.locator('[data-person="sunja"]').click();
      await page.keyboard.press('Space');
      await gateSays('신분증과 맞춰 주세요');
      await gate.getByRole('button', { name: '같음', exact: true }).click();
      await gateSays('입장하세요');
      await shows('confirmed', 34);
      const row = (await rows()).find(({ counter }) => counter === 34);
      expect(row).toMatchObject({ check: 'scan', record: 'scan' });
    },
    PART,
  );

  it('throws nothing on the way: the only complaints are the calls that the stopped service did not answer', () => {
    expect(complaints.filter((line) => !/503|ERR_CONNECTION|Failed to load resource/.test(line))).toEqual([]);
  });
});
