import { keepTrying } from '../keep-trying.ts';
import type { CaseParts } from './ports.ts';

/** A desk's part in cases, as its timer sees it. */
interface Tended {
  readonly judge: { readonly parts: CaseParts };
  /** Answers false where something waits for a desk that is away. */
  tend(): Promise<boolean>;
  /** Called by it once something waits. */
  nudge?: () => void;
}

const MINUTE_MS = 60_000;

/**
 * Does once a minute what is due for cases, and sooner what waits for a desk on another machine; what fails is tried again.
 * Answers how to stop it.
 */
export function everyMinute(cases: Tended | null): () => void {
  if (!cases) return () => {};
  const { alarm, apart = false } = cases.judge.parts;
  const kept = keepTrying({
    work: () => cases.tend(),
    firstMs: apart ? 1_000 : MINUTE_MS,
    everyMs: MINUTE_MS,
    onTrouble: () => alarm?.('case-housekeeping'),
  });
  cases.nudge = kept.nudge;
  return kept.close;
}
