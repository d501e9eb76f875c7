import { toHex } from '@munjigi/core/encoding';
import { endedPassSeconds, type Policy } from '@munjigi/core/rules';
import type { HeldPass } from '@munjigi/offline';
import { effect, type ReadonlySignal } from '@preact/signals';
import type { Holder } from '../holder.ts';
import type { Rules } from './rules.ts';

/** Keeps the passes on the screen to what the authority signed last: keys it withdrew, and ended passes that count meanwhile. */
export function followSignedWord(
  store: Holder['store'],
  rules: Rules,
  minute: ReadonlySignal<number>,
  redraw: () => void,
): readonly (() => void)[] {
  const policy: ReadonlySignal<Policy | null> = rules.policy;
  return [
    effect(() => {
      // A withdrawn key is learnt while the wallet is open: its passes go from the screen.
      const dead = rules.withdrawn.value;
      store.follow((kid) => dead.has(toHex(kid)));
      if (dead.size > 0) redraw();
    }),
    effect(() => {
      const [pack, word] = [policy.value, rules.published.value];
      store.allow(pack && word ? endedPassSeconds(pack, word.obligation, word.validUntil, minute.value) : 0);
    }),
  ];
}

/** True where a pass of this phone was signed by a key that counts no more. */
export const isConcerned = (passes: readonly HeldPass[], { withdrawn }: Rules): boolean =>
  passes.some(({ kid }) => withdrawn.value.has(toHex(kid)));
