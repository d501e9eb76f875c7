import { compilePolicy, type Policy } from '@munjigi/core/rules';
import type { Crypto } from '@munjigi/core/signing';
import type { Bundle } from '@munjigi/core/trust';
import { databaseRulesKeep, type GateStore, RulesInUse } from '@munjigi/offline';

/** The same pack is compiled once for all gates of a process: it is a pure function of its bytes. */
const compiled = new Map<string, Policy>();

function compile({ pack }: Bundle): Policy {
  const name = JSON.stringify(pack);
  let policy = compiled.get(name);
  if (!policy) {
    if (compiled.size > 100) compiled.clear();
    policy = compilePolicy(pack);
    compiled.set(name, policy);
  }
  return policy;
}

export interface GateRulesParts {
  readonly crypto: Crypto;
  readonly mirrors: readonly string[];
  readonly random: () => number;
  /** Milliseconds between two looks. */
  readonly everyMs: number;
  readonly onLooked: () => void;
}

/** What a gate of the simulation trusts, by the product's own part. */
export function gateRules(store: GateStore, parts: GateRulesParts): Promise<RulesInUse> {
  const { everyMs, ...rest } = parts;
  return RulesInUse.open({
    ...rest,
    keep: databaseRulesKeep(store.database),
    pauseMs: () => everyMs,
    compile,
  });
}
