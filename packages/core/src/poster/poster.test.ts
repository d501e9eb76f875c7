import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crypto, testKey } from '../../test/test-keys.ts';
import { bundle } from '../../test/trust-fixtures.ts';
import { isMunjigiError } from '../errors.ts';
import { calendarOf } from '../rules/index.ts';
import { openSubject } from '../sealed/open.ts';
import { keyThumbprint, signDocument } from '../signing/index.ts';
import { signerKid } from '../trust/index.ts';
import {
  MAX_POSTER_BYTES,
  openPoster,
  POSTER_NAME,
  type Poster,
  posterIn,
  posterKeysOf,
  posterLink,
  sealVisit,
  signPoster,
} from './index.ts';

const register = testKey('the line key of a register');
const issuer = testKey('the line key of an issuer');
const channel = testKey('a channel of posters');
const AT = 1_641_445_080;
const POSTER: Poster = {
  venueId: 7,
  posterNo: 2,
  name: '모퉁이 카페',
  kind: 'cafe',
  region: 'seoul',
  channel: keyThumbprint(channel.publicKey),
  madeAt: AT,
};
const WALLET = 'https://wallet.example/wallet/';

describe("a poster's code", () => {
  it('comes back from the link that is printed, and fits a code that a phone reads from a step away', async () => {
    const link = posterLink(WALLET, await signPoster(POSTER, register));
    expect(await openPoster(posterIn(link)!, [register.publicKey], crypto)).toEqual(POSTER);
    // Version 14-L holds 458 bytes.
    expect(link.length).toBeLessThanOrEqual(458);
    const longest = { ...POSTER, name: '가'.repeat(POSTER_NAME), venueId: Number.MAX_SAFE_INTEGER };
    expect((await signPoster(longest, register)).length).toBeLessThanOrEqual(MAX_POSTER_BYTES);
  });

  it('is not believed from another body, from nobody, as another document, nor with one bit changed', async () => {
    const signed = await signPoster(POSTER, register);
    const bodies = new Map([
      ['issuer', [issuer.publicKey]],
      ['register', [register.publicKey]],
    ]);
    const keys = posterKeysOf({ ...bundle, parts: { bodies } });
    expect(keys).toEqual([register.publicKey]);
    expect(posterKeysOf(bundle)).toEqual([]);
    const refusal = (bytes: Uint8Array) =>
      openPoster(bytes, keys, crypto).then(
        () => 'taken',
        (error: { code?: string }) => error.code,
      );
    expect(await refusal(await signPoster(POSTER, issuer))).toBe('signing.unknown-key');
    const asStatus = await signDocument('status', [1], register, signerKid(register.publicKey));
    expect(await refusal(asStatus)).toBe('signing.signature');
    const short = await signDocument('poster', [1, 7], register, signerKid(register.publicKey));
    expect(await refusal(short)).toBe('poster.structure');
    for (let at = 0; at < signed.length; at++) {
      const bent = signed.slice();
      bent[at]! ^= 1;
      expect(await refusal(bent), `byte ${at}`).not.toBe('taken');
    }
    expect(await openPoster(signed, keys, crypto)).toEqual(POSTER);
  });

  it('is read out of anything without a throw, and opened with none but a named one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string({ unit: 'binary' }).map((s) => `#poster=${s}`),
        ),
        fc.uint8Array({ maxLength: 700 }),
        async (text, bytes) => {
          for (const one of [posterIn(text), posterIn(posterLink(WALLET, bytes)), bytes]) {
            if (one === null) continue;
            const error = await openPoster(one, [register.publicKey], crypto).catch((thrown) => thrown);
            expect(isMunjigiError(error)).toBe(true);
          }
        },
      ),
    );
  });
});

describe('an entry of a poster', () => {
  const privateKey = testKey('a day key');
  const dated = {
    ...bundle,
    dayKeys: [{ keyId: 9, day: '2022-01-06', spare: false, publicKey: privateKey.publicKey }],
  };
  const calendar = calendarOf('Asia/Seoul');
  const subject = { kind: 'phone', number: '01000000000' } as const;
  const seal = (from: typeof bundle) =>
    sealVisit({ poster: POSTER, subject, at: AT, bundle: from, calendar, ekm: new Uint8Array(32).fill(3) });

  it('opens at its venue, day and chain, whatever counter and check the register gave it, and nowhere else', async () => {
    const visit = (await seal(dated))!;
    expect(visit).toMatchObject({ at: AT, dayKeyId: 9 });
    const place = {
      venueId: 7,
      day: '2022-01-06',
      gate: POSTER.channel,
      counter: 41,
      check: 'not-required',
      record: 'poster',
      kind: 'entry',
    } as const;
    const open = (change: object) =>
      openSubject({ box: visit.box, place: { ...place, ...change }, privateKey: privateKey.privateKey }).then(
        ({ kind }) => kind,
        (error: { code?: string }) => error.code,
      );
    expect(await open({})).toBe('phone');
    expect(await open({ counter: 1, check: 'not-made' })).toBe('phone');
    for (const moved of [
      { venueId: 8 },
      { day: '2022-01-07' },
      { gate: keyThumbprint(issuer.publicKey) },
      { record: 'call' },
      { kind: 'void' },
    ])
      expect(await open(moved), JSON.stringify(moved)).toBe('sealed.open');
  });

  it('is not made where the bundle has no key', async () => {
    expect(await seal({ ...bundle, dayKeys: [] })).toBeNull();
  });
});
