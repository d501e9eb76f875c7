// 84 6a "Signature1": an array of four that starts with the context string.
const START = Uint8Array.of(0x84, 0x6a, 0x53, 0x69, 0x67, 0x6e, 0x61, 0x74, 0x75, 0x72, 0x65, 0x31);

const headSize = (length: number) => (length < 24 ? 1 : length < 256 ? 2 : length < 65536 ? 3 : 5);

function putBytes(out: Uint8Array, at: number, bytes: Uint8Array): number {
  const n = bytes.length;
  if (n < 24) out[at++] = 0x40 | n;
  else if (n < 256) {
    out[at++] = 0x58;
    out[at++] = n;
  } else {
    const size = n < 65536 ? 2 : 4;
    out[at++] = size === 2 ? 0x59 : 0x5a;
    for (let shift = (size - 1) * 8; shift >= 0; shift -= 8) out[at++] = (n >>> shift) & 255;
  }
  out.set(bytes, at);
  return at + n;
}

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
  putBytes(out, putBytes(out, putBytes(out, START.length, protectedHeader), externalAad), payload);
  return out;
}
