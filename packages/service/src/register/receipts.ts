import {
  chainKid,
  type Head,
  NO_RECEIPT,
  openReceipt,
  type Receipt,
  receiptHash,
  signReceipt,
} from '@munjigi/core/chain';
import { equalBytes } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import { type Crypto, type Signer, spkiFromPoint } from '@munjigi/core/signing';

export interface SignedReceipt {
  readonly hash: Uint8Array;
  readonly signed: Uint8Array;
}

/** What signs receipts: one key, or several of which one signs at a time. */
export interface ReceiptSigners {
  readonly serving: Signer;
  readonly known: readonly Signer[];
  /** Reads them again where they were changed. */
  refresh?(): Promise<void>;
}

/** Signs receipts, and knows its own again. */
export class Receipts {
  readonly #signers: ReceiptSigners;
  readonly #crypto: Crypto;
  readonly #spkis = new WeakMap<Signer, Uint8Array>();

  constructor(signers: Signer | ReceiptSigners, crypto: Crypto) {
    this.#signers = 'sign' in signers ? { serving: signers, known: [signers] } : signers;
    this.#crypto = crypto;
  }

  get publicKey(): Uint8Array {
    return this.#signers.serving.publicKey;
  }

  get kid(): Uint8Array {
    return chainKid(this.publicKey);
  }

  /** Every key that gates are to know. */
  get publicKeys(): readonly { readonly kid: Uint8Array; readonly publicKey: Uint8Array }[] {
    return this.#signers.known.map(({ publicKey }) => ({ kid: chainKid(publicKey), publicKey }));
  }

  async refresh(): Promise<void> {
    await this.#signers.refresh?.();
  }

  #spkiOf(kid: Uint8Array): Uint8Array | undefined {
    const signer = this.#signers.known.find(({ publicKey }) => equalBytes(kid, chainKid(publicKey)));
    if (!signer) return undefined;
    let spki = this.#spkis.get(signer);
    if (!spki) {
      spki = spkiFromPoint(signer.publicKey);
      this.#spkis.set(signer, spki);
    }
    return spki;
  }

  /** A receipt over a head; each names the one before it of the same chain. */
  async sign(
    chain: { venueId: number; gate: Uint8Array },
    head: Head,
    receivedAtMs: number,
    previous: Uint8Array | null,
    safeCounter: number,
  ): Promise<SignedReceipt> {
    const receipt: Receipt = {
      ...chain,
      head,
      receivedAtMs,
      previousReceipt: previous ?? NO_RECEIPT,
      safeCounter: Math.min(safeCounter, head.counter),
    };
    const { serving } = this.#signers;
    const signed = await signReceipt(receipt, serving, chainKid(serving.publicKey));
    return { hash: receiptHash(signed), signed };
  }

  /** What a receipt says that a gate shows, or null where it is none of ours. */
  async open(signed: Uint8Array): Promise<Receipt | null> {
    try {
      return await openReceipt(signed, (kid) => this.#spkiOf(kid), this.#crypto);
    } catch (error) {
      if (isMunjigiError(error)) return null;
      throw error;
    }
  }
}
