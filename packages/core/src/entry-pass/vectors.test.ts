import { describe, expect, it } from 'vitest';
import { crypto, grid, qrVersionL, replay, trust, vectors } from '../../test/pass-vectors.ts';
import { base45Decode, fromHex, toHex } from '../encoding/index.ts';
import { inspect } from '../gate/index.ts';
import { keyThumbprint } from '../signing/index.ts';
import { passToBeSigned, presentationToBeSigned, presentPass } from './index.ts';
import { issueLivePass, issuePaperPass } from './issue.ts';

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
