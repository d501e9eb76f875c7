import type { CaseParts } from './ports.ts';

/** A desk's part in cases, as its timer sees it. */
interface Tended {
  readonly judge: { readonly parts: CaseParts };
  tend(): Promise<void>;
}

/** Does once a minute what is due for cases; what fails is tried again with the next. Answers how to stop it. */
export function everyMinute(cases: Tended | null): () => void {
  if (!cases) return () => {};
  const timer = setInterval(() => {
    cases.tend().catch(() => cases.judge.parts.alarm?.('case-housekeeping'));
  }, 60_000);
  timer.unref();
  return () => clearInterval(timer);
}
