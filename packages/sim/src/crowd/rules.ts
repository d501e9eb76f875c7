import { inspect } from '@munjigi/core/gate';
import { compilePolicy, type Policy } from '@munjigi/core/rules';
import { webCrypto } from '@munjigi/core/signing';
import { type Bundle, registerKeyOf } from '@munjigi/core/trust';
import { BundleStore, DeviceClock, httpDocuments, type KeptTrust, type TrustInUse } from '@munjigi/offline';

export const crypto = webCrypto(globalThis.crypto.subtle as unknown as Parameters<typeof webCrypto>[0]);

/** A device looks so often what counts; the product's own pace outside exercises. */
const EVERY_MS = 20_000;

/** What a device of the crowd trusts, by the product's own bundle store, kept in memory. */
export class DeviceRules {
  readonly clock = new DeviceClock();
  readonly #bundles: BundleStore;
  #policy: Policy | null = null;
  #registerKey: (kid: Uint8Array) => Uint8Array | undefined = () => undefined;
  #compiled: Bundle | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** Code of the rule by which something that was fetched last was refused. */
  problem: string | null = null;
  #reached = false;

  constructor(
    mirrors: readonly string[],
    private readonly random: () => number,
    private readonly onChange: (use: TrustInUse) => void = () => {},
  ) {
    let kept: KeptTrust | null = null;
    this.#bundles = new BundleStore({
      keep: {
        load: async () => kept,
        save: async (next) => {
          kept = next;
        },
      },
      source: httpDocuments(undefined, 3_000),
      crypto,
      inspect,
      tryOut: ({ pack }) => void compilePolicy(pack),
      at: () => this.clock.pessimisticMs() / 1000,
      mirrors,
    });
  }

  get use(): TrustInUse | null {
    return this.#bundles.current;
  }

  get policy(): Policy | null {
    return this.#policy;
  }

  get reached(): boolean {
    return this.#reached;
  }

  ageSeconds(): number | null {
    return this.#bundles.ageSeconds();
  }

  registerKey(kid: Uint8Array): Uint8Array | undefined {
    return this.#registerKey(kid);
  }

  /** Looks now, and from then on again and again until `stop`. */
  async follow(): Promise<void> {
    await this.look();
    this.#timer = setTimeout(() => void this.follow(), EVERY_MS * (0.5 + this.random() * 0.5));
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }

  async look(): Promise<void> {
    const { reached, changed, problem } = await this.#bundles.refresh();
    this.problem = problem;
    this.#reached = reached;
    const use = this.use;
    if (!use) return;
    if (use.bundle !== this.#compiled) {
      this.#policy = compilePolicy(use.bundle.pack);
      this.#registerKey = registerKeyOf(use.bundle);
      this.#compiled = use.bundle;
    }
    this.clock.follow(use.clock);
    if (changed) this.onChange(use);
  }
}
