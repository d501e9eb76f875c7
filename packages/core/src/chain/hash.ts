import { concatBytes, encodeDeterministic, sha256, utf8Encode } from '../encoding/index.ts';
import { CHECK_CODES, type Entry, KIND_CODES, RECORD_CODES } from './types.ts';

/** SHA-256; a server may hand in the platform's own, which is faster. */
export type Hash = (bytes: Uint8Array) => Uint8Array;

/**
 * The hash that the first entry of a chain follows (docs/protocol/entry.cddl).
 * @param gate thumbprint of the gate key, 32 bytes
 */
export function genesis(gate: Uint8Array, venueId: number): Uint8Array {
  return sha256(encodeDeterministic(['MJ1 chain', gate, venueId]));
}

const LABEL = concatBytes(Uint8Array.of(0x8d, 0x69), utf8Encode('MJ1 entry'));
const LARGEST = LABEL.length + 4 * 34 + 3 * 9 + 5 + 9;

/** The bytes that an entry's hash is over, for platforms that hash themselves. Written out: it is the busiest encoder. */
export function entryPreimage(
  entry: Entry,
  gate: Uint8Array,
  previousHash: Uint8Array,
  subjectHash: Uint8Array,
): Uint8Array {
  const out = new Uint8Array(LARGEST);
  out.set(LABEL, 0);
  let at = LABEL.length;
  const hash = (bytes: Uint8Array) => {
    out[at] = 0x58;
    out[at + 1] = 32;
    out.set(bytes, at + 2);
    at += 34;
  };
  const uint = (n: number) => {
    if (n < 24) out[at++] = n;
    else {
      const size = n < 0x100 ? 1 : n < 0x10000 ? 2 : n < 0x100000000 ? 4 : 8;
      out[at] = size === 1 ? 0x18 : size === 2 ? 0x19 : size === 4 ? 0x1a : 0x1b;
      let rest = n;
      for (let i = size; i > 0; i--) {
        out[at + i] = rest % 256;
        rest = Math.floor(rest / 256);
      }
      at += size + 1;
    }
  };
  hash(previousHash);
  hash(gate);
  uint(entry.venueId);
  uint(entry.counter);
  uint(entry.enteredAt);
  uint(CHECK_CODES[entry.check]);
  uint(RECORD_CODES[entry.record]);
  uint(KIND_CODES[entry.kind]);
  out[at++] = entry.clockUnknown ? 0xf5 : 0xf4;
  uint(entry.dayKeyId);
  hash(entry.anchor);
  hash(subjectHash);
  return out.subarray(0, at);
}

/**
 * The hash of an entry at its place: over its fields, the hash of its subject and the hash before it.
 * @param gate thumbprint of the gate key, 32 bytes
 * @param subjectHash where the subject itself is not at hand any more
 */
export function entryHash(
  entry: Entry,
  gate: Uint8Array,
  previousHash: Uint8Array,
  subjectHash?: Uint8Array,
  hash: Hash = sha256,
): Uint8Array {
  return hash(entryPreimage(entry, gate, previousHash, subjectHash ?? hash(entry.subject)));
}
