import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from './support/chromium.ts';
import { confirmed, look, scan } from './support/gate-door.ts';
import { type GateStand, openGateStand } from './support/gate-stand.ts';
import { startKillable } from './support/killable.ts';

const ROUNDS = 10;

describeInBrowser('a gate whose browser is killed in the middle of an upload', () => {
  const profile = mkdtempSync(path.join(os.tmpdir(), 'munjigi-upload-'));
  let stand: GateStand;
  let inUpload: (() => Promise<void>) | null = null;
  let uploads = 0;

  beforeAll(async () => {
    stand = await openGateStand();
    const send = stand.register.send.bind(stand.register);
    // Killed before the register stored the batch and after it, in turns: the answer never arrives either way.
    stand.register.send = async (batch) => {
      const kill = inUpload;
      inUpload = null;
      if (!kill) return send(batch);
      if (uploads++ % 2 === 0) {
        await kill();
        throw new Error('The gate is gone.');
      }
      const answer = await send(batch);
      await kill();
      return answer;
    };
  });
  afterAll(async () => {
    await stand?.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });

  const open = async (page: Page, address: string) => {
    await page.goto(address);
    await page.waitForFunction(() => 'munjigiTest' in globalThis);
  };

  it('ten times over loses nothing that it said was saved, and doubles nothing', async () => {
    let saved = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const killable = await startKillable(profile);
      const page = await killable.browser.contexts()[0]!.newPage();
      await open(page, round === 0 ? stand.address : stand.origin);
      expect((await look(page)).last?.counter ?? 0).toBeGreaterThanOrEqual(saved);
      const killed = new Promise<void>((done) => {
        inUpload = async () => {
          await killable.kill();
          done();
        };
      });
      for (let guest = 0; guest < 3; guest++) {
        const seen = await scan(page, await (await stand.guest()).show())
          .then(() => look(page))
          .catch(() => null);
        if (seen?.record !== 'saved' && seen?.record !== 'confirmed') break;
        saved = Math.max(saved, seen.last!.counter);
      }
      await killed;
    }
    const last = await startKillable(profile);
    const page = await last.browser.contexts()[0]!.newPage();
    await open(page, stand.origin);
    await scan(page, await (await stand.guest()).show());
    const { last: newest } = await look(page);
    await confirmed(page, newest!.counter);
    const rows = [...[...stand.register.chains.values()].at(-1)!.rows.values()];
    await last.kill();
    expect(uploads).toBe(ROUNDS);
    expect(saved).toBeGreaterThan(3);
    expect(stand.register.chains.size).toBe(1);
    expect(rows.length).toBe(newest!.counter);
    expect(rows.length).toBeGreaterThan(saved);
    expect(rows.every((row) => row.stored === 1)).toBe(true);
  });
});
