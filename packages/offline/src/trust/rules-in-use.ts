import { inspect } from '@munjigi/core/gate';
import { compilePolicy, type Policy, understands } from '@munjigi/core/rules';
import type { Crypto } from '@munjigi/core/signing';
import { type Bundle, registerKeyOf } from '@munjigi/core/trust';
import { DeviceClock, type KeptClock } from '../clock/device-clock.ts';
import { BundleStore, type TrustInUse } from './bundle-store.ts';
import { type DocumentSource, httpDocuments } from './documents.ts';
import type { RulesKeep } from './kept-trust.ts';

export interface RulesParts {
  readonly keep: RulesKeep;
  readonly crypto: Crypto;
  /** Mirrors that are asked before a bundle names others. */
  readonly mirrors: readonly string[];
  readonly source?: DocumentSource;
  /** A share between 0 and 1. */
  readonly random: () => number;
  /** Milliseconds between two looks, half of them left to chance. */
  readonly pauseMs: (policy: Policy | null) => number;
  /** Draws the moment at which a new bundle is fetched; without it, that is at once. */
  readonly spread?: () => number;
  /** Compiles a pack; where a process holds thousands of devices, it does so once for all of them. */
  readonly compile?: (bundle: Bundle) => Policy;
  /** Told after every look, whatever came of it. */
  readonly onLooked?: () => void;
}

/** What a device trusts and what time it is: kept, refreshed, and handed to whoever decides. */
export class RulesInUse {
  readonly clock: DeviceClock;
  readonly crypto: Crypto;
  #bundles: BundleStore;
  #policy: Policy | null = null;
  #compiledFrom: Bundle | null = null;
  #registerKey: (kid: Uint8Array) => Uint8Array | undefined = () => undefined;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #stopped = false;
  #reached = false;
  /** Code of the rule by which something that was fetched last was refused. */
  problem: string | null = null;

  private constructor(
    private readonly parts: RulesParts,
    kept: KeptClock | null,
  ) {
    this.clock = new DeviceClock(undefined, kept);
    this.crypto = parts.crypto;
    this.#bundles = this.#emptyStore();
  }

  #emptyStore(): BundleStore {
    const { keep, source = httpDocuments(), crypto, mirrors, spread } = this.parts;
    return new BundleStore({
      keep,
      source,
      crypto,
      inspect,
      tryOut: (bundle) => void this.#compile(bundle),
      at: () => this.clock.pessimisticMs() / 1000,
      mirrors,
      ...(spread && { random: spread }),
      understands: (_, now) => !this.#policy || understands(this.#policy, now),
    });
  }

  /** Reads back what the device keeps; needs no network. */
  static async open(parts: RulesParts): Promise<RulesInUse> {
    const rules = new RulesInUse(parts, await parts.keep.clock());
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

  /** True where the mirrors answered when last asked. */
  get reached(): boolean {
    return this.#reached;
  }

  ageSeconds(): number | null {
    return this.#bundles.ageSeconds();
  }

  registerKey(kid: Uint8Array): Uint8Array | undefined {
    return this.#registerKey(kid);
  }

  /** Asks the mirrors now, and then again and again. Never throws. */
  async refresh(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    try {
      const { reached, problem } = await this.#bundles.refresh();
      this.#reached = reached;
      this.problem = problem;
      this.#take();
    } catch {
      this.#reached = false;
    }
    const { onLooked, pauseMs, random } = this.parts;
    onLooked?.();
    if (this.#stopped) return;
    if (this.#timer) clearTimeout(this.#timer);
    const pause = pauseMs(this.#policy) * (0.5 + random() * 0.5);
    this.#timer = setTimeout(() => void this.refresh(), pause);
  }

  /** Looks no more by itself. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  /** Forgets everything that is trusted, where the device is to become a new gate. */
  async startOver(destroy: () => Promise<void>): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    await destroy();
    this.#bundles = this.#emptyStore();
    this.#policy = null;
    this.#compiledFrom = null;
    this.clock.follow(null);
  }

  /** A fresh receipt told the time. */
  async keepClock(): Promise<void> {
    const kept = this.clock.keep();
    if (kept) await this.parts.keep.saveClock(kept).catch(() => {});
  }

  #compile(bundle: Bundle): Policy {
    return this.parts.compile?.(bundle) ?? compilePolicy(bundle.pack);
  }

  #take(): void {
    const use = this.#bundles.current;
    if (!use) return;
    if (use.bundle !== this.#compiledFrom) {
      this.#policy = this.#compile(use.bundle);
      this.#registerKey = registerKeyOf(use.bundle);
      this.#compiledFrom = use.bundle;
    }
    this.clock.follow(use.clock);
    if (!use.clock) this.clock.notBefore(Math.max(use.bundle.issuedAt, use.now?.issuedAt ?? 0) * 1000);
  }
}
