import { type BatchJson, batchToJson, type Entry, signBatch } from '@munjigi/core/chain';
import { type Signer, spkiFromPoint } from '@munjigi/core/signing';
import {
  type KeptEntry,
  type KeptReceipt,
  MemoryOutboxStore,
  Outbox,
  type RegisterTransport,
  SyncLoop,
} from '@munjigi/offline';
import { nodeCrypto } from '@munjigi/service/crypto';
import type { Chance } from './chance.ts';

const NOTHING = new Uint8Array(32);
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export interface DeviceParts {
  readonly venueId: number;
  readonly signer: Signer;
  readonly thumbprint: Uint8Array;
  readonly transport: RegisterTransport;
  readonly registerKey: Uint8Array;
  readonly chance: Chance;
  /** Seconds and milliseconds of the run. */
  readonly now: () => number;
  readonly monotonicMs: () => number;
}

/** A tablet at a door: the product's own outbox and sync loop, on storage that outlives everything but the device. */
export class Device {
  readonly store = new MemoryOutboxStore();
  readonly outbox: Outbox;
  readonly loop: SyncLoop;
  /** Hash (hex) of every entry that this device said was saved. */
  readonly saved = new Set<string>();
  forks = 0;

  constructor(readonly parts: DeviceParts) {
    this.outbox = new Outbox({
      chain: async () => ({ store: this.store, gate: parts.thumbprint }),
      venueId: parts.venueId,
      anchor: async () => (await this.store.newestReceipt())?.hash ?? NOTHING,
    });
    const key = spkiFromPoint(parts.registerKey);
    this.loop = new SyncLoop({
      store: this.store,
      transport: parts.transport,
      signer: parts.signer,
      gate: parts.thumbprint,
      venueId: parts.venueId,
      bundle: () => ({ sequence: 1, digest: NOTHING }),
      registerKey: () => key,
      crypto: nodeCrypto(),
      random: () => parts.chance.fraction(),
      monotonicMs: parts.monotonicMs,
      now: parts.now,
      events: {
        forked: () => {
          this.forks += 1;
        },
      },
    });
  }

  /** Guests come. */
  async enter(count: number): Promise<void> {
    const { venueId, chance, now } = this.parts;
    for (let i = 0; i < count; i++) {
      const subject = chance.bytes(193);
      const done = await this.outbox.append(
        async ({ counter, anchor }): Promise<Entry> => ({
          venueId,
          counter,
          enteredAt: Math.floor(now()),
          check: 'scan',
          record: 'scan',
          kind: 'entry',
          dayKeyId: 1,
          subject,
          anchor,
          clockUnknown: false,
        }),
      );
      if (done.state !== 'saved') throw new Error('a device with room did not save');
      this.saved.add(hex(done.kept.hash));
    }
  }

  /** Any slice of what the device holds, signed once more, as a retry after a crash may cut it. */
  async slice(): Promise<BatchJson | null> {
    const { chance, venueId, signer } = this.parts;
    const all = await this.store.entriesFrom(1, 10_000);
    if (all.length === 0) return null;
    const from = chance.upTo(all.length - 1);
    const entries = all.slice(from, from + 1 + chance.upTo(Math.min(60, all.length - 1 - from)));
    return inBatch(venueId, signer, entries);
  }

  /** The same device put back to what it was when `copy` was taken: it knows nothing of what came after. */
  async putBack(copy: readonly KeptEntry[], receipt: KeptReceipt | null): Promise<Device> {
    const other = new Device(this.parts);
    for (const kept of copy) {
      const head = (await other.store.head()) ?? { counter: 0, hash: kept.before };
      await other.store.append(kept, head);
      other.saved.add(hex(kept.hash));
    }
    if (receipt) await other.store.saveReceipt(receipt);
    return other;
  }

  /** Rounds until nothing is left to send, or something fails. */
  async deliver(most: number): Promise<string> {
    for (let i = 0; i < most; i++) {
      const round = await this.loop.round();
      if (round.state !== 'sent') return round.state === 'idle' ? 'idle' : round.code;
    }
    return 'more';
  }
}

async function inBatch(venueId: number, signer: Signer, entries: readonly KeptEntry[]): Promise<BatchJson> {
  const batch = await signBatch(
    {
      venueId,
      previous: { counter: entries[0]!.counter - 1, hash: entries[0]!.before },
      entries: entries.map(({ entry }) => entry),
      bundle: { sequence: 1, digest: NOTHING },
      pending: 0,
    },
    signer,
  );
  return batchToJson(batch);
}
