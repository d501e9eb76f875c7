import { type CborValue, encodeDeterministic, equalBytes } from '../encoding/index.ts';
import { isMunjigiError, MunjigiError } from '../errors.ts';
import {
  type Crypto,
  keyThumbprint,
  parseDocument,
  type Signer,
  signDocument,
  spkiFromPoint,
} from '../signing/index.ts';
import { entryHash, type Hash } from './hash.ts';
import type { Batch, Head } from './types.ts';

export const MAX_BATCH_ENTRIES = 500;
export const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/** How signers of chains are named: the first 8 bytes of the key's thumbprint. */
export const chainKid = (publicKey: Uint8Array): Uint8Array => keyThumbprint(publicKey).slice(0, 8);

const headFields = (head: Head): CborValue => [head.counter, head.hash];

const payloadOf = (batch: Omit<Batch, 'signed' | 'entries'>): CborValue => [
  1,
  batch.venueId,
  batch.gateKey,
  headFields(batch.previous),
  headFields(batch.head),
  [batch.bundle.sequence, batch.bundle.digest],
  batch.pending,
];

/** What a gate puts into a batch; key and head follow from the signer and the entries. */
export type BatchFields = Omit<Batch, 'signed' | 'gateKey' | 'head'>;

/**
 * Signs a batch with the gate's key over the head that its entries lead to.
 * Throws `chain.link` where the counters do not follow on, `chain.structure` for none or too many entries.
 */
export async function signBatch(fields: BatchFields, signer: Signer): Promise<Batch> {
  const { venueId, previous, entries, bundle, pending } = fields;
  if (entries.length === 0 || entries.length > MAX_BATCH_ENTRIES) {
    throw new MunjigiError('chain.structure', `A batch has 1 to ${MAX_BATCH_ENTRIES} entries.`);
  }
  const hashes = chainHashes({ ...fields, gateKey: signer.publicKey });
  const head = { counter: previous.counter + entries.length, hash: hashes[hashes.length - 1]! };
  const batch = { venueId, gateKey: signer.publicKey, previous, entries, head, bundle, pending };
  return {
    ...batch,
    signed: await signDocument('batch', payloadOf(batch), signer, chainKid(signer.publicKey)),
  };
}

/**
 * The hash of every entry of a batch, in order. Throws `chain.link` where a counter does not follow on, or an entry names
 * another venue.
 */
export function chainHashes(
  batch: Pick<Batch, 'venueId' | 'gateKey' | 'previous' | 'entries'>,
  hash?: Hash,
): Uint8Array[] {
  const gate = keyThumbprint(batch.gateKey);
  let before = batch.previous;
  return batch.entries.map((entry) => {
    if (entry.counter !== before.counter + 1 || entry.venueId !== batch.venueId) {
      throw new MunjigiError(
        'chain.link',
        'Entries of a batch follow each other without gaps, all of one venue.',
      );
    }
    before = { counter: entry.counter, hash: entryHash(entry, gate, before.hash, undefined, hash) };
    return before.hash;
  });
}

/** True where the entries of a batch lead from its previous head to its head. Hashes of all entries on the way. */
export function leadsToHead(batch: Batch, hashes: readonly Uint8Array[] = chainHashes(batch)): boolean {
  const last = hashes[hashes.length - 1];
  return (
    last !== undefined &&
    batch.head.counter === batch.previous.counter + hashes.length &&
    equalBytes(last, batch.head.hash)
  );
}

/**
 * True where the gate's key signed exactly these fields. It says nothing of the entries: see `leadsToHead`.
 * @param key SPKI of the gate key, where the caller keeps one array a key; else made from the batch
 */
export async function verifyBatchSignature(
  batch: Batch,
  crypto: Crypto,
  key: Uint8Array = spkiFromPoint(batch.gateKey),
): Promise<boolean> {
  try {
    const parsed = parseDocument('batch', batch.signed, 1024);
    if (!equalBytes(parsed.kid, chainKid(batch.gateKey))) return false;
    if (!equalBytes(encodeDeterministic(parsed.payload), encodeDeterministic(payloadOf(batch)))) return false;
    return await crypto.verify('ES256', key, parsed.toBeSigned, parsed.signature);
  } catch (error) {
    if (isMunjigiError(error)) return false;
    throw error;
  }
}
