import { readFileSync } from 'node:fs';
import { correction, generate } from 'lean-qr';
import { expect } from 'vitest';
import { fromHex, toHex } from '../src/encoding/index.ts';
import type { Step } from '../src/gate/types.ts';
import { type Signer, spkiFromPoint, webCrypto } from '../src/signing/index.ts';
import { trustFromKeys } from '../src/trust/keys.ts';
import type { TrustedKey } from '../src/trust/types.ts';

export interface Vector {
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
export interface Vectors {
  readonly issuer: { readonly privateKey: string; readonly publicKey: string };
  readonly holder: { readonly privateKey: string; readonly publicKey: string };
  readonly valid: readonly Vector[];
  readonly invalid: readonly { readonly name: string; readonly fails: Step; readonly text: string }[];
}

export const vectors = JSON.parse(
  readFileSync(new URL('../../../vectors/mj1-pass.json', import.meta.url), 'utf8'),
) as Vectors;
export const subtle = globalThis.crypto.subtle;
export const crypto = webCrypto(subtle as never);
export const grid = { timeZone: 'Asia/Seoul' };
export const kids = ['01', '012c'];
export const issuerKey = (usage: 'pass' | 'specimen', keyId: string): TrustedKey => ({
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
export const trust = trustFromKeys(
  kids.map((kid) => issuerKey('pass', kid)),
  grid,
);

export async function signerOf(party: { privateKey: string; publicKey: string }): Promise<Signer> {
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
export const replay = (publicKey: string, signature: string, expected: string): Signer => ({
  publicKey: fromHex(publicKey),
  sign(data) {
    expect(toHex(data)).toBe(expected);
    return fromHex(signature);
  },
});
export const qrVersionL = (text: string) =>
  (generate(text, { minCorrectionLevel: correction.L, maxCorrectionLevel: correction.L }).size - 17) / 4;
export const PREFIX = 'MJ1:';
