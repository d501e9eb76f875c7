import type { Subject } from '@munjigi/core/gate';
import { type SealPlace, sealSubject } from '@munjigi/core/sealed';
import { openSubject } from '@munjigi/core/sealed/open';
import { makePrivateKey, nodeBoxOpener, publicPoint } from '@munjigi/service/crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const key = makePrivateKey();
const place: SealPlace = {
  venueId: 7,
  day: '2022-01-06',
  gate: new Uint8Array(32).fill(3),
  counter: 12,
  check: 'scan',
  record: 'scan',
  kind: 'entry',
};
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const seal = (subject: Subject, ekm: Uint8Array) =>
  sealSubject({ subject, place, dayKey: publicPoint(key), ekm });
const open = (box: Uint8Array, at: SealPlace = place, privateKey: Uint8Array = key) =>
  openSubject({ box, place: at, privateKey, opener: nodeBoxOpener });

describe('boxes opened by native primitives', () => {
  it('say what they say by WebCrypto, whatever is in them', async () => {
    await fc.assert(
      fc.asyncProperty(bytes(32), fc.stringMatching(/^[0-9]{9,11}$/), async (ekm, number) => {
        const box = await seal({ kind: 'phone', number }, ekm);
        const opened = await open(box);
        expect(opened).toEqual({ kind: 'phone', number });
        expect(opened).toEqual(await openSubject({ box, place, privateKey: key }));
      }),
      { numRuns: 40 },
    );
  });

  it('open with no other key, at no other place, and with no bit changed', async () => {
    const box = await seal({ kind: 'phone', number: '01012345678' }, new Uint8Array(32).fill(9));
    const moved = { code: 'sealed.open' };
    await expect(open(box, place, makePrivateKey())).rejects.toMatchObject(moved);
    await expect(open(box, { ...place, counter: 13 })).rejects.toMatchObject(moved);
    await fc.assert(
      fc.asyncProperty(fc.nat(box.length * 8 - 1), async (bit) => {
        const broken = box.slice();
        broken[bit >> 3]! ^= 1 << (bit & 7);
        await expect(open(broken)).rejects.toMatchObject(moved);
      }),
      { numRuns: 60 },
    );
    await expect(open(box)).resolves.toMatchObject({ kind: 'phone' });
  });

  it('do not open from a point off the curve, or one in another form', async () => {
    const box = await seal({ kind: 'phone', number: '01012345678' }, new Uint8Array(32).fill(9));
    const off = Uint8Array.from([4, ...new Uint8Array(31), 4, ...new Uint8Array(32), ...box.slice(65)]);
    const hybrid = Uint8Array.from([6 + (box[64]! & 1), ...box.slice(1)]);
    for (const wrong of [off, hybrid])
      await expect(open(wrong)).rejects.toMatchObject({ code: 'sealed.open' });
  });

  it.each([
    ['zero', new Uint8Array(32)],
    ['beyond the order of the curve', new Uint8Array(32).fill(255)],
    ['of 31 bytes', new Uint8Array(31).fill(1)],
  ])('name a private key that is none: %s', async (_what, privateKey) => {
    const box = await seal({ kind: 'phone', number: '01012345678' }, new Uint8Array(32).fill(9));
    await expect(open(box, place, privateKey)).rejects.toMatchObject({ code: 'sealed.key' });
  });
});
