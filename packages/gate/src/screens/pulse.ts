import { tickAt } from '@munjigi/ui/elements';
import { effect, type ReadonlySignal, signal } from '@preact/signals';

/** The beat of everything that moves on the screen, in step with the corrected clock. */
export interface Pulse {
  /** Place of the bead of the live mark, 0 to 59; −1 while the clock is not trusted. */
  readonly tick: ReadonlySignal<number>;
  /** Corrected milliseconds of the whole second that is shown; null while the clock is not trusted. */
  readonly second: ReadonlySignal<number | null>;
  stop(): void;
}

const STEP = 250;
/** Beyond this the clock has not been heard of for so long that walking on would be a claim. */
const LONGEST_WALK = 5_000;

/**
 * Walks on between two readings of the clock, four steps a second, each on its own quarter of the corrected second,
 * so that phones and gate show the same place.
 */
export function createPulse(now: ReadonlySignal<number | null>, calm: boolean, still = false): Pulse {
  const tick = signal(-1);
  const second = signal<number | null>(null);
  let read: { readonly ms: number; readonly heard: number } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const beat = (): void => {
    clearTimeout(timer);
    const walked = read === null ? 0 : performance.now() - read.heard;
    if (read === null || walked > LONGEST_WALK) {
      tick.value = -1;
      second.value = null;
      return;
    }
    const ms = still ? read.ms : read.ms + walked;
    tick.value = tickAt(ms, undefined, calm);
    second.value = Math.floor(ms / 1000) * 1000;
    if (!still) timer = setTimeout(beat, STEP - (ms % STEP) + 1);
  };

  const forget = effect(() => {
    const ms = now.value;
    read = ms === null ? null : { ms, heard: performance.now() };
    beat();
  });
  return {
    tick,
    second,
    stop() {
      forget();
      clearTimeout(timer);
    },
  };
}
