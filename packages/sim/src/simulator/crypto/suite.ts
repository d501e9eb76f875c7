import { createHmac, createPrivateKey, sign as nodeSign } from 'node:crypto';
import type { Subject } from '@munjigi/core/gate';
import { type SealPlace, sealSubject } from '@munjigi/core/sealed';
import { type Crypto, pointFromSpki, type Signer } from '@munjigi/core/signing';
import { nodeCrypto } from '@munjigi/service/crypto';
import type { Kernel } from '../kernel/kernel.ts';
import { sealAtPlace } from './boxes.ts';
import { keyOf, keyWithX, type SimKey } from './keys.ts';

export interface Sealing {
  readonly subject: Subject;
  readonly place: SealPlace;
  readonly dayKey: Uint8Array;
  readonly ekm: Uint8Array;
}

/** The cryptography of one run, real or standing in: same shapes, and what is not signed by a key does not verify under it. */
export interface Suite {
  readonly kind: 'stand-in' | 'real';
  readonly crypto: Crypto;
  signerOf(key: SimKey): Signer;
  seal(task: Sealing): Promise<Uint8Array>;
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** 64 bytes that only the private key makes: an HMAC under it, twice. */
function standInSignature(key: SimKey, data: Uint8Array): Uint8Array {
  const half = createHmac('sha256', key.privateKey).update(data).digest();
  const signature = new Uint8Array(64);
  signature.set(half);
  signature.set(half, 32);
  return signature;
}

/**
 * Signatures by HMAC under the private key, which the verifier looks up by the public one: as hard to forge inside the simulation
 * as the real ones, and fifty times faster. Points, key ids, lengths and places are the real ones.
 */
function standIn(): Suite {
  const verified = (point: Uint8Array | null, data: Uint8Array, signature: Uint8Array): boolean => {
    const key = point && point.length === 65 ? keyWithX(point.subarray(1, 33)) : undefined;
    return (
      key !== undefined &&
      equal(key.publicKey, point!) &&
      signature.length === 64 &&
      equal(standInSignature(key, data), signature)
    );
  };
  return {
    kind: 'stand-in',
    crypto: {
      verify: (algorithm, spki, data, signature) =>
        algorithm === 'ES256' && verified(pointFromSpki(spki), data, signature),
      verifyOnce: verified,
      decompress(x, yIsOdd) {
        const key = x.length === 32 ? keyWithX(x) : undefined;
        return key && (key.publicKey[64]! & 1) === (yIsOdd ? 1 : 0) ? key.publicKey : null;
      },
    },
    signerOf: (key) => ({ publicKey: key.publicKey, sign: (data) => standInSignature(key, data) }),
    seal: async (task) => sealAtPlace(task),
  };
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** The platform's own ECDSA, and HPKE as browsers do it: virtual time stands still meanwhile. */
function real(kernel: Kernel): Suite {
  return {
    kind: 'real',
    crypto: nodeCrypto(),
    signerOf(key) {
      const { privateKey, publicKey } = key;
      const jwk = {
        kty: 'EC',
        crv: 'P-256',
        d: base64url(privateKey),
        x: base64url(publicKey.subarray(1, 33)),
        y: base64url(publicKey.subarray(33)),
      };
      const handle = createPrivateKey({ key: jwk, format: 'jwk' });
      return {
        publicKey,
        sign: (data) => new Uint8Array(nodeSign('sha256', data, { key: handle, dsaEncoding: 'ieee-p1363' })),
      };
    },
    seal: (task) => kernel.outside(() => sealSubject(task)),
  };
}

export const suiteOf = (kind: Suite['kind'], kernel: Kernel): Suite =>
  kind === 'real' ? real(kernel) : standIn();

/** Draws the keys of one run: it begins at a place of its own in the one long row of keys. */
export class KeyRing {
  static readonly #PLACES = 4_096;
  #next: number;

  constructor(start: number) {
    this.#next = start % KeyRing.#PLACES;
  }

  next(): SimKey {
    return keyOf(this.#next++);
  }
}
