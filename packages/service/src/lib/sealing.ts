import { createCipheriv, createDecipheriv } from 'node:crypto';
import { random } from '../crypto/index.ts';

const NONCE = 12;
const TAG = 16;

/** Seals bytes at rest under a 32-byte key (AES-256-GCM), bound to their place: nonce, ciphertext, tag. */
export function sealAtRest(key: Uint8Array, place: Uint8Array, plain: Uint8Array): Uint8Array {
  const nonce = random(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(place);
  return new Uint8Array(Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]));
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
