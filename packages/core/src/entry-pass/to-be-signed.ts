import { keyThumbprint } from '../signing/index.ts';
import { sigStructure } from '../signing/sig-structure.ts';

const EMPTY = new Uint8Array(0);
const MJ1 = [0x4d, 0x4a, 0x31] as const;

/** What the issuer signs: external_aad is empty. */
export const passToBeSigned = (header: Uint8Array, claims: Uint8Array): Uint8Array =>
  sigStructure(header, EMPTY, claims);

/**
 * What the holder signs. external_aad is "MJ1" and the thumbprint of the holder key, 35 bytes that are on no wire: the
 * presentation then stands alone as a proof of presence and fits no other key.
 */
export function presentationToBeSigned(
  thumbprint: Uint8Array,
  header: Uint8Array,
  payload: Uint8Array,
): Uint8Array {
  const aad = new Uint8Array(35);
  aad.set(MJ1);
  aad.set(thumbprint, 3);
  return sigStructure(header, aad, payload);
}

/** Handle of a live pass: the first 16 bytes of its holder key's thumbprint (RFC 9679). `point` has 65 bytes. */
export const handleOf = (point: Uint8Array): Uint8Array => keyThumbprint(point).slice(0, 16);
