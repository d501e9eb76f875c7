import type { DeviceClock } from '@munjigi/offline';
import { type ReadonlySignal, signal } from '@preact/signals';

const STEP_MS = 250;

export interface Ticker {
  /** Corrected time in milliseconds, on whole steps of 250 of the corrected clock. */
  readonly nowMs: ReadonlySignal<number>;
  /** The corrected time at this instant; the phone's own where no better is known. */
  read(): number;
  close(): void;
}

/** The corrected clock as a signal that steps with the live mark, while the page is seen. */
export function openTicker(clock: DeviceClock): Ticker {
  const read = () => clock.estimate()?.ms ?? Date.now();
  const onStep = (ms: number) => Math.floor(ms / STEP_MS) * STEP_MS;
  const nowMs = signal(onStep(read()));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const step = () => {
    const ms = read();
    nowMs.value = onStep(ms);
    timer = setTimeout(step, document.hidden ? 1_000 : STEP_MS - (ms - onStep(ms)) + 1);
  };
  step();
  const seen = () => {
    clearTimeout(timer);
    step();
  };
  document.addEventListener('visibilitychange', seen);
  return {
    nowMs,
    read,
    close() {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    },
  };
}
