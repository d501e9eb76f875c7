import { createCipheriv, createDecipheriv } from 'node:crypto';
import { random } from '../crypto/index.ts';

const NONCE = 12;
const TAG = 16;

/** Nonces for sealing so many things, drawn at once. */
export function nonces(count: number): readonly Uint8Array[] {
  const drawn = random(NONCE * count);
  return Array.from({ length: count }, (_, i) => drawn.subarray(NONCE * i, NONCE * (i + 1)));
}

/**
 * Seals bytes at rest under a 32-byte key (AES-256-GCM), bound to their place: nonce, ciphertext, tag.
 * @param nonce one of `nonces`, used this once
 */
export function sealAtRest(
  key: Uint8Array,
  place: Uint8Array,
  plain: Uint8Array,
  nonce: Uint8Array = random(NONCE),
): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(place);
  const sealed = new Uint8Array(NONCE + plain.length + TAG);
  sealed.set(nonce);
  sealed.set(cipher.update(plain), NONCE);
  cipher.final();
  sealed.set(cipher.getAuthTag(), NONCE + plain.length);
  return sealed;
}

/** Opens what `sealAtRest` sealed for the same place, or null under another key or at another place. */
export function openAtRest(key: Uint8Array, place: Uint8Array, sealed: Uint8Array): Uint8Array | null {
  if (sealed.length < NONCE + TAG) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE)).setAAD(place);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  try {
    return new Uint8Array(
      Buffer.concat([decipher.update(sealed.subarray(NONCE, sealed.length - TAG)), decipher.final()]),
    );
  } catch {
    return null;
  }
}
