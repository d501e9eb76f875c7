import { concatBytes, sha256 } from '../src/encoding/index.ts';

/** The tree hash as RFC 9162 section 2.1.1 defines it: split at the largest power of two below the size. */
export function leafHashesRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array(0));
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(
    concatBytes(Uint8Array.of(1), leafHashesRoot(leaves.slice(0, k)), leafHashesRoot(leaves.slice(k))),
  );
}
