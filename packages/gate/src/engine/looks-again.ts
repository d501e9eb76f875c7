import { type RulesInUse, SPREAD_MS, spread, type WriterLock } from '@munjigi/offline';
import type { Ledger } from './ledger.ts';
import type { Upload } from './upload.ts';

const LOOK_MS = 5_000;

interface Looking {
  readonly rules: RulesInUse;
  readonly ledger: Ledger | null;
  readonly lock: WriterLock;
  upload(): Upload | null;
}

/** Looks for new rules and sends what waits: now, when the network is back, when the screen is seen again; and counts what waits. */
export function looksAgain({ rules, ledger, lock, upload }: Looking): void {
  const look = (): void => {
    void rules.refresh().then(() => upload()?.nudge());
    void ledger?.retry();
  };
  // The network came back for a whole town.
  const back = spread(look, () => (rules.policy?.exercise ? 1_000 : SPREAD_MS.back));
  window.addEventListener('online', back.soon);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') look();
  });
  setInterval(() => {
    if (!lock.isWriter) void ledger?.count().catch(() => {});
    else void ledger?.retry().catch(() => {});
  }, LOOK_MS);
  void rules.refresh();
}
