import { decompressP256 } from './p256.ts';
import type { Algorithm, Crypto } from './types.ts';

/** The part of SubtleCrypto that is used, so that core needs no DOM types. */
export interface SubtleLike {
  importKey(
    format: 'spki',
    key: Uint8Array,
    algorithm: object,
    extractable: boolean,
    usages: ['verify'],
  ): Promise<unknown>;
  verify(algorithm: object, key: never, signature: Uint8Array, data: Uint8Array): Promise<boolean>;
}

const IMPORT: Record<Algorithm, object> = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
};
const VERIFY: Record<Algorithm, object> = {
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', saltLength: 32 },
};

/** Cryptography through a browser's SubtleCrypto. Keys are cached by the identity of their array. */
export function webCrypto(subtle: SubtleLike): Crypto {
  const cache: Record<Algorithm, WeakMap<Uint8Array, Promise<unknown>>> = {
    ES256: new WeakMap(),
    PS256: new WeakMap(),
  };
  return {
    async verify(algorithm, publicKey, data, signature) {
      try {
        const keys = cache[algorithm];
        let key = keys.get(publicKey);
        if (!key) {
          key = subtle.importKey('spki', publicKey, IMPORT[algorithm], false, ['verify']);
          keys.set(publicKey, key);
        }
        return await subtle.verify(VERIFY[algorithm], (await key) as never, signature, data);
      } catch {
        return false;
      }
    },
    decompress: decompressP256,
  };
}
