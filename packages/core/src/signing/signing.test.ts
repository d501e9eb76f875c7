import { ECDH, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeDeterministic, fromHex, sha256, toHex } from '../encoding/index.ts';
import {
  compressPoint,
  type DocumentKind,
  decompressP256,
  keyThumbprint,
  openDocument,
  parseDocument,
  pointFromSpki,
  type Signer,
  signDocument,
  spkiFromPoint,
  toBeSigned,
  webCrypto,
} from './index.ts';

const crypto = webCrypto(globalThis.crypto.subtle as never);

function makeSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    publicKey: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })).slice(26),
    sign: (data) => new Uint8Array(sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' })),
  };
}

describe('P-256 points', () => {
  it('come back from their compressed form', () => {
    for (let i = 0; i < 40; i++) {
      const { publicKey } = makeSigner();
      const compressed = compressPoint(publicKey);
      expect(decompressP256(compressed.subarray(1), compressed[0] === 3)).toEqual(publicKey);
      expect(pointFromSpki(spkiFromPoint(publicKey))).toEqual(publicKey);
    }
  });

  it('agree with the platform on every x, on the curve or off it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.boolean(), (x, odd) => {
        let expected: Uint8Array | null = null;
        try {
          const compressed = Buffer.concat([Buffer.of(odd ? 3 : 2), x]);
          expected = new Uint8Array(
            ECDH.convertKey(compressed, 'prime256v1', undefined, undefined, 'uncompressed') as Buffer,
          );
        } catch {
          // No such point.
        }
        expect(decompressP256(x, odd)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['x is p itself', 'ffffffff00000001000000000000000000000000ffffffffffffffffffffffff'],
    ['x is beyond p', 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'],
    ['x has no point', '0000000000000000000000000000000000000000000000000000000000000004'],
    ['x is short', '05'],
  ])('are refused where %s', (_what, x) => {
    expect(decompressP256(fromHex(x), false)).toBeNull();
  });

  it('have the thumbprint of RFC 9679 over their COSE key', () => {
    const { publicKey } = makeSigner();
    const key = new Map<number, number | Uint8Array>([
      [1, 2],
      [-1, 1],
      [-2, publicKey.slice(1, 33)],
      [-3, publicKey.slice(33)],
    ]);
    expect(toHex(keyThumbprint(publicKey))).toBe(toHex(sha256(encodeDeterministic(key))));
  });

  it('are taken from no other kind of key', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
      type: 'spki',
      format: 'der',
    });
    const p384 = generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).publicKey.export({
      type: 'spki',
      format: 'der',
    });
    expect(pointFromSpki(new Uint8Array(rsa))).toBeNull();
    expect(pointFromSpki(new Uint8Array(p384))).toBeNull();
    expect(pointFromSpki(new Uint8Array(91))).toBeNull();
  });
});

describe('to-be-signed bytes', () => {
  it('are the deterministic array of RFC 9052, at every length of head', () => {
    for (const size of [0, 1, 23, 24, 255, 256, 65535, 65536]) {
      const part = new Uint8Array(size).fill(7);
      for (const parts of [
        [part, new Uint8Array(0), new Uint8Array(0)],
        [new Uint8Array(0), part, new Uint8Array(3)],
        [new Uint8Array(1), new Uint8Array(35), part],
      ] as const) {
        expect(toBeSigned(...parts)).toEqual(encodeDeterministic(['Signature1', ...parts]));
      }
    }
  });
});

describe('signed documents', () => {
  const kid = fromHex('0102');
  const payload = new Map<number, string | number>([
    [1, 'what counts'],
    [2, 42],
  ]);

  it('open under the key that their kid names, and only as what they are', async () => {
    const signer = makeSigner();
    const keyOf = (named: Uint8Array) =>
      toHex(named) === '0102' ? spkiFromPoint(signer.publicKey) : undefined;
    const bytes = await signDocument('now', payload, signer, kid);
    expect(await openDocument('now', bytes, keyOf, crypto)).toEqual(payload);
    for (const kind of ['bundle', 'root', 'clock', 'batch', 'receipt'] as DocumentKind[]) {
      await expect(openDocument(kind, bytes, keyOf, crypto)).rejects.toMatchObject({
        code: 'signing.signature',
      });
    }
    await expect(openDocument('now', bytes, () => undefined, crypto)).rejects.toMatchObject({
      code: 'signing.unknown-key',
    });
    const other = makeSigner();
    await expect(
      openDocument('now', bytes, () => spkiFromPoint(other.publicKey), crypto),
    ).rejects.toMatchObject({ code: 'signing.signature' });
  });

  it('are refused after any change of any byte', async () => {
    const signer = makeSigner();
    const spki = spkiFromPoint(signer.publicKey);
    const bytes = await signDocument('receipt', payload, signer, kid);
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at]! ^= 1;
      // The kid is signed too: a document under another kid does not verify even where that kid names the same key.
      await expect(
        openDocument('receipt', changed, () => spki, crypto),
        `byte ${at}`,
      ).rejects.toMatchObject({ name: 'MunjigiError' });
    }
  });

  it.each([
    [
      'an unprotected header',
      [fromHex('a2012604420102'), new Map([[4, 1]]), fromHex('01'), new Uint8Array(64)],
    ],
    ['another algorithm', [fromHex('a201382204420102'), new Map(), fromHex('01'), new Uint8Array(64)]],
    ['a short signature', [fromHex('a2012604420102'), new Map(), fromHex('01'), new Uint8Array(63)]],
    ['no kid', [fromHex('a10126'), new Map(), fromHex('01'), new Uint8Array(64)]],
    ['three parts', [fromHex('a2012604420102'), new Map(), fromHex('01')]],
  ])('are refused with %s', (_what, outer) => {
    expect(() => parseDocument('now', encodeDeterministic(outer as never))).toThrow(
      expect.objectContaining({ code: 'signing.structure' }),
    );
  });
});

describe('WebCrypto', () => {
  it('answers false to keys and signatures of any other shape, and to the wrong algorithm, without spoiling the key', async () => {
    const signer = makeSigner();
    const spki = spkiFromPoint(signer.publicKey);
    const data = fromHex('010203');
    const signature = await signer.sign(data);
    expect(await crypto.verify('PS256', spki, data, signature)).toBe(false);
    expect(await crypto.verify('ES256', spki, data, signature)).toBe(true);
    expect(await crypto.verify('ES256', spki, data, signature.subarray(1))).toBe(false);
    expect(await crypto.verify('ES256', new Uint8Array(5), data, signature)).toBe(false);
  });
});
