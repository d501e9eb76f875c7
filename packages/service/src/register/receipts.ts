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

/** Signs receipts, and knows its own again. */
export class Receipts {
  readonly kid: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly #signer: Signer;
  readonly #crypto: Crypto;
  readonly #spki: Uint8Array;

  constructor(signer: Signer, crypto: Crypto) {
    this.#signer = signer;
    this.#crypto = crypto;
    this.publicKey = signer.publicKey;
    this.kid = chainKid(signer.publicKey);
    this.#spki = spkiFromPoint(signer.publicKey);
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
    const signed = await signReceipt(receipt, this.#signer, this.kid);
    return { hash: receiptHash(signed), signed };
  }

  /** What a receipt says that a gate shows, or null where it is none of ours. */
  async open(signed: Uint8Array): Promise<Receipt | null> {
    try {
      return await openReceipt(
        signed,
        (kid) => (equalBytes(kid, this.kid) ? this.#spki : undefined),
        this.#crypto,
      );
    } catch (error) {
      if (isMunjigiError(error)) return null;
      throw error;
    }
  }
}
