import { cancelledBy, type Entry, voidEntry } from '@munjigi/core/chain';
import type { CheckWord, RecordWord, Subject } from '@munjigi/core/gate';
import type { Policy } from '@munjigi/core/rules';
import { sealSubject } from '@munjigi/core/sealed';
import { dayKeyFor } from '@munjigi/core/trust';
import type { DeviceClock } from '../clock/device-clock.ts';
import { type Appended, Outbox, type OutboxChain, type Place } from '../outbox/outbox.ts';
import type { GateIdentity, OutboxStore } from '../outbox/types.ts';
import { isStorageFull } from '../storage/database.ts';
import { randomBytes } from '../storage/random.ts';
import type { TrustInUse } from '../trust/bundle-store.ts';
import type { GateStore } from './gate-store.ts';

const NONE = new Uint8Array(0);

/** What is written down of one guest. Without a subject the record is kept elsewhere: on paper, by a call. */
export interface ToRecord {
  readonly check: CheckWord;
  readonly record: RecordWord;
  readonly subject: Subject | null;
}

/** What counts at this gate and what time it is, at the instant at which a guest is written down. */
export interface RecordingRules {
  readonly clock: DeviceClock;
  readonly inUse: TrustInUse | null;
  readonly policy: Policy | null;
}

export interface RecorderParts {
  readonly identity: GateIdentity;
  readonly store: GateStore;
  readonly rules: RecordingRules;
  /** How a subject is sealed; the simulator has its own way. */
  readonly seal?: typeof sealSubject;
  /** Hands the chain's store on; a simulation puts one there that fails. */
  readonly keptIn?: (store: OutboxStore) => OutboxStore;
}

/** Writes entries into the gate's chain: sealed for the day's key, anchored, saved durably before anything is said. */
export class Recorder {
  readonly outbox: Outbox;
  #newestAnchor: Uint8Array | null = null;

  constructor(private readonly parts: RecorderParts) {
    this.outbox = new Outbox({
      chain: () => this.#chain(),
      venueId: parts.identity.venueId,
      anchor: () => this.#anchor(),
      isFull: isStorageFull,
    });
  }

  /** The newest receipt or bundle that this gate has verified: what the next entries were not made before. */
  verified(hash: Uint8Array): void {
    this.#newestAnchor = hash;
  }

  /** Another chain begins: its anchors are asked for anew. */
  renewed(): void {
    this.#newestAnchor = null;
  }

  /**
   * @param tag of the code, so that it is known again
   * @param onMade told of every place that an entry was made for, before it is written
   */
  record(
    what: ToRecord,
    tag: string | null = null,
    onMade: (gate: Uint8Array, entry: Entry) => void = () => {},
  ): Promise<Appended> {
    const { at, clockUnknown } = this.#time();
    return this.outbox.append(
      async (place) => {
        const entry = await this.#entry(what, place, at, clockUnknown);
        onMade(place.gate, entry);
        return entry;
      },
      tag === null ? undefined : { tag, at },
    );
  }

  /** Cancels an entry by another one: nothing is deleted. Only in the chain of this key, where one is named. */
  cancel(counter: number, gate?: Uint8Array): Promise<Appended> {
    const { at, clockUnknown } = this.#time();
    const { venueId } = this.parts.identity;
    return this.outbox.append(
      async ({ gate: _, ...place }) =>
        voidEntry({ ...place, venueId, enteredAt: at, cancels: counter, clockUnknown }),
      undefined,
      gate,
    );
  }

  /** The last entry that stands, or null where the last thing on the chain is its cancelling. */
  async last(): Promise<{
    readonly entry: Entry;
    readonly voided: boolean;
    readonly gate: Uint8Array;
  } | null> {
    const { store, gate } = await this.#chain();
    const counter = (await store.head())?.counter ?? 0;
    const [newest] = counter > 0 ? await store.entriesFrom(counter, 1) : [];
    if (!newest) return null;
    if (newest.entry.kind === 'entry') return { entry: newest.entry, voided: false, gate };
    const [cancelled] = await store.entriesFrom(cancelledBy(newest.entry), 1);
    return cancelled ? { entry: cancelled.entry, voided: true, gate } : null;
  }

  /** The chain that is written now: another one after a fork. */
  async #chain(): Promise<OutboxChain> {
    const { identity, store: kept, keptIn } = this.parts;
    const store = await kept.current();
    const gate = (await store.identity())?.thumbprint ?? identity.thumbprint;
    return { store: keptIn ? keptIn(store) : store, gate };
  }

  #time(): { readonly at: number; readonly clockUnknown: boolean } {
    const estimate = this.parts.rules.clock.estimate();
    return { at: Math.floor((estimate?.ms ?? Date.now()) / 1000), clockUnknown: estimate === null };
  }

  async #entry(
    what: ToRecord,
    { gate, ...place }: Place,
    enteredAt: number,
    clockUnknown: boolean,
  ): Promise<Entry> {
    const { check, record, subject } = what;
    const base = {
      ...place,
      venueId: this.parts.identity.venueId,
      enteredAt,
      check,
      record,
      kind: 'entry' as const,
      clockUnknown,
    };
    if (!subject) return { ...base, dayKeyId: 0, subject: NONE };
    const { inUse, policy } = this.parts.rules;
    const day = policy?.calendar.dateOf(enteredAt);
    const dayKey = inUse && day ? dayKeyFor(inUse.bundle, day) : null;
    if (!day || !dayKey) throw new Error('No day key to seal with.');
    const box = await (this.parts.seal ?? sealSubject)({
      subject,
      place: {
        venueId: base.venueId,
        day,
        gate,
        counter: place.counter,
        check,
        record,
        kind: 'entry',
      },
      dayKey: dayKey.publicKey,
      ekm: randomBytes(32),
    });
    return { ...base, dayKeyId: dayKey.keyId, subject: box };
  }

  async #anchor(): Promise<Uint8Array> {
    if (this.#newestAnchor) return this.#newestAnchor;
    const { rules, store } = this.parts;
    const use = rules.inUse;
    const receipt = await store.newestReceipt();
    const newer = receipt && (!use || receipt.receivedAtMs >= use.bundle.issuedAt * 1000);
    this.#newestAnchor = newer ? receipt.hash : (use?.digest ?? new Uint8Array(32));
    return this.#newestAnchor;
  }
}
