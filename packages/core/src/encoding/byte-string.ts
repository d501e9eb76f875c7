/** Bytes that the head of a CBOR byte string of this length takes (RFC 8949 §3). */
export const headSize = (length: number): number =>
  length < 24 ? 1 : length < 256 ? 2 : length < 65536 ? 3 : 5;

/** Writes bytes as a CBOR byte string with the shortest head; answers where it ends. */
export function putByteString(out: Uint8Array, at: number, bytes: Uint8Array): number {
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
