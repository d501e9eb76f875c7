import { chainKid } from '../chain/index.ts';
import type { CborValue } from '../encoding/index.ts';
import { type Crypto, parseDocument, type Signer, signDocument } from '../signing/index.ts';
import { fieldReader } from '../trust/fields.ts';
import { MAX_DELEGATION_BYTES, verifySignedBy } from './signed-by.ts';

const read = fieldReader('delegation.structure', 'delegation');

/** A delegation lets a gate in for three days at most: long enough for a holiday without a network. */
export const LONGEST_DELEGATION_SECONDS = 72 * 3600;
/** Most characters of a gate's or a venue's name in a code: a QR that a tablet reads from a phone stays small. */
export const LONGEST_NAME = 60;

/**
 * What an owner's device signs to let a new gate in while nobody can be asked (docs/protocol/delegation.cddl). It names one
 * key and can be used by nobody else; it is no bearer token.
 */
export interface Delegation {
  readonly venueId: number;
  /** 33-byte compressed point of the new gate. */
  readonly gateKey: Uint8Array;
  /** Name of the new gate, as its owner will read it. */
  readonly name: string;
  /** Whole seconds; `until` at most 72 hours after `from`. */
  readonly from: number;
  readonly until: number;
  /** 16 random bytes: good once. */
  readonly nonce: Uint8Array;
  /** What the new gate must know to ask for the right proofs. */
  readonly venue: { readonly name: string; readonly kind: string; readonly region: string };
}

const isPoint = (bytes: Uint8Array) => bytes.length === 33 && (bytes[0] === 2 || bytes[0] === 3);

function check(one: Delegation): Delegation {
  if (!isPoint(one.gateKey)) throw read.wrong('gate-key is a compressed P-256 point');
  if (one.name === '' || one.venue.name === '') throw read.wrong('names are not empty');
  if (one.until <= one.from || one.until - one.from > LONGEST_DELEGATION_SECONDS)
    throw read.wrong('it ends after it begins, and 72 hours later at the latest');
  return one;
}

/** Signs a delegation with an owner device's key. Throws `delegation.structure`. */
export async function signDelegation(delegation: Delegation, signer: Signer): Promise<Uint8Array> {
  const { venueId, gateKey, name, from, until, nonce, venue } = check(delegation);
  const payload: CborValue = [
    1,
    venueId,
    gateKey,
    name,
    from,
    until,
    nonce,
    [venue.name, venue.kind, venue.region],
  ];
  return signDocument('delegation', payload, signer, chainKid(signer.publicKey));
}

/** What a delegation says, and which key is said to have signed it. Nothing is verified. Throws `delegation.structure` or `signing.structure`. */
export function parseDelegation(bytes: Uint8Array): { delegation: Delegation; kid: Uint8Array } {
  const { payload, kid } = parseDocument('delegation', bytes, MAX_DELEGATION_BYTES);
  const fields = read.array(payload, 'eight fields', 8);
  const [version, venueId, gateKey, name, from, until, nonce, venue] = fields;
  read.version(version);
  const [venueName, kind, region] = read.array(venue, 'venue', 3);
  const delegation = check({
    venueId: read.uint(venueId, 'venue-id', 1),
    gateKey: read.bytes(gateKey, 'gate-key', 33),
    name: read.text(name, 'name', LONGEST_NAME),
    from: read.uint(from, 'from'),
    until: read.uint(until, 'until'),
    nonce: read.bytes(nonce, 'nonce', 16),
    venue: {
      name: read.text(venueName, 'venue name', LONGEST_NAME),
      kind: read.text(kind, 'venue kind', 64),
      region: read.text(region, 'region', 64),
    },
  });
  return { delegation, kid };
}

/**
 * Verifies a delegation under the key of the device that gave it (65-byte point).
 * Throws `delegation.structure`, `signing.structure`, `signing.unknown-key` (another key's name) or `signing.signature`.
 */
export async function openDelegation(
  bytes: Uint8Array,
  owner: Uint8Array,
  crypto: Crypto,
): Promise<Delegation> {
  const { delegation } = parseDelegation(bytes);
  await verifySignedBy('delegation', bytes, owner, crypto);
  return delegation;
}

/** What time makes of a delegation. `slackSeconds` is how far the two clocks may be apart. */
export function delegationAge(
  { from, until }: Pick<Delegation, 'from' | 'until'>,
  atSeconds: number,
  slackSeconds = 300,
): 'good' | 'not-yet' | 'expired' {
  if (atSeconds < from - slackSeconds) return 'not-yet';
  return atSeconds >= until ? 'expired' : 'good';
}
