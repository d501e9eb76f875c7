import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Aes128Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testKey } from '../../test/test-keys.ts';
import { fromHex, sha256, toHex, utf8Encode } from '../encoding/index.ts';
import type { FormatName, Subject } from '../gate/types.ts';
import { type SealPlace, sealSubject } from './index.ts';
import { openSubject } from './open.ts';
import { subjectFromPlaintext, subjectToPlaintext } from './plaintext.ts';

const authority = testKey('mj1 test day key');
const fill = (n: number, size: number) => new Uint8Array(size).fill(n);
const place: SealPlace = {
  venueId: 7,
  day: '2022-01-06',
  gate: fill(1, 32),
  counter: 12,
  check: 'scan',
  record: 'scan',
  kind: 'entry',
};
const ekm = (n: number) => sha256(Uint8Array.of(n));
const pass: Subject = {
  kind: 'pass',
  kid: Uint8Array.of(1),
  holderKey: fill(2, 33),
  drawnAt: 1_641_430_800,
  lane: 0,
  signature: fill(0, 64),
};
const seal = (subject: Subject, n = 1) =>
  sealSubject({ subject, place, dayKey: authority.publicKey, ekm: ekm(n) });
const open = (box: Uint8Array, at: SealPlace = place) =>
  openSubject({ box, place: at, privateKey: authority.privateKey });

describe('a sealed subject', () => {
  it.each<Subject>([
    pass,
    { kind: 'foreign', format: 'hcert', identifier: 'URN:UVCI:01:NL:187/37512422923' },
    { kind: 'phone', number: '01012345678' },
    { kind: 'safety-code', code: '가12나34' },
    { kind: 'paper-pass', kid: Uint8Array.of(1, 2), handle: fill(0, 16) },
    { kind: 'sheet-line', line: '3쪽 12' },
  ])('of kind $kind has 193 bytes, whatever it says, and opens to what was sealed', async (subject) => {
    const box = await seal(subject);
    expect(box).toHaveLength(193);
    expect(await open(box)).toEqual(subject);
  });

  it('is refused when it is moved to any other place', async () => {
    const box = await seal(pass);
    const elsewhere: Partial<SealPlace>[] = [
      { venueId: 8 },
      { day: '2022-01-07' },
      { gate: fill(2, 32) },
      { counter: 13 },
      { check: 'eye' },
      { record: 'typed' },
      { kind: 'void' },
    ];
    for (const change of elsewhere)
      await expect(open(box, { ...place, ...change })).rejects.toMatchObject({ code: 'sealed.open' });
  });

  it('is refused under another key, cut short or altered in any part', async () => {
    const box = await seal(pass);
    await expect(
      openSubject({ box, place, privateKey: testKey('another').privateKey }),
    ).rejects.toMatchObject({ code: 'sealed.open' });
    await expect(open(box.slice(0, -1))).rejects.toMatchObject({ code: 'sealed.open' });
    for (const at of [0, 40, 70, 192])
      await expect(open(box.map((b, i) => (i === at ? b ^ 1 : b)))).rejects.toMatchObject({
        code: 'sealed.open',
      });
    await expect(openSubject({ box, place, privateKey: fill(1, 31) })).rejects.toMatchObject({
      code: 'sealed.key',
    });
  });

  it('never looks the same twice for one guest', async () => {
    expect(toHex(await seal(pass, 1))).not.toBe(toHex(await seal(pass, 2)));
  });

  it('is the same box for the same randomness, so that vectors can pin it', async () => {
    expect(toHex(await seal(pass, 1))).toBe(toHex(await seal(pass, 1)));
  });

  it('is not made with a broken day key, too little randomness or a text that does not fit', async () => {
    const task = { subject: pass, place, ekm: ekm(1) };
    await expect(sealSubject({ ...task, dayKey: fill(4, 65) })).rejects.toMatchObject({ code: 'sealed.key' });
    await expect(
      sealSubject({ ...task, dayKey: authority.publicKey, ekm: fill(1, 16) }),
    ).rejects.toMatchObject({ code: 'sealed.key' });
    await expect(seal({ kind: 'sheet-line', line: '줄'.repeat(60) })).rejects.toMatchObject({
      code: 'sealed.too-long',
    });
  });

  it('keeps the hash of a foreign identifier that is too long', async () => {
    const identifier = `URN:UVCI:${'X'.repeat(100)}`;
    expect(await open(await seal({ kind: 'foreign', format: 'hcert', identifier }))).toEqual({
      kind: 'foreign',
      format: 'hcert',
      identifier: `sha256:${toHex(sha256(utf8Encode(identifier)))}`,
    });
  });
});

