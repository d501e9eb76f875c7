import { readFileSync } from 'node:fs';
import { correction, generate } from 'lean-qr';
import { describe, expect, it } from 'vitest';
import { base45Decode, base45Encode, fromHex, toHex } from '../encoding/index.ts';
import { inspect } from '../gate/index.ts';
import type { Step } from '../gate/types.ts';
import { compressPoint, keyThumbprint, type Signer, spkiFromPoint, webCrypto } from '../signing/index.ts';
import { trustFromKeys } from '../trust/keys.ts';
import type { TrustedKey } from '../trust/types.ts';
import {
  lintPass,
  parsePass,
  passToBeSigned,
  presentationToBeSigned,
  presentPass,
  readPassClaims,
} from './index.ts';
import { issueLivePass, issuePaperPass } from './issue.ts';

interface Vector {
  readonly name: string;
  readonly kind: 'live' | 'paper';
  readonly exp: number;
  readonly drawnAt?: number;
  readonly lane?: 0 | 1;
  readonly kid: string;
  readonly entry: readonly [number, number, number?];
  readonly bytes: number;
  readonly qrVersionL?: number;
  readonly handle: string;
  readonly thumbprint?: string;
  readonly claims?: string;
  readonly passToBeSigned?: string;
  readonly issuerSignature?: string;
  readonly presentationPayload?: string;
  readonly presentationToBeSigned?: string;
  readonly holderSignature?: string;
  readonly text: string;
}
interface Vectors {
  readonly issuer: { readonly privateKey: string; readonly publicKey: string };
  readonly holder: { readonly privateKey: string; readonly publicKey: string };
  readonly valid: readonly Vector[];
  readonly invalid: readonly { readonly name: string; readonly fails: Step; readonly text: string }[];
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../../vectors/mj1-pass.json', import.meta.url), 'utf8'),
) as Vectors;
const subtle = globalThis.crypto.subtle;
const crypto = webCrypto(subtle as never);
const grid = { timeZone: 'Asia/Seoul' };
const kids = ['01', '012c'];
const issuerKey = (usage: 'pass' | 'specimen', keyId: string): TrustedKey => ({
  format: 'entry-pass',
  keyId,
  publicKey: spkiFromPoint(fromHex(vectors.issuer.publicKey)),
  algorithm: 'ES256',
  issuer: 'test issuer',
  usage: [usage],
  from: null,
  until: null,
  withdrawn: false,
});
const trust = trustFromKeys(
  kids.map((kid) => issuerKey('pass', kid)),
  grid,
);

async function signerOf(party: { privateKey: string; publicKey: string }): Promise<Signer> {
  const url = (hex: string) => Buffer.from(hex, 'hex').toString('base64url');
  const point = party.publicKey;
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: url(party.privateKey),
    x: url(point.slice(2, 66)),
    y: url(point.slice(66)),
  };
  const key = await subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  return {
    publicKey: fromHex(point),
    sign: async (data) =>
      new Uint8Array(
        await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, data as Uint8Array<ArrayBuffer>),
      ),
  };
}
/** A signer whose signature is given: to rebuild a vector byte by byte. */
const replay = (publicKey: string, signature: string, expected: string): Signer => ({
  publicKey: fromHex(publicKey),
  sign(data) {
    expect(toHex(data)).toBe(expected);
    return fromHex(signature);
  },
});
const qrVersionL = (text: string) =>
  (generate(text, { minCorrectionLevel: correction.L, maxCorrectionLevel: correction.L }).size - 17) / 4;
const PREFIX = 'MJ1:';

