import type { Entry } from '@munjigi/core/chain';
import type { CheckWord, Subject } from '@munjigi/core/gate';
import { dayKeyFor } from '@munjigi/core/trust';
import {
  type Appended,
  type GateIdentity,
  type GateStore,
  isStorageFull,
  Outbox,
  type OutboxChain,
  type OutboxStore,
  type Place,
  randomBytes,
} from '@munjigi/offline';
import type { Suite } from '../../crypto/suite.ts';
import type { GateRules } from './rules.ts';

/** Writes entries into a gate's chain, in the order of the app's recorder.ts: sealed, anchored, saved, then said. */
export class Recorder {
  readonly outbox: Outbox;
  #newestAnchor: Uint8Array | null = null;

  constructor(
    private readonly identity: GateIdentity,
    private readonly store: GateStore,
    private readonly rules: GateRules,
    private readonly suite: Suite,
    /** Hands the chain's store on as it is, or with a fault that was planted. */
    private readonly keptIn: (store: OutboxStore) => OutboxStore,
  ) {
    this.outbox = new Outbox({
      chain: () => this.#chain(),
      venueId: identity.venueId,
      anchor: () => this.#anchor(),
      isFull: isStorageFull,
    });
  }

  /** The newest receipt or bundle that this gate has verified. */
  verified(hash: Uint8Array | null): void {
    this.#newestAnchor = hash;
  }

  /** `made` is told of every place that an entry was made for, before it is written. */
  record(
    what: { readonly check: CheckWord; readonly subject: Subject },
    tag: string | null,
    made: (gate: Uint8Array, entry: Entry) => void,
  ): Promise<Appended> {
    const estimate = this.rules.clock.estimate();
    const at = Math.floor((estimate?.ms ?? Date.now()) / 1000);
    return this.outbox.append(
      async ({ gate, ...place }) => {
        const entry = await this.#entry(what, { gate, ...place }, at, estimate === null);
        made(gate, entry);
        return entry;
      },
      tag === null ? undefined : { tag, at },
    );
  }

  async #chain(): Promise<OutboxChain> {
    const store = await this.store.current();
    return {
      store: this.keptIn(store),
      gate: (await store.identity())?.thumbprint ?? this.identity.thumbprint,
    };
  }

  async #entry(
    { check, subject }: { readonly check: CheckWord; readonly subject: Subject },
    { gate, ...place }: Place,
    enteredAt: number,
    clockUnknown: boolean,
  ): Promise<Entry> {
    const { venueId } = this.identity;
    const { inUse, policy } = this.rules;
    const day = policy?.calendar.dateOf(enteredAt);
    const dayKey = inUse && day ? dayKeyFor(inUse.bundle, day) : null;
    if (!day || !dayKey) throw new Error('No day key to seal with.');
    const base = {
      ...place,
      venueId,
      enteredAt,
      check,
      record: 'scan' as const,
      kind: 'entry' as const,
      clockUnknown,
    };
    const box = await this.suite.seal({
      subject,
      place: { venueId, day, gate, counter: place.counter, check, record: 'scan', kind: 'entry' },
      dayKey: dayKey.publicKey,
      ekm: randomBytes(32),
    });
    return { ...base, dayKeyId: dayKey.keyId, subject: box };
  }

  async #anchor(): Promise<Uint8Array> {
    if (this.#newestAnchor) return this.#newestAnchor;
    const use = this.rules.inUse;
    const receipt = await this.store.newestReceipt();
    const newer = receipt && (!use || receipt.receivedAtMs >= use.bundle.issuedAt * 1000);
    this.#newestAnchor = newer ? receipt.hash : (use?.digest ?? new Uint8Array(32));
    return this.#newestAnchor;
  }
}
