/** The 33-byte compressed form of a key that stands as x and the parity of y. */
export function compressedForm({
  x,
  yIsOdd,
}: {
  readonly x: Uint8Array;
  readonly yIsOdd: boolean;
}): Uint8Array {
  const out = new Uint8Array(33);
  out[0] = yIsOdd ? 3 : 2;
  out.set(x, 1);
  return out;
}
