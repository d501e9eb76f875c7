import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { concatBytes, toBase64url } from '../src/encoding/index.ts';
import { type Signer, webCrypto } from '../src/signing/index.ts';

/** The platform's WebCrypto, as a browser hands it in. */
export const crypto = webCrypto(globalThis.crypto.subtle as unknown as Parameters<typeof webCrypto>[0]);

/** A test key whose private scalar is SHA-256 of its name: the same on every run and in every language. */
export interface TestKey extends Signer {
  readonly privateKey: Uint8Array;
}

const PKCS8 = Buffer.from('308141020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420', 'hex');

export function testKey(name: string): TestKey {
  const privateKey = new Uint8Array(createHash('sha256').update(name).digest());
  const key: KeyObject = createPrivateKey({
    key: Buffer.concat([PKCS8, privateKey]),
    format: 'der',
    type: 'pkcs8',
  });
  const { x, y } = createPublicKey(key).export({ format: 'jwk' });
  return {
    privateKey,
    publicKey: concatBytes(Uint8Array.of(4), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')),
    sign: (data) => new Uint8Array(sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' })),
  };
}

export const jwkOf = (key: TestKey) => ({
  kty: 'EC',
  crv: 'P-256',
  x: toBase64url(key.publicKey.slice(1, 33)),
  y: toBase64url(key.publicKey.slice(33)),
  d: toBase64url(key.privateKey),
});
