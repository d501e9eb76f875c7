import { fromBase64 } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import type { ChainStore } from '../gate/chain-store.ts';
import type { GateStore } from '../gate/gate-store.ts';
import { introduceChains, isCopied, renewKey } from '../gate/renew.ts';
import type { GateIdentity } from '../outbox/types.ts';
import { deviceSigner } from '../storage/device-key.ts';
import type { GateNews, RegisterTransport } from './register-transport.ts';
import { type SyncEvents, SyncLoop, type SyncParts } from './sync-loop.ts';

export interface ChainsSyncEvents extends Pick<SyncEvents, 'reached' | 'sample' | 'confirmed' | 'news'> {
  /** An older chain of this device was confirmed further, or has ended. */
  olderMoved?(): void;
  /** The chain had forked: from here on this device writes under another key. */
  renewed?(identity: GateIdentity): void;
  /** The register has seen by what this device's key came to be; why it is marked, or null. */
  introduced?(unconfirmed: string | null): void;
  /** It did not take that in now. */
  refused?(error: unknown): void;
}

export interface ChainsSyncParts
  extends Pick<
    SyncParts,
    'bundle' | 'registerKey' | 'crypto' | 'random' | 'monotonicMs' | 'now' | 'provedMs'
  > {
  readonly store: GateStore;
  /** The register as it is reached for one chain, by the thumbprint of its key. */
  readonly transport: (gate: Uint8Array) => RegisterTransport;
  readonly events?: ChainsSyncEvents;
}

interface Running {
  readonly chain: ChainStore;
  readonly loop: SyncLoop;
}

/**
 * Sends every chain of a device: the one that is written, and older ones until the register holds them safely. When the register
 * shows by its own signature that the chain has forked, or by ours that somebody else has our key, the device goes on under a new
 * key at once, and the door notices nothing.
 */
export class ChainsSync {
  readonly #running = new Map<string, Running>();
  #on = false;
  /** Name of the chain that is written. */
  #written: string | null = null;
  #renewing: Promise<void> | null = null;
  #noticing: Promise<void> = Promise.resolve();
  #starting: Promise<void> = Promise.resolve();
  #introducing: Promise<void> = Promise.resolve();

  constructor(private readonly parts: ChainsSyncParts) {}

  /** Runs a loop for each chain that is kept, until `stop`. */
  start(): void {
    this.#on = true;
    void this.settled();
  }

