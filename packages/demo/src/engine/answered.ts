import type { StageGate } from './devices.ts';

/** On a day on which nothing is recorded an admission is answered when it is shown. */
const UNRECORDED_MS = 300;

/**
 * Resolves when the gate has answered what is being held to it, or not within `patienceMs`: to true where it let the guest
 * in. An admission is answered when it is saved, or `admittedMs` after it was shown.
 */
export function answered(gate: StageGate, patienceMs: number, admittedMs: number): Promise<boolean> {
  return new Promise((done) => {
    const ends: (() => void)[] = [];
    const end = (admitted: boolean) => {
      for (const stop of ends) stop();
      done(admitted);
    };
    const late = setTimeout(() => end(false), patienceMs);
    ends.push(() => clearTimeout(late));
    const entry = gate.lastEntry.peek()?.counter ?? 0;
    const view = gate.view.peek();
    ends.push(
      gate.lastEntry.subscribe((next) => {
        if (next && next.counter > entry) setTimeout(() => end(true), 0);
      }),
      gate.view.subscribe((next) => {
        if (next === view || next.name !== 'verdict' || !next.decision) return;
        const { verdict, record } = next.decision;
        const admitted = verdict === 'admit';
        setTimeout(() => end(admitted), !admitted ? 0 : record ? admittedMs : UNRECORDED_MS);
      }),
    );
  });
}