describe('vectors of the pass', () => {
  it('are 8 that verify and 18 that fail', () => {
    expect([vectors.valid.length, vectors.invalid.length]).toEqual([8, 18]);
  });

  it.each(vectors.valid.map((v) => [v.name, v] as const))('verifies: %s', async (_name, vector) => {
    const result = await inspect(vector.text, trust, crypto);
    expect(result.reason).toBeNull();
    expect(result.format).toBe('entry-pass');
    expect(result.steps).toMatchObject({
      prefix: 'ok',
      decode: 'ok',
      structure: 'ok',
      issuer: 'ok',
      signature: 'ok',
      keyUsage: 'ok',
    });
    expect(result.keyId).toBe(vector.kid);
    const claim = result.claim;
    if (claim?.kind !== 'pass') throw new Error('the claim of a pass is missing');
    expect(toHex(claim.handle)).toBe(vector.handle);
    expect(claim).toMatchObject({
      form: vector.kind,
      expiresAt: vector.exp,
      admissionClass: vector.entry[0],
      hint: vector.entry[1],
      until: vector.entry[2] ?? null,
      drawnAt: vector.drawnAt ?? null,
      lane: vector.lane === undefined ? null : vector.lane === 1 ? 'slow' : 'usual',
    });
    expect(base45Decode(vector.text.slice(4)).length).toBe(vector.bytes);
    if (vector.qrVersionL) expect(qrVersionL(vector.text)).toBe(vector.qrVersionL);
  });

  it.each(vectors.invalid.map((v) => [v.name, v] as const))('fails: %s', async (_name, vector) => {
    const result = await inspect(vector.text, trust, crypto);
    expect(result.steps[vector.fails]).toBe('failed');
    expect(result.reason).toBe(vector.fails);
    const earlier =
      vector.fails === 'signature'
        ? (['prefix', 'decode', 'structure', 'issuer'] as const)
        : (['prefix', 'decode'] as const);
    for (const step of earlier) expect(result.steps[step]).toBe('ok');
    if (vector.fails === 'structure') expect(result.claim).toBeNull();
    // A code that was signed properly and breaks the layout still has a true signature, and the report says so.
    if (/properly signed/.test(vector.name)) {
      expect(result.steps.signature).toBe(vector.name.startsWith('three-byte kid') ? 'unknown' : 'ok');
    }
  });

  it.each(vectors.valid.filter((v) => v.claims).map((v) => [v.name, v] as const))(
    'are rebuilt byte by byte: %s',
    async (_name, v) => {
      const terms = {
        expiresAt: v.exp,
        admissionClass: v.entry[0],
        hint: v.entry[1],
        until: v.entry[2] ?? null,
        grid,
      };
      const issuer = replay(vectors.issuer.publicKey, v.issuerSignature!, v.passToBeSigned!);
      const kid = fromHex(v.kid);
      if (v.kind === 'paper') {
        expect(await issuePaperPass({ ...terms, handle: fromHex(v.handle) }, issuer, kid)).toBe(v.text);
        return;
      }
      const pass = await issueLivePass(
        { ...terms, holderKey: fromHex(vectors.holder.publicKey) },
        issuer,
        kid,
      );
      expect(toHex(keyThumbprint(fromHex(vectors.holder.publicKey)))).toBe(v.thumbprint);
      const holder = replay(vectors.holder.publicKey, v.holderSignature!, v.presentationToBeSigned!);
      expect(await presentPass(pass, holder, v.drawnAt!, v.lane!)).toBe(v.text);
    },
  );
});

