import { describe, expect, it } from 'vitest';
import { type Look, skewOf } from './skew.ts';

type State = Look['servers'][number]['state'];
type Nodes = Readonly<Record<string, readonly [requests: number, weight: number, state?: State]>>;
const look = (nodes: Nodes): Look => ({
  servers: Object.entries(nodes).map(([name, [requests, weight, state = 'up']]) => ({
    name,
    requests,
    weight,
    state,
  })),
});
const named = (...looks: Nodes[]) => skewOf(looks.map(look))?.map(({ node, why }) => `${node}: ${why}`);
const EVEN: Nodes = { a: [0, 100], b: [0, 100], c: [0, 100] };

describe('the share of a node', () => {
  it('is due by weight, and more than half as much again is named', () => {
    expect(named(EVEN, { a: [333, 100], b: [334, 100], c: [333, 100] })).toEqual([]);
    expect(named(EVEN, { a: [495, 100], b: [255, 100], c: [250, 100] })).toEqual([]);
    expect(named(EVEN, { a: [560, 100], b: [220, 100], c: [220, 100] })).toEqual(['a: weight']);
    expect(skewOf([look(EVEN), look({ a: [560, 100], b: [220, 100], c: [220, 100] })])).toEqual([
      { node: 'a', share: 0.56, due: expect.closeTo(1 / 3), why: 'weight', requests: 560 },
    ]);
  });

  it('follows a slow start while it lasts', () => {
    const begins: Nodes = { a: [0, 10], b: [0, 100], c: [0, 100] };
    const half: Nodes = { a: [10, 50], b: [100, 100], c: [100, 100] };
    expect(named(begins, half, { a: [60, 100], b: [200, 100], c: [200, 100] })).toEqual([]);
  });

  it('is no matter where one node is away, for work or by itself, and is where two are', () => {
    for (const c of [
      [0, 100, 'maint'],
      [0, 100, 'down'],
      [0, 0],
    ] as const)
      expect(named({ ...EVEN, c }, { a: [530, 100], b: [470, 100], c })).toEqual([]);
    const orderedAway: Nodes = { a: [0, 100], b: [0, 0], c: [0, 0] };
    expect(named(orderedAway, { ...orderedAway, a: [200, 100] })).toEqual(['a: alone']);
    const two: Nodes = { a: [0, 100], b: [0, 100, 'down'] };
    expect(named(two, { ...two, a: [200, 100] })).toEqual([]);
  });

  it('is not judged by few requests, nor by one look, nor by counts of a balancer before this one', () => {
    expect(named(EVEN, { a: [100, 100], b: [20, 100], c: [20, 100] })).toBeUndefined();
    expect(named({ a: [9_000, 100], b: [0, 100], c: [0, 100] })).toBeUndefined();
    const old: Nodes = { a: [9_000, 100], b: [9_000, 100], c: [9_000, 100] };
    expect(named(old, { a: [60, 100], b: [60, 100], c: [60, 100] })).toBeUndefined();
  });
});
