import { type CborValue, encodeDeterministic, sha256 } from '../encoding/index.ts';
import { type Crypto, openDocument, parseDocument, type Signer, signDocument } from '../signing/index.ts';
import { fieldReader } from '../trust/fields.ts';
import type { Receipt } from './types.ts';

const read = fieldReader('chain.structure', 'receipt');

/** What `previousReceipt` says in the first receipt of a chain. */
export const NO_RECEIPT = new Uint8Array(32);

/** Signs what the register received (docs/protocol/receipt.cddl). `kid` is the one that the bundle lists. */
export function signReceipt(receipt: Receipt, signer: Signer, kid: Uint8Array): Promise<Uint8Array> {
  const { venueId, gate, head, receivedAtMs, previousReceipt, safeCounter } = receipt;
  return signDocument(
    'receipt',
    [1, venueId, gate, [head.counter, head.hash], receivedAtMs, previousReceipt, safeCounter],
    signer,
    kid,
  );
}

function fromPayload(payload: CborValue): Receipt {
  const [version, venueId, gate, head, receivedAtMs, previousReceipt, safeCounter] = read.array(
    payload,
    'seven fields',
    7,
  );
  read.version(version);
  const [counter, hash] = read.array(head, 'head', 2);
  return {
    venueId: read.uint(venueId, 'venue-id'),
    gate: read.bytes(gate, 'gate', 32),
    head: {
      counter: read.uint(counter, 'head counter', 0, 0xffffffff),
      hash: read.bytes(hash, 'head hash', 32),
    },
    receivedAtMs: read.uint(receivedAtMs, 'received-at-ms'),
    previousReceipt: read.bytes(previousReceipt, 'previous-receipt', 32),
    safeCounter: read.uint(safeCounter, 'safe-counter', 0, 0xffffffff),
  };
}

/**
 * Verifies a receipt. `keyOf` answers the SPKI of a register key that the bundle lists, or undefined.
 * Throws `chain.structure`, `signing.structure`, `signing.unknown-key` or `signing.signature`.
 */
export async function openReceipt(
  bytes: Uint8Array,
  keyOf: (kid: Uint8Array) => Uint8Array | undefined,
  crypto: Crypto,
): Promise<Receipt> {
  return fromPayload(await openDocument('receipt', bytes, keyOf, crypto));
}

/** The hash of a receipt: over its payload, so that one signed again is still the same receipt. Nothing is verified. */
export function receiptHash(bytes: Uint8Array): Uint8Array {
  return sha256(encodeDeterministic(parseDocument('receipt', bytes, 4096).payload));
}