  stop(): void {
    this.#on = false;
    for (const { loop } of this.#running.values()) loop.stop();
    this.#running.clear();
  }

  nudge(force = false): void {
    for (const { loop } of this.#running.values()) loop.nudge(force);
  }

  /** One round of each chain, oldest first: for tests and simulations. Answers how the rounds ended. */
  async rounds(): Promise<readonly string[]> {
    const states: string[] = [];
    const chains = await this.parts.store.chains();
    this.#written = chains.at(-1)!.chain;
    for (const chain of chains) {
      const loop = await this.#loopOf(chain);
      if (loop) states.push((await loop.round()).state);
      await this.#noticing;
      await this.#renewing;
    }
    return states;
  }

  /** Resolves when the loops that `start` asked for run. Storage that fails now is tried again with the next start. */
  settled(): Promise<void> {
    this.#starting = this.#starting.then(() => this.#startAll()).catch(() => {});
    return this.#starting;
  }

  async #startAll(): Promise<void> {
    const chains = await this.parts.store.chains();
    this.#written = chains.at(-1)!.chain;
    for (const chain of chains) {
      const loop = await this.#loopOf(chain);
      if (this.#on) loop?.start();
    }
  }

  async #loopOf(chain: ChainStore): Promise<SyncLoop | null> {
    const known = this.#running.get(chain.chain);
    if (known) return known.loop;
    const [identity, key] = [await chain.identity(), await chain.key()];
    if (!identity || !key) return null;
    const { store, transport: reach, events: _, ...parts } = this.parts;
    const transport = reach(identity.thumbprint);
    const loop = new SyncLoop({
      ...parts,
      store: chain,
      transport,
      signer: deviceSigner(key),
      gate: identity.thumbprint,
      venueId: identity.venueId,
      introduce: () => this.#introduce(transport, chain.chain),
      events: this.#eventsOf(chain, identity),
    });
    this.#running.set(chain.chain, { chain, loop });
    return loop;
  }

  #eventsOf(chain: ChainStore, identity: GateIdentity): SyncEvents {
    const events = this.parts.events ?? {};
    const isWritten = () => this.#written === chain.chain;
    return {
      confirmed: (receipt) => {
        if (isWritten()) events.confirmed?.(receipt);
        else events.olderMoved?.();
      },
      reached: (reached) => {
        events.reached?.(reached);
        if (reached) void this.#end(chain).catch(() => {});
      },
      sample: (sample) => events.sample?.(sample),
      news: (news) => {
        if (!isWritten()) return;
        events.news?.(news);
        this.#noticing = this.#looksCopied(identity, news).then(async (copied) => {
          if (copied) await this.#renew(chain);
        });
      },
      forked: (how) => {
        if (how === 'signed') void this.#renew(chain);
      },
      unknown: () => void this.#showAgain(chain).catch(() => {}),
    };
  }

  /** One after the other, so that nothing is shown twice at once. */
  #introduce(transport: RegisterTransport, upTo: string): Promise<void> {
    const { store, events } = this.parts;
    const next = this.#introducing
      .catch(() => {})
      .then(() => introduceChains(store, transport, upTo, (why) => events?.introduced?.(why)))
      .catch((error: unknown) => {
        events?.refused?.(error);
        throw error;
      });
    this.#introducing = next;
    return next;
  }

  async #looksCopied(identity: GateIdentity, { successor }: GateNews): Promise<boolean> {
    if (!successor) return false;
    try {
      return await isCopied(identity, fromBase64(successor), this.parts.crypto);
    } catch (error) {
      if (isMunjigiError(error)) return false;
      throw error;
    }
  }

  /** Once at a time; an older chain has its successor already. A device that cannot write now hears of the fork again. */
  #renew(chain: ChainStore): Promise<void> {
    this.#renewing ??= this.#makeNew(chain)
      .catch(() => {})
      .finally(() => {
        this.#renewing = null;
      });
    return this.#renewing;
  }

  async #makeNew(chain: ChainStore): Promise<void> {
    const { store, now, events } = this.parts;
    if ((await store.current()).chain !== chain.chain) return;
    const identity = await renewKey(store, now() ?? Date.now() / 1000);
    if (!identity) return;
    this.#written = (await store.current()).chain;
    events?.renewed?.(identity);
    if (this.#on) await this.settled();
  }

  /** A register that came back from a backup may have lost by what this key came to be: it is shown again. */
  async #showAgain(chain: ChainStore): Promise<void> {
    const identity = await chain.identity();
    if (!identity?.succeeds?.shown) return;
    await chain.enrol({ ...identity, succeeds: { ...identity.succeeds, shown: false } });
  }

  /** Forgets an older chain that is confirmed to its end, forgotten entry by entry, and followed by one that the register knows. */
  async #end(chain: ChainStore): Promise<void> {
    const chains = await this.parts.store.chains();
    const at = chains.findIndex((one) => one.chain === chain.chain);
    const next = at >= 0 ? chains[at + 1] : undefined;
    if (!next || !(await next.identity())?.succeeds?.shown) return;
    const [head, receipt] = [await chain.head(), await chain.newestReceipt()];
    if ((head?.counter ?? 0) > (receipt?.counter ?? 0) || (await chain.entriesFrom(1, 1)).length > 0) return;
    if (!(await chain.drop())) return;
    this.#running.get(chain.chain)?.loop.stop();
    this.#running.delete(chain.chain);
    this.parts.events?.olderMoved?.();
  }
}
