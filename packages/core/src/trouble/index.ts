import { type CborValue, equalBytes } from '../encoding/index.ts';
import {
  type Crypto,
  keyThumbprint,
  openDocument,
  type Signer,
  signDocument,
  spkiFromPoint,
} from '../signing/index.ts';
import { fieldReader } from '../trust/fields.ts';

/** What an owner can say that does not work; no other words travel. A place in this list is never used again for another word. */
export const TROUBLES = ['reading', 'answers', 'sending', 'wallets'] as const;
export type Trouble = (typeof TROUBLES)[number];

/** An owner's word that something does not work (docs/protocol/trouble.cddl). */
export interface TroubleReport {
  readonly venueId: number;
  readonly what: Trouble;
  /** When it was said, whole seconds. */
  readonly at: number;
}

/** What was said lately, by how many venues: fewer than five of them are not told. */
export interface TroublesLately {
  /** Seconds: the beginning of the hour before the present one. */
  readonly since: number;
  readonly troubles: readonly { readonly what: Trouble; readonly venues: number }[];
}

/** A report that lies longer than this says nothing of now: a gate drops it, and the register does not count it. Seconds. */
export const TROUBLE_SECONDS = 3_600;

const read = fieldReader('trouble.structure', 'report of trouble');
const kidOf = (point: Uint8Array): Uint8Array => keyThumbprint(point).subarray(0, 8);

/** Signs a report with the gate's key. */
export function signTrouble({ venueId, what, at }: TroubleReport, gate: Signer): Promise<Uint8Array> {
  return signDocument('trouble', [1, venueId, TROUBLES.indexOf(what), at], gate, kidOf(gate.publicKey));
}

/**
 * Reads a report that a gate signed. Whether the gate belongs to the venue is for the register to say.
 * @param gateKey 65-byte point
 * Throws `trouble.structure`, `signing.structure`, `signing.unknown-key` or `signing.signature`.
 */
export async function openTrouble(
  bytes: Uint8Array,
  gateKey: Uint8Array,
  crypto: Crypto,
): Promise<TroubleReport> {
  const kid = kidOf(gateKey);
  const keyOf = (named: Uint8Array) => (equalBytes(named, kid) ? spkiFromPoint(gateKey) : undefined);
  return fromPayload(await openDocument('trouble', bytes, keyOf, crypto));
}

function fromPayload(payload: CborValue): TroubleReport {
  const [version, venueId, what, at] = read.array(payload, 'four fields', 4);
  read.version(version);
  return {
    venueId: read.uint(venueId, 'venue-id', 1),
    what: TROUBLES[read.uint(what, 'what', 0, TROUBLES.length - 1)]!,
    at: read.uint(at, 'at'),
  };
}
