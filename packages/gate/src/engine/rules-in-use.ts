import { inspect } from '@munjigi/core/gate';
import { compilePolicy, type Policy, understands } from '@munjigi/core/rules';
import { type Crypto, webCrypto } from '@munjigi/core/signing';
import { type Bundle, registerKeyOf } from '@munjigi/core/trust';
import {
  BundleStore,
  DeviceClock,
  databaseTrustKeep,
  type GateStore,
  httpDocuments,
  type KeptClock,
  randomShare,
  type TrustInUse,
} from '@munjigi/offline';

const FIRST_MIRRORS = ['/mirror'];
const USUAL_MS = 20_000;
/** In an exercise the clock is played, and the next moment may begin at any time. */
const EXERCISE_MS = 2_000;

/** What this gate trusts and what time it is: kept, refreshed, and handed to whoever decides. */
export class RulesInUse {
  readonly crypto: Crypto = webCrypto(crypto.subtle as unknown as Parameters<typeof webCrypto>[0]);
  readonly clock: DeviceClock;
  #bundles: BundleStore;
  #policy: Policy | null = null;
  #compiledFrom: Bundle | null = null;
  #registerKey: (kid: Uint8Array) => Uint8Array | undefined = () => undefined;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #reached = false;
  problem: string | null = null;

  private constructor(
    private readonly store: GateStore,
    kept: KeptClock | null,
    private readonly onChange: () => void,
  ) {
    this.clock = new DeviceClock(undefined, kept);
    this.#bundles = this.#emptyStore();
  }

  #emptyStore(): BundleStore {
    return new BundleStore({
      keep: databaseTrustKeep(this.store.database),
      source: httpDocuments(),
      crypto: this.crypto,
      inspect,
      tryOut: ({ pack }) => void compilePolicy(pack),
      at: () => this.clock.pessimisticMs() / 1000,
      mirrors: FIRST_MIRRORS,
      random: randomShare,
      understands: (_, now) => !this.#policy || understands(this.#policy, now),
    });
  }

  /** Reads back what the device keeps; needs no network. */
  static async open(store: GateStore, onChange: () => void): Promise<RulesInUse> {
    const rules = new RulesInUse(store, (await store.setting<KeptClock>('clock')) ?? null, onChange);
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
    this.onChange();
    const pause = this.#policy?.exercise ? EXERCISE_MS : USUAL_MS;
    this.#timer = setTimeout(() => void this.refresh(), pause * (0.5 + randomShare() * 0.5));
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
    if (kept) await this.store.setSetting('clock', kept).catch(() => {});
  }

  #take(): void {
    const use = this.#bundles.current;
    if (!use) return;
    if (use.bundle !== this.#compiledFrom) {
      this.#policy = compilePolicy(use.bundle.pack);
      this.#registerKey = registerKeyOf(use.bundle);
      this.#compiledFrom = use.bundle;
    }
    this.clock.follow(use.clock);
    if (!use.clock) this.clock.notBefore(Math.max(use.bundle.issuedAt, use.now?.issuedAt ?? 0) * 1000);
  }
}
