import type { Entry } from '@munjigi/core/chain';
import { openSubject } from '@munjigi/core/sealed/open';
import { keyThumbprint } from '@munjigi/core/signing';
import { expect, it } from 'vitest';
import { complaintsOf, describeInBrowser } from './support/chromium.ts';
import { confirmed, type Held, look, scan, useDoor } from './support/gate-door.ts';

describeInBrowser('the door', () => {
  const door = useDoor();

  it('reads a phone before the camera, admits, saves, and is confirmed; the register cannot tell who came, a case can', async () => {
    const page = await door.openGate();
    const complaints = complaintsOf(page);
    expect(await look(page)).toMatchObject({ view: 'start', venue: { name: '모퉁이 카페' }, exercise: true });
    await page.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.startShift());
    expect(await look(page)).toMatchObject({ view: 'scan' });
    const guest = await door.stand.guest();
    door.hold(await guest.show());
    await page.waitForFunction(() => (globalThis as unknown as Held).munjigiTest.last.verdict !== null);
    const seen = await look(page);
    expect(seen).toMatchObject({ verdict: 'admit', reason: 'valid' });
    expect(seen.said).toEqual(['tone admit', 'say valid']);
    await confirmed(page, 1);
    door.hold(null);
    const [[counter, row] = []] = [...door.rows()] as [number, { entry: Entry }][];
    expect(row!.entry).toMatchObject({
      venueId: 7,
      check: 'scan',
      record: 'scan',
      dayKeyId: 6,
      clockUnknown: false,
    });
    expect(row!.entry.subject).toHaveLength(193);
    const gate = keyThumbprint(door.stand.register.batches[0]!.gateKey);
    const place = {
      venueId: 7,
      day: '2022-01-06',
      gate,
      counter: counter!,
      check: 'scan',
      record: 'scan',
      kind: 'entry',
    } as const;
    const subject = await openSubject({
      box: row!.entry.subject,
      place,
      privateKey: door.stand.dayPrivateKey,
    });
    expect(subject).toMatchObject({ kind: 'pass', lane: 0 });
    // The same phone held on is the same guest: after the ● the door waits for the next one.
    await page.waitForFunction(
      () => (globalThis as unknown as Held).munjigiTest.gate.view.value.name === 'scan',
    );
    expect(complaints).toEqual([]);
  });

  it('answers one code once within a showing, and knows the same guest again without a second entry', async () => {
    const page = await door.openGate();
    const guest = await door.stand.guest();
    await scan(page, await guest.show());
    await scan(page, await guest.show(2));
    expect(await look(page)).toMatchObject({ verdict: 'admit', last: { counter: 1 } });
    await scan(page, await (await door.stand.guest()).show());
    await confirmed(page, 2);
    expect(door.rows().size).toBe(2);
  });

  it('helps a guest whose proof has run out: a check by eye is one entry, with the pass that was shown', async () => {
    const page = await door.openGate();
    const guest = await door.stand.guest({
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
    expect(door.rows().size === 0 || ![...door.rows().values()].some((r) => r.entry.check === 'eye')).toBe(
      true,
    );
    await page.evaluate(() => {
      const { gate } = (globalThis as unknown as Held).munjigiTest;
      gate.show('eye');
      return gate.admitByStaff('eye');
    });
    expect(await look(page)).toMatchObject({ verdict: 'admit', reason: 'seen-by-eye', next: [] });
    await confirmed(page, 1);
    const [entry] = [...door.rows().values()].map((r) => r.entry);
    expect(entry).toMatchObject({ check: 'eye', record: 'scan', dayKeyId: 6 });
  });

  it('seats a guest on their own as the rules of the venue say, and writes it down', async () => {
    const page = await door.openGate();
    await page.evaluate(() => {
      const { gate } = (globalThis as unknown as Held).munjigiTest;
      gate.setParty('alone');
      return gate.admitByStaff('not-required');
    });
    expect(await look(page)).toMatchObject({ verdict: 'admit', reason: 'alone', next: ['typed'] });
    await confirmed(page, 1);
    expect([...door.rows().values()].map((row) => row.entry.check)).toEqual(['not-required']);
  });

  it('never tells anybody to call a number that it does not know to work, and names the one that does, cut off too', async () => {
    door.stand.setCall(null);
    const page = await door.openGate();
    const says = () =>
      page.evaluate(() => {
        const { gate } = (globalThis as unknown as Held).munjigiTest;
        const said = ['reason.not-saved.instruction', 'reason.not-saved.staffSays', 'strip.not-saved.text'];
        return [gate.callNumber?.value ?? null, ...said.map((key) => gate.text(key))];
      });
    const none = [null, '출입을 따로 남겨 주세요.', ''];
    expect((await says()).slice(0, 3)).toEqual(none);
    door.stand.setCall('080-123-4567');
    const isKnown = () =>
      page.waitForFunction(() => (globalThis as unknown as Held).munjigiTest?.gate.callNumber?.value != null);
    await page.reload();
    await isKnown();
    door.stand.setPoster(2);
    await page.reload();
    await page.waitForFunction(() =>
      (globalThis as unknown as Held).munjigiTest?.gate.text('strip.not-saved.text').includes('안내문'),
    );
    door.stand.setRegister(false);
    await page.reload();
    await isKnown();
    const [number, instruction, staff, strip] = await says();
    expect(number).toBe('080-123-4567');
    expect(instruction).toBe(
      '출입을 따로 남겨 주세요. 안심콜 080-123-4567에 전화 한 통이면 됩니다. 안내문을 찍어도 됩니다.',
    );
    expect(staff).toBe('여기로 전화 한 통만 부탁드립니다.');
    expect(strip).toContain('080-123-4567');
    door.stand.setCall(null);
    door.stand.setPoster(null);
    door.stand.setRegister(true);
    await page.reload();
    await page.waitForFunction(
      () => (globalThis as unknown as Held).munjigiTest?.gate.callNumber?.value === null,
    );
    expect((await says()).slice(0, 3)).toEqual(none);
  });

  it('names paper where sheets lie ready and nowhere else, beside a number or alone, cut off too', async () => {
    door.stand.setCall(null, true);
    const page = await door.openGate();
    const says = () =>
      page.evaluate(() => {
        const { gate } = (globalThis as unknown as Held).munjigiTest;
        return ['instruction', 'staffSays'].map((part) => gate.text(`reason.not-saved.${part}`));
      });
    const isSaid = (paper: string) =>
      page.waitForFunction(
        (words) =>
          (globalThis as unknown as Held).munjigiTest?.gate.text('strip.not-saved.text').includes(words),
        paper,
      );
    await isSaid('뽑아 둔 수기명부에 적으면 됩니다.');
    door.stand.setRegister(false);
    await page.reload();
    await isSaid('뽑아 둔 수기명부에 적으면 됩니다.');
    expect(await says()).toEqual([
      '출입을 따로 남겨 주세요. 뽑아 둔 수기명부에 적으면 됩니다.',
      '여기 명부에 적어 주시겠어요?',
    ]);
    door.stand.setRegister(true);
    door.stand.setCall('080-123-4567', true);
    await page.reload();
    await isSaid('뽑아 둔 수기명부도 됩니다.');
    expect(await says()).toEqual([
      '출입을 따로 남겨 주세요. 안심콜 080-123-4567에 전화 한 통이면 됩니다. 뽑아 둔 수기명부도 됩니다.',
      '여기로 전화 한 통만 부탁드립니다.',
    ]);
    // Shredded, or all of it typed.
    door.stand.setCall(null);
    await page.reload();
    await isSaid('출입을 따로 남겨 주세요. 이미');
    expect(await says()).toEqual(['출입을 따로 남겨 주세요.', '']);
  });

  it('notes after a check by eye that the guest called: one entry that stands, and nobody’s number in it', async () => {
    const page = await door.openGate();
    await page.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.admitByStaff('eye'));
    expect(await look(page)).toMatchObject({ verdict: 'admit', reason: 'seen-by-eye', next: ['typed'] });
    await page.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.recordCalled?.());
    await confirmed(page, 3);
    const entries = [...door.rows().values()].map((row) => row.entry as Entry);
    expect(entries).toMatchObject([
      { kind: 'entry', check: 'eye', record: 'none' },
      { kind: 'void' },
      { kind: 'entry', check: 'eye', record: 'call', dayKeyId: 0 },
    ]);
    expect(entries[2]!.subject).toHaveLength(0);
  });

  it('asks for the card with a paper pass, and lets it in when it agrees', async () => {
    const page = await door.openGate();
    await scan(page, await door.stand.paper(9));
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
    const page = await door.openGate();
    const guest = await door.stand.guest();
    await scan(page, await guest.show());
    await confirmed(page, 1);
    // Four minutes later, by the story's clock.
    await door.stand.jump(240);
    await page.waitForFunction(
      (at) => ((globalThis as unknown as Held).munjigiTest.gate.nowMs.value ?? 0) > at,
      (door.stand.at() - 5) * 1000,
    );
    await scan(page, await guest.show());
    expect(await look(page)).toMatchObject({ verdict: 'another-proof', reason: 'seen-before' });
    await door.stand.jump(60);
    await page.waitForFunction(
      (at) => ((globalThis as unknown as Held).munjigiTest.gate.nowMs.value ?? 0) > at,
      (door.stand.at() - 5) * 1000,
    );
    await page.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.answer('same-guest'));
    expect(await look(page)).toMatchObject({ verdict: 'admit', reason: 'valid' });
    await confirmed(page, 2);
  });

  it('never joins what staff type to the guest before the one whose code was just answered', async () => {
    const page = await door.openGate();
    await page.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.admitByStaff('eye'));
    await scan(page, await (await door.stand.guest()).show());
    await page.evaluate(() =>
      (globalThis as unknown as Held).munjigiTest.gate.recordTyped('phone', '010-1234-5678'),
    );
    await confirmed(page, 3);
    expect([...door.rows().values()].map(({ entry }) => `${entry.kind} ${entry.check}`)).toEqual([
      'entry eye',
      'entry scan',
      'entry not-made',
    ]);
  });

  it('says a drawing is old, and at the second fresh one that the phone’s clock is off', async () => {
    const page = await door.openGate();
    const guest = await door.stand.guest();
    await scan(page, await guest.show(-480));
    expect(await look(page)).toMatchObject({ verdict: 'another-proof', reason: 'old-drawing' });
    await scan(page, await guest.show(-470));
    expect(await look(page)).toMatchObject({ verdict: 'cannot-tell', reason: 'clock-visitor' });
    expect((await look(page)).waiting).toBe(0);
  });

  it('writes a typed number after a look as one entry: the first is cancelled on the chain, none is deleted', async () => {
    const page = await door.openGate();
    await page.evaluate(async () => {
      const { gate } = (globalThis as unknown as Held).munjigiTest;
      gate.show('eye');
      await gate.admitByStaff('eye');
    });
    const seen = await look(page);
    expect(seen).toMatchObject({ reason: 'seen-by-eye', next: ['typed'] });
    expect(['saved', 'confirmed']).toContain(seen.record);
    const typed = (value: string) =>
      page.evaluate((v) => (globalThis as unknown as Held).munjigiTest.gate.recordTyped('phone', v), value);
    expect(await typed('12')).toBe(false);
    expect(await typed('010-1234-5678')).toBe(true);
    await confirmed(page, 3);
    const kinds = [...door.rows().values()].map(
      ({ entry }) => `${entry.kind} ${entry.check} ${entry.record}`,
    );
    expect(kinds).toEqual(['entry eye none', 'void not-made none', 'entry eye typed']);
  });

  it('cancels the last entry by a further one, and the guest may come again', async () => {
    const page = await door.openGate();
    const guest = await door.stand.guest();
    await scan(page, await guest.show());
    await page.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.voidLast());
    expect(await look(page)).toMatchObject({ last: { counter: 1, voided: true } });
    await scan(page, await guest.show(1));
    await confirmed(page, 3);
    expect([...door.rows().values()].map(({ entry }) => entry.kind)).toEqual(['entry', 'void', 'entry']);
  });
});
