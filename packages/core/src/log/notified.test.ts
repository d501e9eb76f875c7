import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crypto } from '../../test/test-keys.ts';
import { delegate, issuer, root } from '../../test/trust-fixtures.ts';
import { concatBytes, sha256, toHex, utf8Encode } from '../encoding/index.ts';
import { signDocument } from '../signing/index.ts';
import { signerKid } from '../trust/index.ts';
import { concerns, notifiedTag, openNotified, signNotified } from './index.ts';

const noticeOf = (n: number) => sha256(utf8Encode(`notice ${n}`)).slice(0, 16);
const fileOf = (...notices: Uint8Array[]) => ({
  day: '2022-01-06',
  count: notices.length,
  tags: concatBytes(
    ...notices.map(notifiedTag),
    ...Array.from({ length: 64 - notices.length }, (_, i) => sha256(utf8Encode(`pad ${i}`)).slice(0, 8)),
  ),
});

describe('the daily file of lookups', () => {
  it('tells the wallet whose pass it was, and no other', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(5000), { minLength: 2, maxLength: 30 }),
        fc.nat(29),
        (numbers, cut) => {
          const [looked, mine] = [
            numbers.slice(0, cut % numbers.length),
            numbers.slice(cut % numbers.length),
          ];
          const file = fileOf(...looked.map(noticeOf));
          expect(concerns(file, mine.map(noticeOf))).toBe(false);
          for (const n of looked) expect(concerns(file, [...mine, n].map(noticeOf))).toBe(true);
        },
      ),
    );
  });

  it('has a tag of eight bytes that is HMAC-SHA-256 of the notice', async () => {
    const { createHmac } = await import('node:crypto');
    const expected = createHmac('sha256', noticeOf(1)).update('resolved').digest('hex').slice(0, 16);
    expect(toHex(notifiedTag(noticeOf(1)))).toBe(expected);
  });

  it('is read only where a delegate of the root has signed it, as what it is', async () => {
    const file = fileOf(noticeOf(1), noticeOf(2));
    const bytes = await signNotified(file, delegate!);
    expect(await openNotified(bytes, root, crypto)).toEqual(file);
    await expect(openNotified(await signNotified(file, issuer!), root, crypto)).rejects.toMatchObject({
      code: 'trust.signature',
    });
    const turned = bytes.map((byte, i) => (i === bytes.length - 70 ? byte ^ 1 : byte));
    await expect(openNotified(turned, root, crypto)).rejects.toThrow();
  });

  it.each([
    ['without padding', ['2022-01-06', 1, notifiedTag(noticeOf(1))]],
    ['with more real tags than tags', ['2022-01-06', 65, new Uint8Array(512)]],
    ['of no day', ['yesterday', 0, new Uint8Array(512)]],
  ])('%s is refused', async (_what, fields) => {
    const bytes = await signDocument(
      'notified',
      [1, ...fields] as never,
      delegate!,
      signerKid(delegate!.publicKey),
    );
    await expect(openNotified(bytes, root, crypto)).rejects.toMatchObject({ code: 'log.structure' });
  });
});
