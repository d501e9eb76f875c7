import { constants, createPublicKey, ECDH, type KeyObject, verify as nodeVerify } from 'node:crypto';
import type { Algorithm, Crypto } from '@munjigi/core/signing';

const fits = (algorithm: Algorithm, key: KeyObject): boolean =>
  algorithm === 'ES256'
    ? key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1'
    : key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'rsa-pss';

/**
 * The platform's native cryptography for servers and the command line: synchronous, with imported keys cached by the
 * identity of their array. A malformed key or signature is `false`, never an error.
 */
export function nodeCrypto(): Crypto {
  const keys = new WeakMap<Uint8Array, KeyObject>();
  const keyOf = (spki: Uint8Array): KeyObject => {
    let key = keys.get(spki);
    if (key === undefined) {
      key = createPublicKey({
        key: Buffer.from(spki.buffer, spki.byteOffset, spki.length),
        format: 'der',
        type: 'spki',
      });
      keys.set(spki, key);
    }
    return key;
  };
  return {
    verify(algorithm, publicKey, data, signature) {
      try {
        const key = keyOf(publicKey);
        if (!fits(algorithm, key)) return false;
        return algorithm === 'ES256'
          ? signature.length === 64 &&
              nodeVerify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature)
          : nodeVerify(
              'sha256',
              data,
              { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
              signature,
            );
      } catch {
        return false;
      }
    },
    decompress(x, yIsOdd) {
      if (x.length !== 32) return null;
      const compressed = new Uint8Array(33);
      compressed[0] = yIsOdd ? 3 : 2;
      compressed.set(x, 1);
      try {
        return new Uint8Array(
          ECDH.convertKey(compressed, 'prime256v1', undefined, undefined, 'uncompressed') as Buffer,
        );
      } catch {
        return null;
      }
    },
  };
}
