import type { CheckWord, RecordWord } from '../gate/types.ts';

/** Codes on the wire and in the register's columns. A code is never used again for another word. */
export const CHECK_CODES = {
  'not-made': 0,
  scan: 1,
  eye: 2,
  verbal: 3,
  'not-required': 4,
} as const satisfies Record<CheckWord, number>;
export const RECORD_CODES = {
  none: 0,
  scan: 1,
  poster: 2,
  call: 3,
  paper: 4,
  typed: 5,
} as const satisfies Record<RecordWord, number>;
export const KIND_CODES = { entry: 0, void: 1 } as const;
export type EntryKind = keyof typeof KIND_CODES;

/**
 * One entry on a gate's chain. Its identity is its place: (gate key, counter). Times are whole seconds.
 * The subject is a sealed box; of a void it is the deterministic CBOR of the counter that it cancels.
 */
export interface Entry {
  readonly venueId: number;
  /** Starts at 1. */
  readonly counter: number;
  readonly enteredAt: number;
  readonly check: CheckWord;
  readonly record: RecordWord;
  readonly kind: EntryKind;
  /** Number of the day key that the subject is sealed for; 0 for a void. */
  readonly dayKeyId: number;
  readonly subject: Uint8Array;
  /** Hash of the newest receipt or bundle that the gate had verified when it appended: a "not made before". */
  readonly anchor: Uint8Array;
  /** True where the gate had no clock it trusted. */
  readonly clockUnknown: boolean;
}

/** Where a chain stands: the counter of its last entry and the hash over it. */
export interface Head {
  readonly counter: number;
  readonly hash: Uint8Array;
}

/** A batch as it travels: entries in order, and the gate's signature over the head that they lead to. */
export interface Batch {
  readonly venueId: number;
  /** 65-byte point of the gate key; its thumbprint names the chain. */
  readonly gateKey: Uint8Array;
  readonly previous: Head;
  readonly entries: readonly Entry[];
  readonly head: Head;
  readonly bundle: { readonly sequence: number; readonly digest: Uint8Array };
  /** How many entries wait behind this batch. */
  readonly pending: number;
  /** COSE_Sign1 of kind 'batch' over the fields above without the entries (the head covers them). */
  readonly signed: Uint8Array;
}

/** What the register says of one entry. */
export type EntryResult = 'stored' | 'already-stored' | 'fork' | 'expired' | 'malformed' | 'foreign';
export const ENTRY_FLAGS = {
  fork: 1,
  gap: 2,
  'before-anchor': 4,
  future: 8,
  clock: 16,
  'unconfirmed-gate': 32,
  'revoked-gate': 64,
} as const;
export type EntryFlag = keyof typeof ENTRY_FLAGS;

/** What a receipt says; signed by the register (COSE_Sign1 of kind 'receipt'). */
export interface Receipt {
  readonly venueId: number;
  readonly gate: Uint8Array;
  readonly head: Head;
  /** Original time of receipt in milliseconds; a repeat carries the first one. */
  readonly receivedAtMs: number;
  /** Hash of the last receipt of this chain, or 32 zero bytes. */
  readonly previousReceipt: Uint8Array;
  /** Counter up to which backups hold everything: the gate may forget below it. 0 where no safe mark is given. */
  readonly safeCounter: number;
}
