import { inspect } from '@munjigi/core/gate';
import { compilePolicy, type Policy } from '@munjigi/core/rules';
import { webCrypto } from '@munjigi/core/signing';
import { type Now, type StoryClock, storyAt } from '@munjigi/core/trust';
import { BundleStore, httpDocuments, type KeptTrust } from '@munjigi/offline';
import { type Signal, signal } from '@preact/signals';

/**
 * The signed documents as the page itself reads them: from the mirror, verified by the same code as at the door. The
 * page believes no clock and no sentence that is not signed.
 */
export class Documents {
  readonly policy: Signal<Policy | null> = signal(null);
  readonly now: Signal<Now | null> = signal(null);
  readonly clock: Signal<StoryClock | null> = signal(null);
  readonly #store: BundleStore;
  #bundle: unknown = null;

  constructor() {
    const crypto = webCrypto(globalThis.crypto.subtle as never);
    let kept: KeptTrust | null = null;
    this.#store = new BundleStore({
      keep: {
        load: async () => kept,
        save: async (next) => {
          kept = next;
        },
      },
      source: httpDocuments(),
      crypto,
      inspect: (text, trust) => inspect(text, trust, crypto),
      at: () => this.nowMs() / 1000,
      mirrors: ['/mirror'],
    });
  }

  /** Asks the mirror once; true where what counts or what time it is was said anew. */
  async refresh(): Promise<boolean> {
    const before = [this.now.peek()?.sequence, this.clock.peek()?.sequence];
    await this.#store.refresh();
    const use = this.#store.current;
    if (!use) return false;
    if (use.bundle !== this.#bundle) {
      this.#bundle = use.bundle;
      this.policy.value = compilePolicy(use.bundle.pack);
    }
    if (use.now !== this.now.peek()) this.now.value = use.now;
    if (use.clock !== this.clock.peek()) this.clock.value = use.clock;
    return use.now?.sequence !== before[0] || use.clock?.sequence !== before[1];
  }

  /** The moment that is played, in milliseconds; the machine's own where no story is. */
  nowMs(): number {
    const clock = this.clock.peek();
    return clock ? storyAt(clock, Date.now()) : Date.now();
  }
}
