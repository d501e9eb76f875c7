import { type BatchJson, batchToJson, MAX_BATCH_ENTRIES, signBatch } from '@munjigi/core/chain';
import { parseSuccessor } from '@munjigi/core/delegation';
import { toBase64url } from '@munjigi/core/encoding';
import type { Signer } from '@munjigi/core/signing';
import type { OutboxStore } from '../outbox/types.ts';
import { deviceSigner } from '../storage/device-key.ts';
import type { GateStore } from './gate-store.ts';
import { succession } from './renew.ts';

/** The outbox as a file: batches as they would travel, each signed by the gate. Who has it can send it, nobody can open it. */
export interface OutboxFile {
  readonly munjigi: 'outbox';
  readonly version: 1;
  readonly batches: readonly BatchJson[];
  /** By what the keys came to be that are not the device's first, in order; a register must see them before the batches. */
  readonly successors?: readonly {
    readonly gate: string;
    readonly successor: string;
    readonly proof: string;
  }[];
}

/** Everything that one chain of the device still holds, unconfirmed or not. */
export async function exportOutbox(
  store: OutboxStore,
  signer: Signer,
  venueId: number,
  bundle: { readonly sequence: number; readonly digest: Uint8Array },
): Promise<OutboxFile> {
  const batches: BatchJson[] = [];
  const head = await store.head();
  for (let from = 1; ; ) {
    const entries = await store.entriesFrom(from, MAX_BATCH_ENTRIES);
    const first = entries[0];
    if (!first) return { munjigi: 'outbox', version: 1, batches };
    const end = entries.findIndex((kept, i) => i > 0 && kept.counter !== entries[i - 1]!.counter + 1);
    const run = end < 0 ? entries : entries.slice(0, end);
    const last = run[run.length - 1]!;
    const fields = {
      venueId,
      previous: { counter: first.counter - 1, hash: first.before },
      entries: run.map(({ entry }) => entry),
      bundle,
      pending: Math.max(0, (head?.counter ?? last.counter) - last.counter),
    };
    batches.push(batchToJson(await signBatch(fields, signer)));
    from = last.counter + 1;
  }
}

/** Everything that the device still holds, of each of its chains, oldest first. */
export async function exportDevice(
  store: GateStore,
  bundle: { readonly sequence: number; readonly digest: Uint8Array },
): Promise<OutboxFile> {
  const batches: BatchJson[] = [];
  const successors: NonNullable<OutboxFile['successors']>[number][] = [];
  for (const chain of await store.chains()) {
    const [identity, key] = [await chain.identity(), await chain.key()];
    if (!identity || !key) continue;
    if (identity.succeeds) {
      const { signed } = identity.succeeds;
      const gate = toBase64url(parseSuccessor(signed).gate);
      successors.push({ gate, ...(await succession(key, signed)) });
    }
    batches.push(...(await exportOutbox(chain, deviceSigner(key), identity.venueId, bundle)).batches);
  }
  return { munjigi: 'outbox', version: 1, batches, ...(successors.length > 0 ? { successors } : {}) };
}