describe('a pass issued and shown', () => {
  const exp = 1641999600;
  const kid = Uint8Array.of(1);

  it('verifies, and its claims read back', async () => {
    const [issuer, holder] = [await signerOf(vectors.issuer), await signerOf(vectors.holder)];
    const pass = await issueLivePass(
      { holderKey: holder.publicKey, expiresAt: exp, admissionClass: 1, hint: 81 },
      issuer,
      kid,
    );
    expect(lintPass(pass, grid)).toEqual([]);
    expect(readPassClaims(pass)).toEqual({
      form: 'live',
      kid,
      expiresAt: exp,
      admissionClass: 1,
      hint: 81,
      until: null,
      holderKey: compressPoint(holder.publicKey),
    });
    const text = await presentPass(pass, holder, 1641430800, 0);
    expect((await inspect(text, trust, crypto)).reason).toBeNull();
  });

  it('is refused when another key would show it', async () => {
    const [issuer, holder] = [await signerOf(vectors.issuer), await signerOf(vectors.holder)];
    const pass = await issueLivePass(
      { holderKey: holder.publicKey, expiresAt: exp, admissionClass: 1, hint: 81 },
      issuer,
      kid,
    );
    await expect(presentPass(pass, issuer, 1641430800, 0)).rejects.toMatchObject({ code: 'pass.key' });
  });

  it.each([
    ['two bits of class', { admissionClass: 3 }],
    ['a class beyond 128', { admissionClass: 256 }],
    ['a hint without a day', { hint: 64 }],
    ['a hint beyond ten bits', { hint: 1024 }],
    ['an end off the grid', { expiresAt: exp + 900, grid }],
    ['an end off the quarter hour', { expiresAt: exp + 1 }],
    ['a class that ends with the pass', { until: exp }],
    ['a class that ends off the grid', { until: exp - 86400 + 900, grid }],
  ])('is never issued with %s', async (_what, wrong) => {
    const [issuer, holder] = [await signerOf(vectors.issuer), await signerOf(vectors.holder)];
    const terms = { expiresAt: exp, admissionClass: 1, hint: 81, holderKey: holder.publicKey, ...wrong };
    await expect(issueLivePass(terms, issuer, kid)).rejects.toMatchObject({ code: 'pass.claims' });
  });

  it('is never issued for a key off the curve, and lint names it', async () => {
    const issuer = await signerOf(vectors.issuer);
    const point = fromHex(vectors.holder.publicKey);
    // x = 4 is on no point of P-256.
    const off = Uint8Array.from([4, ...new Uint8Array(31), 4, ...point.slice(33)]);
    const terms = { expiresAt: exp, admissionClass: 1, hint: 81, holderKey: off };
    await expect(issueLivePass(terms, issuer, kid)).rejects.toMatchObject({ code: 'pass.key' });
  });

  it('keeps to the sizes: ordinary 220 bytes and 9-L, any legal pass 260 bytes and 10-L', async () => {
    const [issuer, holder] = [await signerOf(vectors.issuer), await signerOf(vectors.holder)];
    let largest = 0;
    for (const admissionClass of [0, 1, 2, 4, 8, 16, 32, 64, 128]) {
      for (const hint of [0, 1, 81, 1023]) {
        for (const until of [null, exp - 86400 * 3]) {
          for (const key of [kid, Uint8Array.of(1, 44)]) {
            const terms = { expiresAt: exp, admissionClass, hint, until, holderKey: holder.publicKey };
            const text = await presentPass(await issueLivePass(terms, issuer, key), holder, 1641430800, 1);
            const size = base45Decode(text.slice(4)).length;
            const version = qrVersionL(text);
            largest = Math.max(largest, size);
            expect(size).toBeLessThanOrEqual(260);
            expect(version).toBeLessThanOrEqual(10);
            if (admissionClass <= 16 && until === null && key.length === 1) {
              expect(size).toBeLessThanOrEqual(220);
              expect(version).toBe(9);
            }
          }
        }
      }
    }
    expect(largest).toBe(227);
  });
});

