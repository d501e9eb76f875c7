import { concatBytes, equalBytes, sha256 } from '../encoding/index.ts';

/**
 * The Merkle tree of RFC 9162 §2.1. Sizes and indexes are plain numbers (below 2^53), so bits are taken by division.
 *
 * A tree is read through its perfect subtrees: node (level, n) covers the 2^level leaves from n × 2^level on. Every range
 * that a proof needs falls into at most log₂(size) of them, so a log that keeps those proves anything by few reads.
 */
export type NodeReader = (level: number, n: number) => Uint8Array;

/** The place of a perfect subtree. */
export interface NodePlace {
  readonly level: number;
  readonly n: number;
}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** The root of the empty tree: the hash of nothing. */
export const EMPTY_ROOT = sha256(new Uint8Array(0));

/** Hash of a leaf: SHA-256(0x00 ‖ entry). */
export const leafHash = (entry: Uint8Array): Uint8Array => sha256(concatBytes(LEAF, entry));

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right). */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  sha256(concatBytes(NODE, left, right));

const half = (n: number): number => Math.floor(n / 2);
const isOdd = (n: number): boolean => n % 2 === 1;

/** The largest power of two below n (n > 1). */
function splitOf(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

function levelOf(size: number): number | null {
  let level = 0;
  for (let n = size; n > 1; n = half(n)) {
    if (isOdd(n)) return null;
    level += 1;
  }
  return level;
}

/** Hash over the leaves from `start` (a multiple of the largest power of two inside) up to `end`. */
function rangeHash(start: number, end: number, read: NodeReader): Uint8Array {
  const size = end - start;
  const level = levelOf(size);
  if (level !== null) return read(level, start / size);
  const k = splitOf(size);
  return nodeHash(rangeHash(start, start + k, read), rangeHash(start + k, end, read));
}

/** The root over the first `size` leaves. */
export const treeRoot = (size: number, read: NodeReader): Uint8Array =>
  size === 0 ? EMPTY_ROOT : rangeHash(0, size, read);

/**
 * Inclusion proof (RFC 9162 §2.1.3.1): hashes from the leaf up to the root. Throws a RangeError outside the tree.
 * @param index of the leaf, from 0
 */
export function inclusionPath(index: number, size: number, read: NodeReader): Uint8Array[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size)
    throw new RangeError('The leaf is not in a tree of this size.');
  const path: Uint8Array[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      path.push(rangeHash(middle, end, read));
      end = middle;
    } else {
      path.push(rangeHash(start, middle, read));
      start = middle;
    }
  }
  return path.reverse();
}

/** Consistency proof (RFC 9162 §2.1.4.1) from the tree of `first` leaves to that of `second`; empty for 0 and for equals. */
export function consistencyPath(first: number, second: number, read: NodeReader): Uint8Array[] {
  if (!Number.isSafeInteger(first) || first < 0 || first > second)
    throw new RangeError('A tree is consistent with a later one, not with an earlier one.');
  if (first === 0 || first === second) return [];
  const path: Uint8Array[] = [];
  let start = 0;
  let end = second;
  while (first < end) {
    const middle = start + splitOf(end - start);
    if (first <= middle) {
      path.push(rangeHash(middle, end, read));
      end = middle;
    } else {
      path.push(rangeHash(start, middle, read));
      start = middle;
    }
  }
  // Where the old tree is itself one left subtree, its root is known to whoever checks.
  if (start !== 0) path.push(rangeHash(start, end, read));
  return path.reverse();
}

/** The root that an inclusion proof leads to (RFC 9162 §2.1.3.2), or null where its form does not fit index and size. */
export function rootOfInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
): Uint8Array | null {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return null;
  let fn = index;
  let sn = size - 1;
  let root = leaf;
  for (const hash of path) {
    if (sn === 0 || hash.length !== 32) return null;
    if (isOdd(fn) || fn === sn) {
      root = nodeHash(hash, root);
      while (!isOdd(fn) && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else root = nodeHash(root, hash);
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 ? root : null;
}

/** True where the leaf stands at `index` of the tree with that root. */
export function verifyInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  const reached = rootOfInclusion(leaf, index, size, path);
  return reached !== null && equalBytes(reached, root);
}

/** What a tree's signed head says of it. */
export interface TreeState {
  readonly size: number;
  readonly root: Uint8Array;
}

/** True where the second tree is the first with leaves added at its end (RFC 9162 §2.1.4.2). */
export function verifyConsistency(first: TreeState, second: TreeState, path: readonly Uint8Array[]): boolean {
  if (first.size > second.size || path.some(({ length }) => length !== 32)) return false;
  if (first.size === 0) return path.length === 0 && equalBytes(first.root, EMPTY_ROOT);
  if (first.size === second.size) return path.length === 0 && equalBytes(first.root, second.root);
  const hashes = levelOf(first.size) === null ? path : [first.root, ...path];
  if (path.length === 0 || hashes[0] === undefined) return false;
  let fn = first.size - 1;
  let sn = second.size - 1;
  while (isOdd(fn)) {
    fn = half(fn);
    sn = half(sn);
  }
  let [old, now] = [hashes[0], hashes[0]];
  for (const hash of hashes.slice(1)) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      old = nodeHash(hash, old);
      now = nodeHash(hash, now);
      while (!isOdd(fn) && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else now = nodeHash(now, hash);
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && equalBytes(old, first.root) && equalBytes(now, second.root);
}

/**
 * The nodes that a new leaf completes, the leaf itself first: as many as `index + 1` has trailing zero bits, and one.
 * `read` is asked for the left neighbour of each.
 */
export function nodesOfLeaf(
  index: number,
  leaf: Uint8Array,
  read: NodeReader,
): (NodePlace & { readonly hash: Uint8Array })[] {
  const nodes = [{ level: 0, n: index, hash: leaf }];
  for (let at = nodes[0]!; isOdd(at.n); nodes.push(at))
    at = { level: at.level + 1, n: half(at.n), hash: nodeHash(read(at.level, at.n - 1), at.hash) };
  return nodes;
}

/** Which nodes a calculation reads: run once on nothing, so that they can be fetched together. */
export function placesRead(work: (read: NodeReader) => unknown): NodePlace[] {
  const places = new Map<string, NodePlace>();
  work((level, n) => {
    places.set(`${level} ${n}`, { level, n });
    return EMPTY_ROOT;
  });
  return [...places.values()];
}

/** A reader over leaf hashes at hand, for whoever has the whole log: each inner node is computed once. */
export function treeOfLeaves(leaves: readonly Uint8Array[]): NodeReader {
  const levels: Uint8Array[][] = [[...leaves]];
  return (level, n) => {
    while (levels.length <= level) {
      const below = levels.at(-1)!;
      levels.push(
        Array.from({ length: half(below.length) }, (_, i) => nodeHash(below[2 * i]!, below[2 * i + 1]!)),
      );
    }
    const hash = levels[level]![n];
    if (!hash) throw new RangeError('The tree has no such node.');
    return hash;
  };
}
