import { toHex } from '@munjigi/core/encoding';
import { inspect } from '@munjigi/core/gate';
import { compilePolicy, type Policy } from '@munjigi/core/rules';
import type { Crypto } from '@munjigi/core/signing';
import { type Bundle, registerKeyOf } from '@munjigi/core/trust';
import {
  BundleStore,
  DeviceClock,
  databaseTrustKeep,
  type GateStore,
  httpDocuments,
  type KeptClock,
  type TrustInUse,
} from '@munjigi/offline';

/** The same pack is compiled once for all gates of a process: it is a pure function of its bytes. */
const compiled = new Map<string, Policy>();

function policyOf({ pack }: Bundle, digest: Uint8Array): Policy {
  const name = toHex(digest);
  let policy = compiled.get(name);
  if (!policy) {
    if (compiled.size > 100) compiled.clear();
    policy = compilePolicy(pack);
    compiled.set(name, policy);
  }
  return policy;
}

export interface RulesParts {
  readonly crypto: Crypto;
  readonly mirrors: readonly string[];
  readonly random: () => number;
  /** Milliseconds between two looks. */
  readonly everyMs: number;
  readonly onChange: (use: TrustInUse) => void;
}

/** What a gate trusts and what time it is: the order of things is that of the app's rules-in-use.ts, all parts are the product's. */
export class GateRules {
  readonly clock: DeviceClock;
  readonly #bundles: BundleStore;
  #policy: Policy | null = null;
  #registerKey: (kid: Uint8Array) => Uint8Array | undefined = () => undefined;
  #from: Bundle | null = null;
  problem: string | null = null;

  private constructor(
    private readonly store: GateStore,
    kept: KeptClock | null,
    private readonly parts: RulesParts,
  ) {
    this.clock = new DeviceClock(undefined, kept);
    this.#bundles = new BundleStore({
      keep: databaseTrustKeep(store.database),
      source: httpDocuments(),
      crypto: parts.crypto,
      inspect,
      at: () => this.clock.pessimisticMs() / 1000,
      mirrors: parts.mirrors,
    });
  }

  /** Reads back what the device keeps; needs no network. */
  static async open(store: GateStore, parts: RulesParts): Promise<GateRules> {
    const rules = new GateRules(store, (await store.setting<KeptClock>('clock')) ?? null, parts);
    await rules.#bundles.load();
    rules.#take();
    return rules;
  }

  get inUse(): TrustInUse | null {
    return this.#bundles.current;
  }

  get policy(): Policy | null {
    return this.#policy;
  }

  ageSeconds(): number | null {
    return this.#bundles.ageSeconds();
  }

  registerKey(kid: Uint8Array): Uint8Array | undefined {
    return this.#registerKey(kid);
  }

  /** Looks now, and then again and again. */
  follow(): void {
    void this.look().then(() => {
      setTimeout(() => this.follow(), this.parts.everyMs * (0.5 + this.parts.random() * 0.5));
    });
  }

  async look(): Promise<void> {
    try {
      const { problem } = await this.#bundles.refresh();
      this.problem = problem;
      this.#take();
    } catch {
      // A device whose storage fails looks again.
    }
  }

  /** A fresh receipt told the time. */
  async keepClock(): Promise<void> {
    const kept = this.clock.keep();
    if (kept) await this.store.setSetting('clock', kept).catch(() => {});
  }

  #take(): void {
    const use = this.inUse;
    if (!use) return;
    this.clock.notBefore(Math.max(use.bundle.issuedAt, use.now?.issuedAt ?? 0) * 1000);
    if (use.bundle === this.#from) return;
    this.#policy = policyOf(use.bundle, use.digest);
    this.#registerKey = registerKeyOf(use.bundle);
    this.#from = use.bundle;
    this.parts.onChange(use);
  }
}