describe('a code that is not what it seems', () => {
  const ordinary = vectors.valid[0]!.text;

  it('of a specimen key is a specimen, its signature true', async () => {
    const result = await inspect(ordinary, trustFromKeys([issuerKey('specimen', '01')], grid), crypto);
    expect(result.reason).toBe('specimen');
    expect(result.steps).toMatchObject({ signature: 'ok', keyUsage: 'failed' });
  });

  it('of an unknown issuer cannot be told, and says nothing of its signature', async () => {
    const result = await inspect(ordinary, trustFromKeys([], grid), crypto);
    expect(result.reason).toBe('issuer-unknown');
    expect(result.steps).toMatchObject({
      structure: 'ok',
      issuer: 'unknown',
      signature: 'unknown',
      keyUsage: 'unknown',
    });
  });

  it('of a withdrawn key is withdrawn', async () => {
    const result = await inspect(
      ordinary,
      trustFromKeys([{ ...issuerKey('pass', '01'), withdrawn: true }], grid),
      crypto,
    );
    expect(result.reason).toBe('withdrawn');
    expect(result.steps).toMatchObject({ signature: 'ok', revocation: 'failed' });
  });

  it('on the list of withdrawn passes is withdrawn', async () => {
    const keys = [issuerKey('pass', '01')];
    const listed = trustFromKeys(keys, grid, { 'entry-pass': [vectors.valid[0]!.handle] });
    expect((await inspect(ordinary, listed, crypto)).reason).toBe('withdrawn');
    expect(
      (await inspect(ordinary, trustFromKeys(keys, grid, { 'entry-pass': ['00'] }), crypto)).steps.revocation,
    ).toBe('ok');
    expect((await inspect(ordinary, trust, crypto)).steps.revocation).toBe('unknown');
  });

  it('ends off the Korean midnight but on a quarter hour: legal only where no grid is known', async () => {
    const [issuer, holder] = [await signerOf(vectors.issuer), await signerOf(vectors.holder)];
    const terms = { expiresAt: 1641999600 + 900, admissionClass: 1, hint: 81, holderKey: holder.publicKey };
    const text = await presentPass(
      await issueLivePass(terms, issuer, Uint8Array.of(1)),
      holder,
      1641430800,
      0,
    );
    expect((await inspect(text, trustFromKeys([issuerKey('pass', '01')], null), crypto)).reason).toBeNull();
    expect((await inspect(text, trust, crypto)).reason).toBe('structure');
  });

  it('with a holder key off the curve breaks the structure and nothing crashes', async () => {
    const bytes = base45Decode(ordinary.slice(4));
    const at = toHex(bytes).indexOf(vectors.holder.publicKey.slice(2, 66)) / 2;
    bytes.fill(0, at, at + 31);
    bytes[at + 31] = 4;
    const result = await inspect(PREFIX + base45Encode(bytes), trust, crypto);
    expect(result.steps).toMatchObject({ structure: 'failed', signature: 'failed' });
    expect(result.claim).toBeNull();
  });

  it.each([
    '',
    'MJ1:',
    'mj1:ABC',
    'MJ1:A',
    'MJ1:abc',
    'MJ1::::',
    `MJ1:${'0'.repeat(4001)}`,
    `MJ1:${'0'.repeat(100_000)}`,
    'https://example.org/q?x=1',
    '00020101021126580011kr.zeropay',
    '안녕하세요',
    'HC2:ABC',
  ])('is garbage and gets a reason: %.30s', async (text) => {
    const result = await inspect(text, trust, crypto);
    expect(result.reason).toMatch(/^(not-a-pass|decode|structure)$/);
    expect(result.claim).toBeNull();
  });

  it('is judged as far as it can be read', () => {
    expect(parsePass('MJ1:00', grid).steps).toMatchObject({
      prefix: 'ok',
      decode: 'ok',
      structure: 'failed',
      validity: 'not-reached',
    });
    expect(parsePass('nothing', grid).steps).toMatchObject({
      prefix: 'failed',
      decode: 'not-reached',
      structure: 'not-reached',
    });
  });
});

describe('to-be-signed bytes', () => {
  it('bind the presentation to its key by 35 bytes that are on no wire', () => {
    const v = vectors.valid[0]!;
    const built = presentationToBeSigned(
      fromHex(v.thumbprint!),
      fromHex('a10126'),
      fromHex(v.presentationPayload!),
    );
    expect(toHex(built)).toBe(v.presentationToBeSigned);
    expect(toHex(passToBeSigned(fromHex('a20126044101'), fromHex(v.claims!)))).toBe(v.passToBeSigned);
  });
});
