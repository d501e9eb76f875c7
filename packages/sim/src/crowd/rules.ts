import { webCrypto } from '@munjigi/core/signing';
import { httpDocuments, memoryRulesKeep, RulesInUse } from '@munjigi/offline';

export const crypto = webCrypto(globalThis.crypto.subtle as unknown as Parameters<typeof webCrypto>[0]);

/** A device looks so often what counts; the product's own pace outside exercises. */
const EVERY_MS = 20_000;

/** What a device of the crowd trusts, by the product's own part, kept in memory. */
export function crowdRules(
  mirrors: readonly string[],
  random: () => number,
  onLooked: (rules: RulesInUse) => void,
): Promise<RulesInUse> {
  const opened = RulesInUse.open({
    keep: memoryRulesKeep(),
    crypto,
    mirrors,
    source: httpDocuments(undefined, 3_000),
    random,
    pauseMs: () => EVERY_MS,
    onLooked: () => void opened.then(onLooked),
  });
  return opened;
}
