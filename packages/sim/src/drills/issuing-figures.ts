import { type Fetched, quantile } from '../crowd/index.ts';
import type { DrillWorld } from './types.ts';

/** How wallets fared, among the figures of a drill. */
export function figureOf(
  { figure, complain }: Pick<DrillWorld, 'figure' | 'complain'>,
  what: string,
  fetched: Fetched,
): void {
  const { wallets, served, gaveUp, farthestPlace, toldToWait, ms } = fetched;
  figure(`${what}: wallets · served · gave up`, `${wallets} · ${served} · ${gaveUp}`);
  figure(
    `${what}: seconds to the passes p50 · p99`,
    `${inSeconds(quantile(ms, 0.5))} · ${inSeconds(quantile(ms, 0.99))}`,
  );
  figure(`${what}: farthest place in the queue`, farthestPlace);
  for (const [code, times] of Object.entries(toldToWait)) figure(`${what}: told ${code}`, times);
  if (served < wallets) complain(`${what}: ${wallets - served} of ${wallets} wallets got no passes`);
}

const inSeconds = (ms: number): number => Math.round(ms / 100) / 10;
