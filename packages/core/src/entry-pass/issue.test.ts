import { describe, expect, it } from 'vitest';
import { crypto, grid, qrVersionL, signerOf, trust, vectors } from '../../test/pass-vectors.ts';
import { base45Decode, fromHex } from '../encoding/index.ts';
import { inspect } from '../gate/index.ts';
import { compressPoint } from '../signing/index.ts';
import { lintPass, presentPass, readPassClaims } from './index.ts';
import { issueLivePass } from './issue.ts';

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
