import { pause } from '../canary/rounds.ts';

/** A step did not come to its end: what it changed is taken back. The message is the cause, in words. */
export class Failed extends Error {
  override readonly name = 'Failed';
}

/** Somebody ended this run: nothing more is touched, and the record says how to go on. */
export class BrokenOff extends Error {
  override readonly name = 'BrokenOff';

  constructor() {
    super('It was broken off.');
  }
}

/** Waits. Throws `BrokenOff` where the run is ended meanwhile. */
export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, signal);
  if (signal.aborted) throw new BrokenOff();
}

const LOOK_MS = 250;

/**
 * Looks again and again until there is nothing left to wait for. Throws `Failed` after so many seconds, with what was still waited for.
 * @param missing what is still missing, in words; null when nothing is
 */
export async function waitFor(
  missing: () => Promise<string | null>,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    if (signal.aborted) throw new BrokenOff();
    const left = await missing();
    if (left === null) return;
    if (performance.now() > end) throw new Failed(`${left}, after ${seconds} seconds`);
    await rest(LOOK_MS, signal);
  }
}
