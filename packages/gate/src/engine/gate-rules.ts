import type { Policy } from '@munjigi/core/rules';
import { webCrypto } from '@munjigi/core/signing';
import { databaseRulesKeep, type GateStore, RulesInUse, randomShare } from '@munjigi/offline';

const FIRST_MIRRORS = ['/mirror'];
const USUAL_MS = 20_000;
/** In an exercise the clock is played, and the next moment may begin at any time. */
const EXERCISE_MS = 2_000;

const pauseMs = (policy: Policy | null): number => (policy?.exercise ? EXERCISE_MS : USUAL_MS);

/** What this gate trusts, kept in its own database. */
export function gateRules(store: GateStore, onLooked: () => void): Promise<RulesInUse> {
  return RulesInUse.open({
    keep: databaseRulesKeep(store.database),
    crypto: webCrypto(crypto.subtle as unknown as Parameters<typeof webCrypto>[0]),
    mirrors: FIRST_MIRRORS,
    random: randomShare,
    spread: randomShare,
    pauseMs,
    onLooked,
  });
}
