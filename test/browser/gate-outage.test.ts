import { expect, it } from 'vitest';
import { describeInBrowser } from './support/chromium.ts';
import { confirmed, type Held, look, scan, stripIs, useDoor } from './support/gate-door.ts';

describeInBrowser('a gate through its day', () => {
  const door = useDoor();

  it('goes on without the register, keeps the count over a reload, and delivers each entry once when it is back', async () => {
    let page = await door.openGate();
    await scan(page, await (await door.stand.guest()).show());
    await confirmed(page, 1);
    door.stand.setRegister(false);
    for (let i = 0; i < 30; i++) await scan(page, await (await door.stand.guest()).show());
    await stripIs(page, 'incident');
    expect(await look(page)).toMatchObject({ waiting: 30, confirmed: 1, verdict: 'admit', record: 'saved' });
    expect((await look(page)).strip).toMatchObject({
      headline: '평소처럼 찍으세요.',
      text: expect.stringContaining('30건'),
    });
    await page.close();
    page = await door.openGate(door.stand.origin);
    expect(await look(page)).toMatchObject({
      waiting: 30,
      confirmed: 1,
      last: { counter: 31, record: 'saved' },
      venue: { name: '모퉁이 카페' },
    });
    await stripIs(page, 'incident');
    door.stand.setRegister(true);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await confirmed(page, 31);
    await stripIs(page, 'back');
    expect(await look(page)).toMatchObject({
      waiting: 0,
      confirmed: 31,
      strip: { text: '30건 모두 등록 확인.' },
    });
    expect([...door.rows().values()].every((row) => row.stored === 1)).toBe(true);
    expect(door.rows().size).toBe(31);
  });

  it('shows the published sentence as soon as it is signed, with its standing', async () => {
    const page = await door.openGate();
    expect((await look(page)).strip).toMatchObject({ kind: 'usual', status: null });
    await door.stand.publish('app-down', 'provisional');
    await stripIs(page, 'incident');
    const { strip } = await look(page);
    expect(strip.status).toBe('provisional');
    expect(strip.headline).toContain('방역패스 의무는 그대로입니다');
    expect(strip.text).toContain('앱을 다시 깔지 마세요');
  });

  it('finds out by itself that it reaches nobody, with no guest at the door, and says what holds until it does', async () => {
    const page = await door.openGate();
    await stripIs(page, 'usual');
    const servers = ['**/mirror/**', '**/api/**'];
    for (const server of servers) await page.route(server, (route) => route.abort('internetdisconnected'));
    await stripIs(page, 'incident');
    expect((await look(page)).strip).toMatchObject({
      status: null,
      headline: '방역패스 의무는 그대로입니다.',
      text: expect.stringMatching(/닿지 않습니다.*눈으로 보고.*다시 닿을 때까지/),
    });
    for (const server of servers) await page.unroute(server);
    await stripIs(page, 'usual');
  });

  it('gives the by-eye card today’s dates from the rules', async () => {
    const page = await door.openGate();
    const { rows: card, sign } = await look(page);
    expect(card.map((row) => row.value).join(' ')).toContain('2021-07-10');
    expect(card.every((row) => row.label !== '')).toBe(true);
    expect(sign?.word).not.toBe('');
  });

  it('lets one tab drive: the second one looks on and may take over', async () => {
    const one = await door.openGate();
    const two = await door.openGate(door.stand.origin);
    expect((await look(two)).strip.kind).toBe('viewer');
    await two.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.takeOver());
    await stripIs(one, 'viewer');
    expect((await look(two)).strip.kind).not.toBe('viewer');
  });

  it('gives the outbox as a file of signed batches that another device can deliver', async () => {
    const page = await door.openGate();
    door.stand.setRegister(false);
    await scan(page, await (await door.stand.guest()).show());
    const file = await page.evaluate(async () =>
      JSON.parse(await (await (globalThis as unknown as Held).munjigiTest.gate.exportOutbox()).text()),
    );
    expect(file).toMatchObject({ munjigi: 'outbox', version: 1 });
    await door.stand.register.send(file.batches[0]);
    expect(door.rows().size).toBe(1);
  });

  it('states the hours it was cut off, over a reload, in a code that an inspector’s device reads without any server', async () => {
    let page = await door.openGate();
    const inspector = await door.openAnother();
    await scan(page, await (await door.stand.guest()).show());
    await confirmed(page, 1);
    await door.stand.publish('app-down', 'confirmed');
    door.stand.setRegister(false);
    for (let i = 0; i < 3; i++) await scan(page, await (await door.stand.guest()).show());
    await stripIs(page, 'incident');
    await page.close();
    page = await door.openGate(door.stand.origin);
    await page.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.admitByStaff('eye'));
    const text = await page.evaluate(async () => {
      const { statements } = (globalThis as unknown as Held).munjigiTest.gate;
      const [newest] = statements?.episodes.value ?? [];
      return (newest && (await statements?.make(newest.from))) ?? '';
    });
    expect(text).toMatch(/^MJS:/);
    for (const server of ['**/mirror/**', '**/api/**'])
      await inspector.route(server, (route) => route.abort('internetdisconnected'));
    await inspector.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.startShift());
    door.hold(text);
    const seen = await inspector.waitForFunction(() => {
      const read = (globalThis as unknown as Held).munjigiTest.gate.statements?.read.value;
      return read && { ...read.statement, gate: read.gate };
    });
    door.hold(null);
    expect(await seen.jsonValue()).toMatchObject({
      gate: 'known',
      venueName: '모퉁이 카페',
      ongoing: true,
      saved: 4,
      notSaved: 0,
      checks: { scan: 3, eye: 1, verbal: 0, notRequired: 0, notMade: 0 },
      spans: [{ what: 'register', to: null }],
      counted: expect.arrayContaining([expect.objectContaining({ notice: 'app-down' })]),
    });
    await scan(inspector, `${text.slice(0, -3)}AAA`);
    await inspector.waitForFunction(
      () => (globalThis as unknown as Held).munjigiTest.gate.statements?.read.value === false,
    );
    await inspector.context().close();
  });

  it('takes an owner’s word that something does not work, and sends it once when there is a register again', async () => {
    const page = await door.openGate();
    await scan(page, await (await door.stand.guest()).show());
    await confirmed(page, 1);
    door.stand.setRegister(false);
    await page.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.trouble?.say('wallets'));
    const state = () =>
      page.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.trouble?.state.value);
    expect([await state(), door.stand.troubles]).toEqual(['waiting', []]);
    door.stand.setRegister(true);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.waitForFunction(
      () => (globalThis as unknown as Held).munjigiTest.gate.trouble?.state.value === 'sent',
    );
    expect(door.stand.troubles).toEqual([{ venueId: 7, what: 'wallets', at: expect.any(Number) }]);
    expect(Math.abs(door.stand.troubles[0]!.at - door.stand.at())).toBeLessThan(60);
  });

  it('starts again for a link of another venue, as a new gate', async () => {
    let page = await door.openGate();
    await scan(page, await (await door.stand.guest()).show());
    await confirmed(page, 1);
    await page.close();
    page = await door.openGate(`${door.stand.origin}/#venue=8&enrol=OPEN`);
    expect(await look(page)).toMatchObject({
      waiting: 0,
      confirmed: 0,
      last: null,
      venue: { name: '모퉁이 카페' },
    });
  });
});
