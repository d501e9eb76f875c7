import type { Crypto } from '@munjigi/core/signing';

/** The point of a compressed key, or null where it is none. */
export function pointOf(compressed: Uint8Array, crypto: Crypto): Uint8Array | null {
  const [sign] = compressed;
  if (compressed.length !== 33 || (sign !== 2 && sign !== 3)) return null;
  return crypto.decompress(compressed.subarray(1), sign === 3);
}
