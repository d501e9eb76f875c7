import type { Entry } from '@munjigi/core/chain';
import { describe, expect, it } from 'vitest';
import { describeInBrowser } from './support/chromium.ts';
import { cameraIsEmpty, confirmed, type Held, look, scan, useDoor } from './support/gate-door.ts';

// One test for every policy: the code of the product knows none of them.
const PACKS = [
  {
    pack: 'kr-2022',
    venue: { name: '모퉁이 카페', kind: 'cafe', region: 'seoul' },
    reason: 'valid',
    typed: '010-1234-5678',
    notice: 'app-down',
  },
  {
    pack: 'visitor-register',
    venue: { name: '3병동', kind: 'ward', region: 'main' },
    reason: 'not-required',
    typed: '+82 10 1234 5678',
    notice: 'register-down',
  },
] as const;

describe.each(PACKS)('a day at a door under $pack', ({ pack, venue, reason, typed, notice }) => {
  describeInBrowser('with a real camera', () => {
    const door = useDoor({ pack, venue });
    const entries = () => [...door.rows().values()].map((row: { entry: Entry }) => row.entry);

    it('lets a guest in by camera, goes on without the register, takes a typed number and a void, and delivers each once', async () => {
      const page = await door.openGate();
      await page.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.startShift());
      door.hold(await (await door.stand.guest()).show());
      await page.waitForFunction(() => (globalThis as unknown as Held).munjigiTest.last.verdict !== null);
      expect(await look(page)).toMatchObject({ verdict: 'admit', reason, venue: { name: venue.name } });
      await confirmed(page, 1);
      door.hold(null);
      await cameraIsEmpty(page);

      door.stand.setRegister(false);
      await door.stand.publish(notice);
      for (let i = 0; i < 5; i++) await scan(page, await (await door.stand.guest()).show());
      const taken = await page.evaluate(
        (number) => (globalThis as unknown as Held).munjigiTest.gate.recordTyped('phone', number),
        typed,
      );
      expect(taken).toBe(true);
      await page.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.voidLast());
      expect(await look(page)).toMatchObject({ confirmed: 1, waiting: 7 });
      await page.close();

      const again = await door.openGate(door.stand.origin);
      expect(await look(again)).toMatchObject({ confirmed: 1, waiting: 7, last: { voided: true } });
      door.stand.setRegister(true);
      await again.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
      await confirmed(again, 8);
      expect([...door.rows().values()].every((row) => row.stored === 1)).toBe(true);
      expect(entries().map(({ record }) => record)).toEqual([...Array(6).fill('scan'), 'typed', 'none']);
      expect(entries().at(-1)!.kind).toBe('void');
      const check = reason === 'valid' ? 'scan' : 'not-required';
      expect(
        new Set(
          entries()
            .slice(0, 6)
            .map((entry) => entry.check),
        ),
      ).toEqual(new Set([check]));
    });

    it('never lets in a code that nobody signed, whatever the policy asks', async () => {
      const page = await door.openGate();
      for (const text of ['https://example.org/', 'MJ1:AAAA', 'HC1:NCF', '']) await scan(page, text);
      expect((await look(page)).verdict).not.toBe('admit');
      expect(await look(page)).toMatchObject({ waiting: 0, confirmed: 0, last: null });
    });
  });
});
