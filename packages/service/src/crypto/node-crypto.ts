import { constants, createPublicKey, ECDH, type KeyObject, verify as nodeVerify } from 'node:crypto';
import { type Algorithm, type Crypto, pointFromSpki } from '@munjigi/core/signing';

/** An imported key, and the one algorithm that it is good for; null for a key of another kind. */
interface Imported {
  readonly key: KeyObject;
  readonly algorithm: Algorithm | null;
}

const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

/**
 * A P-256 point as a JWK: OpenSSL's DER decoders take twice as long as everything else that an import does, and a holder key
 * is imported for one signature only.
 */
function jwkOf(point: Uint8Array) {
  const bytes = view(point);
  const x = bytes.toString('base64url', 1, 33);
  const y = bytes.toString('base64url', 33, 65);
  return { key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' } as const;
}

function importKey(spki: Uint8Array): Imported {
  const point = pointFromSpki(spki);
  if (point !== null) return { key: createPublicKey(jwkOf(point)), algorithm: 'ES256' };
  const key = createPublicKey({ key: view(spki), format: 'der', type: 'spki' });
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return { key, algorithm: 'ES256' };
  return { key, algorithm: type === 'rsa' || type === 'rsa-pss' ? 'PS256' : null };
}

/**
 * The platform's native cryptography for servers and the command line: synchronous, with imported keys cached by the
 * identity of their array. A malformed key or signature is `false`, never an error.
 */
export function nodeCrypto(): Crypto {
  const keys = new WeakMap<Uint8Array, Imported>();
  return {
    verify(algorithm, publicKey, data, signature) {
      try {
        let imported = keys.get(publicKey);
        if (imported === undefined) {
          imported = importKey(publicKey);
          keys.set(publicKey, imported);
        }
        if (imported.algorithm !== algorithm) return false;
        const { key } = imported;
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
    verifyOnce(point, data, signature) {
      try {
        if (point.length !== 65 || point[0] !== 4 || signature.length !== 64) return false;
        return nodeVerify('sha256', data, { ...jwkOf(point), dsaEncoding: 'ieee-p1363' }, signature);
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
        const point = ECDH.convertKey(
          compressed,
          'prime256v1',
          undefined,
          undefined,
          'uncompressed',
        ) as Buffer;
        return new Uint8Array(point.buffer, point.byteOffset, point.length);
      } catch {
        return null;
      }
    },
  };
}
