import { createPublicKey } from 'node:crypto';
import { decodeCredentialPublicKey } from '@simplewebauthn/server/helpers';

/** Labels and values of a COSE key (RFC 9053 §2.1, §7.1.1). */
const KTY = 1;
const ALG = 3;
const CRV = -1;
const X = -2;
const Y = -3;
const EC2 = 2;
const ES256 = -7;
const P256 = 1;

const isCoordinate = (value: unknown): value is Uint8Array =>
  value instanceof Uint8Array && value.length === 32;

/** The 65-byte point of a COSE key, or null where it is no ES256 key on P-256. */
export function pointOfCose(coseKey: Uint8Array): Uint8Array | null {
  try {
    const key: unknown = decodeCredentialPublicKey(new Uint8Array(coseKey));
    if (!(key instanceof Map)) return null;
    if (key.get(KTY) !== EC2 || key.get(ALG) !== ES256 || key.get(CRV) !== P256) return null;
    const [x, y]: unknown[] = [key.get(X), key.get(Y)];
    if (!isCoordinate(x) || !isCoordinate(y)) return null;
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
    // Nothing was signed yet, so nothing else says that the point is on the curve.
    createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: text(x), y: text(y) } });
    return new Uint8Array([4, ...x, ...y]);
  } catch {
    return null;
  }
}

/**
 * True for an ES256 signature in its one DER form (X.690 §8.3, §10.1; RFC 3279 §2.2.3): two positive integers in their
 * shortest form, of 32 bytes at most. Readers that take more let a signature be rewritten without its key.
 */
export function isDerSignature(der: Uint8Array): boolean {
  if (der.length > 72 || der[0] !== 0x30 || der[1] !== der.length - 2) return false;
  let at = 2;
  for (let integer = 0; integer < 2; integer++) {
    const [tag, size = 0, first = 0, second = 0] = der.subarray(at, at + 4);
    if (tag !== 2 || size < 1 || size > 33 || first > 0x7f) return false;
    if (first === 0 ? size > 1 && second < 0x80 : size > 32) return false;
    at += 2 + size;
  }
  return at === der.length;
}
