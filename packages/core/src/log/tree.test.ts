import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, sha256, toHex, utf8Encode } from '../encoding/index.ts';
import {
  consistencyPath,
  EMPTY_ROOT,
  inclusionPath,
  leafHash,
  nodeHash,
  nodesOfLeaf,
  placesRead,
  treeOfLeaves,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from './index.ts';

const LARGEST = 70;
const leaves = Array.from({ length: LARGEST }, (_, i) => leafHash(utf8Encode(`line ${i}`)));
const read = treeOfLeaves(leaves);
const root = (size: number) => treeRoot(size, read);

/** The definition of RFC 9162 §2.1.1, word for word, to hold the calculation against. */
function byDefinition(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return sha256(new Uint8Array(0));
  if (hashes.length === 1) return hashes[0]!;
  let k = 1;
  while (k * 2 < hashes.length) k *= 2;
  return nodeHash(byDefinition(hashes.slice(0, k)), byDefinition(hashes.slice(k)));
}

const turned = (bytes: Uint8Array, at = 0) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

describe('the tree of RFC 9162', () => {
  // Eight entries and the roots over the first one to eight, as implementations of Certificate Transparency share them.
  const entries = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ];
  const roots = [
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];

  it('has the known roots over the eight known entries', () => {
    const known = treeOfLeaves(entries.map((entry) => leafHash(fromHex(entry))));
    expect(roots.map((_, i) => toHex(treeRoot(i + 1, known)))).toEqual(roots);
    expect(toHex(EMPTY_ROOT)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('has the paths that RFC 9162 §2.1.5 draws for seven leaves', () => {
    const seven = leaves.slice(0, 7);
    const [a, b, c, d, , , j] = seven as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const [g, h, i] = [nodeHash(a, b), nodeHash(c, d), nodeHash(seven[4]!, seven[5]!)];
    const [k, l] = [nodeHash(g, h), nodeHash(i, j)];
    expect(inclusionPath(0, 7, read)).toEqual([b, h, l]);
    expect(inclusionPath(3, 7, read)).toEqual([c, g, l]);
    expect(inclusionPath(4, 7, read)).toEqual([seven[5], j, k]);
    expect(inclusionPath(6, 7, read)).toEqual([i, k]);
    expect(consistencyPath(3, 7, read)).toEqual([c, d, g, l]);
    expect(consistencyPath(4, 7, read)).toEqual([l]);
    expect(consistencyPath(6, 7, read)).toEqual([i, j, k]);
  });

  it('is the definition at every size, and grows node by node to the same', () => {
    const kept = new Map<string, Uint8Array>();
    const get = (level: number, n: number) => kept.get(`${level} ${n}`)!;
    for (let size = 0; size <= LARGEST; size++) {
      expect(root(size)).toEqual(byDefinition(leaves.slice(0, size)));
      expect(treeRoot(size, get)).toEqual(root(size));
      if (size < LARGEST)
        for (const { level, n, hash } of nodesOfLeaf(size, leaves[size]!, get))
          kept.set(`${level} ${n}`, hash);
    }
  });

  it('proves every leaf of every size, and no proof with a change in it', () => {
    for (let size = 1; size <= LARGEST; size++) {
      for (let index = 0; index < size; index++) {
        const path = inclusionPath(index, size, read);
        const leaf = leaves[index]!;
        expect(verifyInclusion(leaf, index, size, path, root(size))).toBe(true);
        const bad = [
          verifyInclusion(turned(leaf), index, size, path, root(size)),
          verifyInclusion(leaf, index, size, path, turned(root(size), 31)),
          verifyInclusion(leaf, index + 1, size, path, root(size)),
          verifyInclusion(leaf, size, size, path, root(size)),
          verifyInclusion(leaf, index, size, [...path, leaf], root(size)),
          verifyInclusion(leaf, index, size, [leaf, ...path], root(size)),
          path.length > 0 && verifyInclusion(leaf, index, size, path.slice(1), root(size)),
          path.length > 0 && verifyInclusion(leaf, index, size, path.slice(0, -1), root(size)),
          ...path.map((hash, i) =>
            verifyInclusion(leaf, index, size, path.with(i, turned(hash)), root(size)),
          ),
        ];
        expect(bad.includes(true), `${index} of ${size}`).toBe(false);
      }
    }
  });

  it('proves that every size grew out of every smaller one, and no proof with a change in it', () => {
    for (let second = 1; second <= LARGEST; second++) {
      for (let first = 0; first <= second; first++) {
        const path = consistencyPath(first, second, read);
        const [a, b] = [
          { size: first, root: root(first) },
          { size: second, root: root(second) },
        ];
        expect(verifyConsistency(a, b, path)).toBe(true);
        const bad = [
          verifyConsistency({ ...a, root: turned(a.root) }, b, path),
          first > 0 && verifyConsistency(a, { ...b, root: turned(b.root) }, path),
          verifyConsistency(a, b, [...path, leaves[0]!]),
          path.length > 0 && verifyConsistency(a, b, path.slice(1)),
          path.length > 0 && verifyConsistency(a, b, path.slice(0, -1)),
          first < second && first > 0 && verifyConsistency(b, a, path),
          ...path.map((hash, i) => verifyConsistency(a, b, path.with(i, turned(hash)))),
          ...path.map((hash, i) => verifyConsistency(a, b, path.with(i, hash.slice(1)))),
        ];
        expect(bad.includes(true), `${first} to ${second}`).toBe(false);
      }
    }
  });

  it('never proves a tree in which an earlier line was changed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: LARGEST }),
        fc.integer({ min: 0, max: LARGEST - 1 }),
        fc.integer({ min: 1, max: LARGEST }),
        (first, changed, second) => {
          fc.pre(changed < first && first < second);
          const other = treeOfLeaves(leaves.with(changed, leafHash(utf8Encode('another line'))));
          const path = consistencyPath(first, second, other);
          const now = { size: second, root: treeRoot(second, other) };
          expect(verifyConsistency({ size: first, root: root(first) }, now, path)).toBe(false);
        },
      ),
    );
  });

  it('asks for no more nodes than the square of its height, all known beforehand', () => {
    const places = placesRead((r) => [inclusionPath(37, 70, r), consistencyPath(37, 70, r), treeRoot(70, r)]);
    expect(places.length).toBeLessThan(24);
    const asked = new Set(places.map(({ level, n }) => `${level} ${n}`));
    inclusionPath(37, 70, (level, n) => {
      expect(asked.has(`${level} ${n}`)).toBe(true);
      return read(level, n);
    });
  });

  it.each([
    [-1, 5],
    [5, 5],
    [0.5, 5],
    [0, 0],
  ])('refuses to prove leaf %d of %d', (index, size) => {
    expect(() => inclusionPath(index, size, read)).toThrow(RangeError);
  });
});
