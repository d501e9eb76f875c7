import type { Policy } from '@munjigi/core/rules';
import { SPREAD_MS, spread } from '@munjigi/offline';
import { effect, type ReadonlySignal } from '@preact/signals';

/** What is true of the wallet at this moment. */
export interface DueParts {
  readonly policy: ReadonlySignal<Policy | null>;
  /** Local day of the pack, YYYY-MM-DD. */
  readonly today: ReadonlySignal<string>;
  /** True while somebody looks at an open wallet. */
  readonly isSeen: () => boolean;
  /** Fetches new passes. */
  readonly renew: () => void;
  /** Looks for the files of the days before. */
  readonly look: (policy: Policy, today: string) => void;
}

/**
 * What falls due for every open wallet of the country in the same second: passes when a minute turns, the files of a day at midnight.
 * Each wallet does it at a moment of its own; one that is just being opened looks at once, for people open theirs when they will.
 */
export function openDue({ policy, today, isSeen, renew, look }: DueParts) {
  const within = (usual: number) => () => (policy.peek()?.exercise ? 0 : usual);
  const renewal = spread(renew, within(SPREAD_MS.minute));
  const newDay = spread(() => {
    const pack = policy.peek();
    if (pack) look(pack, today.peek());
  }, within(SPREAD_MS.day));
  let wasSeen = false;
  const stop = effect(() => {
    const [pack, day] = [policy.value, today.value];
    const seen = isSeen() && pack !== null;
    if (seen && wasSeen) newDay.soon();
    else if (seen) look(pack, day);
    wasSeen = seen;
  });
  return {
    /** Passes are due. */
    renewal: renewal.soon,
    stop() {
      stop();
      renewal.stop();
      newDay.stop();
    },
  };
}
