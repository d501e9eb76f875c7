import { concatBytes, encodeDeterministic, sha256, utf8Encode } from '../encoding/index.ts';
import { placeFields, type ReleasedEntry } from './released.ts';
import type { HandleSet } from './types.ts';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** SHA-256, where the platform has a faster one than our own. */
export type HashFunction = (bytes: Uint8Array) => Uint8Array;

/** Merkle tree hash of RFC 9162 section 2.1.1 over leaf hashes, in their order. Of none: the hash of nothing. */
export function treeRoot(leaves: readonly Uint8Array[], hash: HashFunction = sha256): Uint8Array {
  if (leaves.length === 0) return hash(new Uint8Array(0));
  let level = leaves;
  // Pairing neighbours and carrying the odd one up gives the same tree as splitting at the largest power of two.
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let i = 0; i + 1 < level.length; i += 2)
      next.push(hash(concatBytes(NODE, level[i]!, level[i + 1]!)));
    if (level.length % 2 === 1) next.push(level[level.length - 1]!);
    level = next;
  }
  return level[0]!;
}

/** The leaf of one released entry: its place, its marks and the hash of its box. */
export const releaseLeaf = (entry: ReleasedEntry, hash: HashFunction = sha256): Uint8Array =>
  hash(concatBytes(LEAF, encodeDeterministic([...placeFields(entry), hash(entry.box)])));

/** The root that a release signs, over its entries in their order. */
export const releaseRoot = (entries: readonly ReleasedEntry[], hash: HashFunction = sha256): Uint8Array =>
  treeRoot(
    entries.map((entry) => releaseLeaf(entry, hash)),
    hash,
  );

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** Handles in order, each once. */
export function sortedHandles(handles: readonly Uint8Array[]): readonly Uint8Array[] {
  return [...handles].sort(compare).filter((handle, i, all) => i === 0 || compare(all[i - 1]!, handle) !== 0);
}

/** What one issuer is asked for: count and root over its handles in order, with the opening's salt in every leaf. */
export function handleSet(
  issuer: string,
  handles: readonly Uint8Array[],
  salt: Uint8Array,
  hash: HashFunction = sha256,
): HandleSet {
  const sorted = sortedHandles(handles);
  const leaves = sorted.map((handle) => hash(concatBytes(LEAF, salt, handle)));
  return { issuer, count: sorted.length, root: treeRoot(leaves, hash) };
}

/** The root over the sets of all issuers, in order of their names: what the public line of an opening carries. */
export const handlesRoot = (sets: readonly HandleSet[], hash: HashFunction = sha256): Uint8Array =>
  treeRoot(
    sets.map(({ issuer, count, root }) =>
      hash(concatBytes(LEAF, encodeDeterministic([utf8Encode(issuer), count, root]))),
    ),
    hash,
  );