describe('the plaintext', () => {
  const bytes = (n: number) => fc.uint8Array({ minLength: n, maxLength: n });
  const subjects: fc.Arbitrary<Subject> = fc.oneof(
    fc.record({
      kind: fc.constant('pass' as const),
      kid: fc.uint8Array({ minLength: 1, maxLength: 2 }),
      holderKey: bytes(33),
      drawnAt: fc.nat(0xffffffff),
      lane: fc.constantFrom(0 as const, 1 as const),
      signature: bytes(64),
    }),
    fc.record({
      kind: fc.constant('foreign' as const),
      format: fc.constantFrom<FormatName>('hcert', 'shc', 'nzcp', 'ddcc', 'vds-nc', 'vc-jwt', 'entry-pass'),
      identifier: fc.string({ maxLength: 80 }),
    }),
    fc.record({ kind: fc.constant('phone' as const), number: fc.string({ maxLength: 30 }) }),
    fc.record({ kind: fc.constant('paper-pass' as const), kid: bytes(1), handle: bytes(16) }),
  );

  it('fits into 112 bytes and comes back, zeros at its end included', () => {
    fc.assert(
      fc.property(subjects, (subject) => {
        const padded = subjectToPlaintext(subject);
        expect(padded).toHaveLength(112);
        expect(subjectFromPlaintext(padded)).toEqual(subject);
      }),
    );
  });

  it('of any other shape is not taken for a subject', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 112, maxLength: 112 }), (noise) => {
        expect(() => subjectFromPlaintext(noise)).toThrow('not a subject');
      }),
    );
    const padded = subjectToPlaintext({ kind: 'phone', number: '010' });
    padded[111] = 1;
    expect(() => subjectFromPlaintext(padded)).toThrow('not a subject');
  });
});

const folder =
  process.env.MUNJIGI_CONFORMANCE ??
  fileURLToPath(new URL('../../../../../shared/conformance', import.meta.url));
const file = join(folder, 'hpke', 'rfc9180-dhkem-p256.json');

describe.skipIf(!existsSync(file))(
  `HPKE by the vectors of RFC 9180 (${existsSync(file) ? 'found' : 'hpke/rfc9180-dhkem-p256.json is missing'})`,
  () => {
    interface Setup {
      mode: string;
      kdf_id: string;
      aead_id: string;
      info: string;
      ikmE: string;
      enc: string;
      pkRm: string;
      skRm: string;
      encryptions: { pt: string; aad: string; ct: string }[];
    }
    const setups = (): Setup[] =>
      (JSON.parse(readFileSync(file, 'utf8')) as Setup[]).filter(
        (s) => s.mode === '0' && s.kdf_id === '1' && s.aead_id === '1',
      );

    it('the suite that seals subjects makes and opens every ciphertext of the RFC', async () => {
      const suite = new CipherSuite({
        kem: new DhkemP256HkdfSha256(),
        kdf: new HkdfSha256(),
        aead: new Aes128Gcm(),
      });
      let checked = 0;
      for (const s of setups()) {
        const info = fromHex(s.info);
        const sender = await suite.createSenderContext({
          recipientPublicKey: await suite.kem.deserializePublicKey(fromHex(s.pkRm)),
          info,
          ekm: fromHex(s.ikmE),
        });
        expect(toHex(new Uint8Array(sender.enc))).toBe(s.enc);
        const recipient = await suite.createRecipientContext({
          recipientKey: await suite.kem.deserializePrivateKey(fromHex(s.skRm)),
          enc: fromHex(s.enc),
          info,
        });
        // The six encryptions of a setup have these sequence numbers: the others are made and thrown away.
        const wanted = new Map([0, 1, 2, 4, 255, 256].map((n, i) => [n, s.encryptions[i]!]));
        for (let n = 0; n <= 256; n++) {
          const e = wanted.get(n);
          const box = new Uint8Array(await sender.seal(fromHex(e?.pt ?? '00'), fromHex(e?.aad ?? '')));
          const back = new Uint8Array(await recipient.open(box, fromHex(e?.aad ?? '')));
          if (!e) continue;
          expect(toHex(box)).toBe(e.ct);
          expect(toHex(back)).toBe(e.pt);
          checked += 1;
        }
      }
      expect(checked).toBe(6);
    });
  },
);
