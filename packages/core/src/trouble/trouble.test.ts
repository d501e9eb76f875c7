import { describe, expect, it } from 'vitest';
import { crypto, testKey } from '../../test/test-keys.ts';
import { keyThumbprint, signDocument } from '../signing/index.ts';
import { openTrouble, signTrouble, TROUBLES } from './index.ts';

const gate = testKey('a gate that has trouble');
const other = testKey('another gate');
const REPORT = { venueId: 7, what: 'sending', at: 1_641_445_200 } as const;

describe('a report of trouble', () => {
  it('comes back as it was signed, with each of its words', async () => {
    for (const what of TROUBLES) {
      const signed = await signTrouble({ ...REPORT, what }, gate);
      expect(await openTrouble(signed, gate.publicKey, crypto)).toEqual({ ...REPORT, what });
      expect(signed.length).toBeLessThan(120);
    }
  });

  it('counts under its own key alone, as it was signed and as nothing else', async () => {
    const signed = await signTrouble(REPORT, gate);
    await expect(openTrouble(signed, other.publicKey, crypto)).rejects.toThrow();
    const changed = Uint8Array.from(signed);
    changed[changed.length - 1]! ^= 1;
    await expect(openTrouble(changed, gate.publicKey, crypto)).rejects.toThrow(/does not match/);
    const kid = keyThumbprint(gate.publicKey).subarray(0, 8);
    const elsewhere = await signDocument('export', [1, 7, 2, REPORT.at], gate, kid);
    await expect(openTrouble(elsewhere, gate.publicKey, crypto)).rejects.toThrow(/does not match/);
  });

  it('says nothing but one of the words', async () => {
    const kid = keyThumbprint(gate.publicKey).subarray(0, 8);
    for (const payload of [
      [1, 7, 4, REPORT.at],
      [1, 7, 'the camera is broken', REPORT.at],
      [1, 7, 2, REPORT.at, 'more'],
      [2, 7, 2, REPORT.at],
      [1, 0, 2, REPORT.at],
    ])
      await expect(
        signDocument('trouble', payload, gate, kid).then((bytes) =>
          openTrouble(bytes, gate.publicKey, crypto),
        ),
      ).rejects.toMatchObject({ code: 'trouble.structure' });
  });
});
