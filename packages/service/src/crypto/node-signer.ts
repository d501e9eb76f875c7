import { createECDH, createPrivateKey, type KeyObject, sign as nodeSign, randomBytes } from 'node:crypto';
import type { Signer } from '@munjigi/core/signing';

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** A fresh P-256 private scalar: 32 bytes, big-endian, in range. */
export function makePrivateKey(): Uint8Array {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  const d = ecdh.getPrivateKey();
  const out = new Uint8Array(32);
  out.set(d, 32 - d.length);
  return out;
}

/** The 65-byte point of a 32-byte private scalar. */
export function publicPoint(privateKey: Uint8Array): Uint8Array {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(privateKey);
  return new Uint8Array(ecdh.getPublicKey());
}

/** Signs with a 32-byte P-256 scalar through the platform's native ES256. The key is imported once. */
export function nodeSigner(privateKey: Uint8Array): Signer {
  const publicKey = publicPoint(privateKey);
  const key: KeyObject = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: base64url(privateKey),
      x: base64url(publicKey.subarray(1, 33)),
      y: base64url(publicKey.subarray(33)),
    },
  });
  return {
    publicKey,
    sign: (data) => new Uint8Array(nodeSign('sha256', data, { key, dsaEncoding: 'ieee-p1363' })),
  };
}

/** Random bytes of the platform. */
export const random = (size: number): Uint8Array => new Uint8Array(randomBytes(size));
