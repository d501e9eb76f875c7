import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { expect, it } from 'vitest';
import { suite } from '../conformance/folder.ts';
import { describeInBrowser } from './support/chromium.ts';
import { confirmed, type Held, look, useDoor } from './support/gate-door.ts';
import type { GreyPicture } from './support/y4m.ts';

const { path: file, present: here, name } = suite('eu-dcc', 'testdata', 'BG', '1.json');
const sample = here
  ? (JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, '')) as {
      '2DCODE': string;
      TESTCTX: { CERTIFICATE: string };
      JSON: { nam: { fn: string; fnt: string } };
    })
  : null;

/** A certificate's key as a bundle carries it: its id is the first eight bytes of the hash of the certificate. */
function issuerOf(base64: string) {
  const der = Buffer.from(base64, 'base64');
  return {
    format: 'hcert' as const,
    keyId: createHash('sha256').update(der).digest().subarray(0, 8).toString('base64'),
    algorithm: 'ES256' as const,
    spki: new Uint8Array(new X509Certificate(der).publicKey.export({ type: 'spki', format: 'der' })),
    country: 'BG',
    usage: null,
    from: null,
    until: null,
  };
}

function greyOf(png: Buffer): GreyPicture {
  const { width, height, data } = PNG.sync.read(png);
  const luma = new Uint8Array(width * height).map((_, i) => (data[i * 4 + 3]! < 128 ? 255 : data[i * 4]!));
  return { width, height, luma };
}

describeInBrowser('a real EU certificate before the camera', () => {
  const door = useDoor(sample ? { foreign: [issuerOf(sample.TESTCTX.CERTIFICATE)] } : {});

  it.skipIf(!here)(
    `is read, found genuine, and answered by the policy; its holder helped by eye, its name kept nowhere (${name})`,
    async () => {
      const page = await door.openGate();
      await page.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.startShift());
      door.holdPicture(greyOf(Buffer.from(sample!['2DCODE'], 'base64')));
      await page.waitForFunction(() => (globalThis as unknown as Held).munjigiTest.last.verdict !== null);
      expect(await look(page)).toMatchObject({ verdict: 'another-proof', reason: 'not-accepted-here' });
      await page.evaluate(() => (globalThis as unknown as Held).munjigiTest.gate.admitByStaff('eye'));
      await confirmed(page, 1);
      const [row] = [...door.rows().values()];
      expect(row!.entry).toMatchObject({ check: 'eye', record: 'scan' });
      const kept = Buffer.from(row!.entry.subject);
      for (const name of [sample!.JSON.nam.fn, sample!.JSON.nam.fnt]) expect(kept.includes(name)).toBe(false);
      const shown = await page.evaluate(() =>
        JSON.stringify((globalThis as unknown as Held).munjigiTest.last),
      );
      expect(shown).not.toContain(sample!.JSON.nam.fnt);
    },
  );
});
