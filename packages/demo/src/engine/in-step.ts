import type { StageGate } from './devices.ts';

/** Clocks that follow one signed document stand this close together, however late each looks at its own. */
const SAME_MS = 2000;
/** In which the tablet surely hears of it, where it hears of anything. */
const PATIENCE_MS = 4000;

/**
 * Resolves when the gate's clock stands where the page's does, or after four seconds. The story's clock jumps, and each device
 * hears of it by itself, a moment apart: a code drawn before one of them has is old or early to the other, as it should be.
 */
export function inStep(gate: StageGate, page: { nowMs(): number }): Promise<void> {
  return new Promise((done) => {
    const ends: (() => void)[] = [];
    const end = () => {
      for (const stop of ends) stop();
      done();
    };
    const late = setTimeout(end, PATIENCE_MS);
    ends.push(() => clearTimeout(late));
    // A signal tells its value at once, before there is anything to stop.
    ends.push(
      gate.nowMs.subscribe((at) => {
        if (at !== null && Math.abs(at - page.nowMs()) <= SAME_MS) queueMicrotask(end);
      }),
    );
  });
}
