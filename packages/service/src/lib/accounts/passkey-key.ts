import { createPublicKey } from 'node:crypto';
import { cose, decodeCredentialPublicKey } from '@simplewebauthn/server/helpers';

const P256 = 1;

/** The 65-byte point of a COSE key, or null where it is no ES256 key on P-256 (RFC 9053 §2.1, §7.1.1). */
export function pointOfCose(coseKey: Uint8Array): Uint8Array | null {
  let key: ReturnType<typeof decodeCredentialPublicKey>;
  try {
    key = decodeCredentialPublicKey(new Uint8Array(coseKey));
  } catch {
    return null;
  }
  if (!cose.isCOSEPublicKeyEC2(key) || key.get(cose.COSEKEYS.alg) !== cose.COSEALG.ES256) return null;
  const [crv, x, y] = [cose.COSEKEYS.crv, cose.COSEKEYS.x, cose.COSEKEYS.y].map((name) =>
    key.get(name as never),
  );
  const [xBytes, yBytes] = [x as unknown, y as unknown];
  if (crv !== P256 || !(xBytes instanceof Uint8Array) || !(yBytes instanceof Uint8Array)) return null;
  if (xBytes.length !== 32 || yBytes.length !== 32) return null;
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
  try {
    // Nothing was signed yet, so nothing else says that the point is on the curve.
    createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: text(xBytes), y: text(yBytes) } });
  } catch {
    return null;
  }
  return new Uint8Array([4, ...xBytes, ...yBytes]);
}
