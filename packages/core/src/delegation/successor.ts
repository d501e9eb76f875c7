import { chainKid, type Head } from '../chain/index.ts';
import type { CborValue } from '../encoding/index.ts';
import { type Crypto, keyThumbprint, parseDocument, type Signer, signDocument } from '../signing/index.ts';
import { fieldReader } from '../trust/fields.ts';
import { MAX_DELEGATION_BYTES, verifySignedBy } from './signed-by.ts';

const read = fieldReader('delegation.structure', 'successor');
const LARGEST_COUNTER = 0x7fffffff;

/**
 * What a gate signs with its old key when its chain has forked: the place where its own branch ends, and the key under which it
 * goes on (docs/protocol/successor.cddl). One key is one chain; the old one is closed.
 */
export interface Successor {
  readonly venueId: number;
  /** 32-byte thumbprint of the old key, which names the old chain. */
  readonly gate: Uint8Array;
  /** Where the branch that signs ends: its last counter and hash; the genesis with 0 where it has no entry. */
  readonly head: Head;
  /** 33-byte compressed point of the new key. */
  readonly gateKey: Uint8Array;
  /** Seconds by the gate's best clock; nothing hangs on it. */
  readonly at: number;
}

function check(one: Successor): Successor {
  const [sign] = one.gateKey;
  if (one.gateKey.length !== 33 || (sign !== 2 && sign !== 3))
    throw read.wrong('gate-key is a compressed P-256 point');
  return one;
}

/** Signs a successor with the old key. Throws `delegation.structure`. */
export async function signSuccessor(fields: Omit<Successor, 'gate'>, old: Signer): Promise<Uint8Array> {
  const gate = keyThumbprint(old.publicKey);
  const { venueId, head, gateKey, at } = check({ ...fields, gate });
  const payload: CborValue = [1, venueId, gate, [head.counter, head.hash], gateKey, at];
  return signDocument('successor', payload, old, chainKid(old.publicKey));
}

/** What a successor says. Nothing is verified. Throws `delegation.structure`, `signing.structure` or an encoding error. */
export function parseSuccessor(bytes: Uint8Array): Successor {
  const { payload } = parseDocument('successor', bytes, MAX_DELEGATION_BYTES);
  const [version, venueId, gate, head, gateKey, at] = read.array(payload, 'six fields', 6);
  read.version(version);
  const [counter, hash] = read.array(head, 'head', 2);
  return check({
    venueId: read.uint(venueId, 'venue-id', 1),
    gate: read.bytes(gate, 'gate', 32),
    head: { counter: read.uint(counter, 'counter', 0, LARGEST_COUNTER), hash: read.bytes(hash, 'hash', 32) },
    gateKey: read.bytes(gateKey, 'gate-key', 33),
    at: read.uint(at, 'at'),
  });
}

/**
 * Verifies a successor under the old key (65-byte point). The new key's own proof travels beside it: possession bytes of
 * `[SHA-256 of the signed successor, gate-key]`.
 * Throws `delegation.structure` (another chain's too), `signing.structure`, `signing.unknown-key` or `signing.signature`.
 */
export async function openSuccessor(bytes: Uint8Array, old: Uint8Array, crypto: Crypto): Promise<Successor> {
  const successor = parseSuccessor(bytes);
  await verifySignedBy('successor', bytes, old, crypto);
  const own = keyThumbprint(old);
  if (successor.gate.some((byte, i) => byte !== own[i]))
    throw read.wrong('gate is the thumbprint of the key that signed');
  const next = crypto.decompress(successor.gateKey.subarray(1), successor.gateKey[0] === 3);
  if (next === null) throw read.wrong('gate-key is on the curve');
  if (next.every((byte, i) => byte === old[i])) throw read.wrong('gate-key is another key');
  return successor;
}
