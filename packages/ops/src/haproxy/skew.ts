import type { ServerNow } from './runtime.ts';

/** What one look at a backend said. */
export interface Look {
  readonly servers: readonly Pick<ServerNow, 'name' | 'state' | 'weight' | 'requests'>[];
}

/** A node that takes more than its share. */
export interface Skew {
  readonly node: string;
  /** What it took, and what was due to it; parts of one. */
  readonly share: number;
  readonly due: number;
  /** `weight`: the balancer gives it more than its weight. `alone`: too few others are there, or have weight. */
  readonly why: 'weight' | 'alone';
  readonly requests: number;
}

export interface SkewTerms {
  /** How many times its share is too much. */
  readonly factor: number;
  /** Fewer requests than this between first and last look are chance. */
  readonly least: number;
}

export const SKEW: SkewTerms = { factor: 1.5, least: 150 };

const USABLE = ({ state }: Look['servers'][number]): boolean => state === 'up';

/**
 * The nodes that took more than `factor` times their share between the first look and the last. A share follows the weights, as they were
 * while the requests came, so that a slow start is no skew. Weights can be the mistake themselves (6 January 2022), so a share is also
 * held against the number of nodes: an installation bears the loss of one, and what goes beyond is named, whoever ordered it.
 * Answers null where there were too few requests to tell.
 */
export function skewOf(looks: readonly Look[], { factor, least }: SkewTerms = SKEW): readonly Skew[] | null {
  const last = looks.at(-1);
  if (!last || looks.length < 2) return null;
  const took = new Map<string, number>();
  const due = new Map<string, number>();
  let all = 0;
  for (const [i, look] of looks.entries()) {
    const before = looks[i - 1];
    if (!before) continue;
    const then = new Map(before.servers.map((server) => [server.name, server]));
    const grown = look.servers.map(({ name, requests }) => {
      const count = requests - (then.get(name)?.requests ?? requests);
      // Counts that go back are of a balancer that was started anew.
      return [name, Math.max(0, count)] as const;
    });
    const sum = grown.reduce((total, [, count]) => total + count, 0);
    const weights = before.servers.reduce((total, one) => total + (USABLE(one) ? one.weight : 0), 0);
    for (const [name, count] of grown) {
      const server = then.get(name);
      const part = server && USABLE(server) && weights > 0 ? server.weight / weights : 0;
      took.set(name, (took.get(name) ?? 0) + count);
      due.set(name, (due.get(name) ?? 0) + part * sum);
    }
    all += sum;
  }
  if (all < least) return null;
  const others = Math.max(1, last.servers.length - 1);
  return last.servers.flatMap(({ name }): Skew[] => {
    const share = (took.get(name) ?? 0) / all;
    const byWeight = (due.get(name) ?? 0) / all;
    const found = { node: name, share, requests: took.get(name) ?? 0 };
    if (byWeight > 0 && share > factor * byWeight) return [{ ...found, due: byWeight, why: 'weight' }];
    return share > factor / others ? [{ ...found, due: 1 / others, why: 'alone' }] : [];
  });
}
