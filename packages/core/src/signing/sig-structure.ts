import { headSize, putByteString } from '../encoding/byte-string.ts';

// 84 6a "Signature1": an array of four that starts with the context string.
const START = Uint8Array.of(0x84, 0x6a, 0x53, 0x69, 0x67, 0x6e, 0x61, 0x74, 0x75, 0x72, 0x65, 0x31);

/**
 * The to-be-signed bytes of COSE_Sign1 (RFC 9052 §4.4): ["Signature1", protected, external_aad, payload], each a byte
 * string as it stood on the wire.
 */
export function sigStructure(
  protectedHeader: Uint8Array,
  externalAad: Uint8Array,
  payload: Uint8Array,
): Uint8Array {
  const a = protectedHeader.length;
  const b = externalAad.length;
  const c = payload.length;
  const out = new Uint8Array(START.length + headSize(a) + a + headSize(b) + b + headSize(c) + c);
  out.set(START);
  putByteString(
    out,
    putByteString(out, putByteString(out, START.length, protectedHeader), externalAad),
    payload,
  );
  return out;
}
