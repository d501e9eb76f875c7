import { randomShare } from '../storage/random.ts';

/**
 * What many devices learn in the same second, they do not act upon in the same second. How long each may take, in milliseconds.
 */
export const SPREAD_MS = {
  /** The network is back: as long as between two looks at the mirrors. */
  back: 20_000,
  /** A minute began in which something fell due. */
  minute: 60_000,
  /** A day began. */
  day: 900_000,
} as const;

/**
 * Does a piece of work once, at a moment drawn between now and `withinMs`; asked again before that moment, it leaves it at the one.
 * @returns ask, and forget what was asked for
 */
export function spread(
  work: () => void,
  withinMs: () => number,
  random: () => number = randomShare,
): { readonly soon: () => void; readonly stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | null = null;
  return {
    soon() {
      timer ??= setTimeout(() => {
        timer = null;
        work();
      }, random() * withinMs());
    },
    stop() {
      if (timer) clearTimeout(timer);
      timer = null;
    },
  };
}
