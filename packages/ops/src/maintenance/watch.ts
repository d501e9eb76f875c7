import { type Look, skewOf } from '../haproxy/index.ts';
import { Failed, rest } from './failing.ts';
import type { Hands } from './hands.ts';

const EVERY_MS = 1_000;
/** So many looks in a row must agree before something counts: one may be chance. */
const AGREE = 2;
/** More requests than this that were taken elsewhere after the node had failed them are no chance. */
const TAKEN_ELSEWHERE = 5;
/** Whole enough: a node that is not asked much tells its weight in steps. */
const WHOLE = 0.9;

/**
 * Watches a node that is back: the canary through the front doors and straight, each balancer's opinion, how it shares. Resolves after
 * the time of the settings, or once its slow start is over where that takes longer. Throws `Failed`.
 */
export async function watch(node: string, hands: Hands): Promise<void> {
  const { balancers, looking, record, signal } = hands;
  const { watchSeconds, readySeconds } = record.settings;
  const began = performance.now();
  const passed = () => (performance.now() - began) / 1000;
  const whole = new Map<string, Look[]>();
  const before = new Map((await balancers.at(node)).map(({ balancer, movedOn }) => [balancer, movedOn]));
  let agreed = 0;
  for (;;) {
    const at = await balancers.at(node);
    const views = await balancers.views();
    const isWhole = at.every(
      ({ state, weight, initialWeight }) => state === 'up' && weight >= WHOLE * initialWeight,
    );
    for (const { address, servers } of isWhole ? views : [])
      whole.set(address, [...(whole.get(address) ?? []), { servers }]);
    const moved = at.find(({ balancer, movedOn }) => movedOn - (before.get(balancer) ?? 0) > TAKEN_ELSEWHERE);
    if (moved) throw new Failed(`it fails requests, which ${moved.balancer} took elsewhere`);
    const trouble = (await looking.down([node], true)) ?? away(at) ?? skewed(whole);
    agreed = trouble === null ? 0 : agreed + 1;
    if (trouble !== null && agreed >= AGREE) throw new Failed(trouble);
    if (agreed === 0 && isWhole && passed() >= watchSeconds) return;
    if (passed() > watchSeconds + readySeconds)
      throw new Failed(
        trouble ?? `it does not come to its whole share, after ${Math.round(passed())} seconds`,
      );
    await rest(EVERY_MS, signal);
  }
}

const away = (at: Awaited<ReturnType<Hands['balancers']['at']>>): string | null => {
  const out = at.find(({ state }) => state === 'down' || state === 'maint');
  return out ? `${out.balancer} says ${out.status}` : null;
};

/** Only what was counted since its share is whole: in a slow start the one with nothing to do wins more than its weight. */
function skewed(whole: ReadonlyMap<string, readonly Look[]>): string | null {
  for (const [address, looks] of whole) {
    const [skew] = skewOf(looks) ?? [];
    if (skew) return `${skew.node} takes ${Math.round(skew.share * 100)} % of all at ${address}`;
  }
  return null;
}
