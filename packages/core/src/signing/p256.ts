import { concatBytes, fromHex, sha256, toHex } from '../encoding/index.ts';

const SPKI_PREFIX = fromHex('3059301306072a8648ce3d020106082a8648ce3d030107034200');
const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** SubjectPublicKeyInfo (DER, 91 bytes) of a 65-byte uncompressed P-256 point. */
export const spkiFromPoint = (point: Uint8Array): Uint8Array => concatBytes(SPKI_PREFIX, point);

/** The 65-byte point of a P-256 SubjectPublicKeyInfo, or null where it is another kind of key. */
export function pointFromSpki(spki: Uint8Array): Uint8Array | null {
  if (spki.length !== 91 || spki[26] !== 4) return null;
  for (let i = 0; i < SPKI_PREFIX.length; i++) if (spki[i] !== SPKI_PREFIX[i]) return null;
  return spki.slice(26);
}

/** 33-byte compressed form of a 65-byte point. */
export const compressPoint = (point: Uint8Array): Uint8Array =>
  concatBytes(Uint8Array.of(2 + (point[64]! & 1)), point.subarray(1, 33));

/**
 * COSE key thumbprint (RFC 9679 §3, SHA-256) of a P-256 point: over deterministic {1: 2, -1: 1, -2: x, -3: y} with y
 * uncompressed.
 */
export function keyThumbprint(point: Uint8Array): Uint8Array {
  const key = new Uint8Array(75);
  key.set([0xa4, 0x01, 0x02, 0x20, 0x01, 0x21, 0x58, 0x20]);
  key.set(point.subarray(1, 33), 8);
  key.set([0x22, 0x58, 0x20], 40);
  key.set(point.subarray(33, 65), 43);
  return sha256(key);
}

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes)}`);

/** True where a 65-byte point lies on P-256: y² = x³ − 3x + b. */
export function isOnP256(point: Uint8Array): boolean {
  if (point.length !== 65 || point[0] !== 4) return false;
  const [x, y] = [numberOf(point.subarray(1, 33)), numberOf(point.subarray(33))];
  return x < P && y < P && (y * y - ((x * x - 3n) * x + B)) % P === 0n;
}

/** Point decompression (SEC 1 §2.3.4) in plain arithmetic, for platforms without a native one: about 0.15 ms. */
export function decompressP256(x: Uint8Array, yIsOdd: boolean): Uint8Array | null {
  if (x.length !== 32) return null;
  const n = x.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  if (n >= P) return null;
  const square = (((n * n) % P) * n + (P - 3n) * n + B) % P;
  let y = power(square, (P + 1n) / 4n);
  if ((y * y) % P !== square) return null;
  if ((y & 1n) !== (yIsOdd ? 1n : 0n)) y = P - y;
  const out = new Uint8Array(65);
  out[0] = 4;
  out.set(x, 1);
  for (let i = 64; i > 32; i--, y >>= 8n) out[i] = Number(y & 255n);
  return out;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = base, e = exponent; e > 0n; e >>= 1n, b = (b * b) % P) if (e & 1n) result = (result * b) % P;
  return result;
}
