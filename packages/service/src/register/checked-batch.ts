import { hash as nodeHash } from 'node:crypto';
import { type Batch, entryPreimage, verifyBatchSignature } from '@munjigi/core/chain';
import { equalBytes } from '@munjigi/core/encoding';
import { type Crypto, compressPoint, keyThumbprint, spkiFromPoint } from '@munjigi/core/signing';
import { ApiError } from '../contracts/index.ts';

/** A batch whose signature and chain hold; nothing is known yet of the gate. */
export interface CheckedBatch {
  readonly batch: Batch;
  readonly gateKey: Uint8Array;
  readonly thumbprint: Uint8Array;
  /** Names the chain in maps of this process. */
  readonly key: string;
  /** Hash before each entry, and after the last: one more than there are entries. */
  readonly hashes: readonly Uint8Array[];
  readonly subjectHashes: readonly Uint8Array[];
}

const LARGEST_COUNTER = 0x7fffffff;
const REMEMBERED = 20_000;

const HASH = 32;

/** Takes SHA-256 of the platform into one block of memory: a buffer of its own for each digest costs as much again. */
class Digests {
  readonly #block: Buffer;
  #at = 0;

  constructor(count: number) {
    this.#block = Buffer.allocUnsafeSlow(count * HASH);
  }

  of(bytes: Uint8Array): Uint8Array {
    const start = this.#at;
    this.#at += this.#block.write(nodeHash('sha256', bytes, 'binary'), start, 'latin1');
    return new Uint8Array(this.#block.buffer, start, HASH);
  }
}

interface KnownKey {
  readonly thumbprint: Uint8Array;
  readonly spki: Uint8Array;
  readonly compressed: Uint8Array;
  readonly name: string;
}

/** Checks batches. Remembers imported keys, so that a gate's next batch is verified without importing its key again. */
export class BatchChecker {
  readonly #keys = new Map<string, KnownKey>();
  readonly #crypto: Crypto;

  constructor(crypto: Crypto) {
    this.#crypto = crypto;
  }

  /**
   * Verifies the gate's signature, computes every hash and compares the last with the signed head.
   * Throws `ApiError` `register.signature`, `register.structure` or `register.head`.
   */
  async check(batch: Batch): Promise<CheckedBatch> {
    if (batch.gateKey.length !== 65 || batch.head.counter > LARGEST_COUNTER)
      throw new ApiError('register.structure');
    const known = this.#keyOf(batch.gateKey);
    if (!(await verifyBatchSignature(batch, this.#crypto, known.spki)))
      throw new ApiError('register.signature');
    const { hashes, subjectHashes } = this.#hashes(batch, known.thumbprint);
    const last = hashes[hashes.length - 1]!;
    if (
      batch.head.counter !== batch.previous.counter + batch.entries.length ||
      !equalBytes(last, batch.head.hash)
    ) {
      throw new ApiError('register.head');
    }
    return {
      batch,
      gateKey: known.compressed,
      thumbprint: known.thumbprint,
      key: `${batch.venueId} ${known.name}`,
      hashes,
      subjectHashes,
    };
  }

  #hashes(batch: Batch, gate: Uint8Array): Pick<CheckedBatch, 'hashes' | 'subjectHashes'> {
    const hashes = [batch.previous.hash];
    const subjectHashes: Uint8Array[] = [];
    const digests = new Digests(batch.entries.length * 2);
    batch.entries.forEach((entry, i) => {
      if (entry.counter !== batch.previous.counter + i + 1) throw new ApiError('register.structure');
      const subjectHash = digests.of(entry.subject);
      subjectHashes.push(subjectHash);
      hashes.push(digests.of(entryPreimage(entry, gate, hashes[i]!, subjectHash)));
    });
    return { hashes, subjectHashes };
  }

  #keyOf(point: Uint8Array): KnownKey {
    const name = Buffer.from(point.buffer, point.byteOffset + 1, 32).toString('latin1') + (point[64]! & 1);
    let known = this.#keys.get(name);
    if (known === undefined) {
      known = {
        thumbprint: keyThumbprint(point),
        spki: spkiFromPoint(point),
        compressed: compressPoint(point),
        name,
      };
      if (this.#keys.size >= REMEMBERED) this.#keys.clear();
      this.#keys.set(name, known);
    }
    return known;
  }
}
