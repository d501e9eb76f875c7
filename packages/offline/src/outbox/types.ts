import type { Entry, Head } from '@munjigi/core/chain';

/** An entry as the device keeps it: with its hash, so that nothing has to be computed twice. */
export interface KeptEntry {
  readonly counter: number;
  readonly entry: Entry;
  readonly hash: Uint8Array;
  /** Hash of the entry before it, so that it can be sent again when that one is forgotten. */
  readonly before: Uint8Array;
}

/** A receipt as it came, verified. */
export interface KeptReceipt {
  /** Counter of its head. */
  readonly counter: number;
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
  readonly receivedAtMs: number;
  readonly safeCounter: number;
}

/** Who this gate is, kept since its enrolment. */
export interface GateIdentity {
  readonly venueId: number;
  readonly gateNo: number;
  readonly name: string;
  readonly venue: { readonly name: string; readonly kind: string; readonly region: string };
  /** 65-byte point, and its thumbprint that names the chain. */
  readonly publicKey: Uint8Array;
  readonly thumbprint: Uint8Array;
  /** An owner's device may let other devices in. Gates of before do not have it. */
  readonly role?: 'gate' | 'owner';
  /** By which an owner's device let this one in, until the register has seen it. */
  readonly delegation?: { readonly signed: Uint8Array; readonly until: number };
  /** By which its key before this one made this one its successor, after a fork. */
  readonly succeeds?: {
    readonly signed: Uint8Array;
    /** Seconds. */
    readonly at: number;
    /** True once the register has taken it in. */
    readonly shown: boolean;
    /** Thumbprint of the first key that this device had. */
    readonly device: Uint8Array;
    /** True where a key before this one was an owner's device. */
    readonly wasOwner: boolean;
  };
}

/** The tag of a code that an entry was made for: kept in the same write, so that no crash can part them. */
export interface SeenMark {
  readonly tag: string;
  /** Seconds. */
  readonly at: number;
}

/** What the outbox asks of a device's storage. Every promise of a write resolves only when it is durable. */
export interface OutboxStore {
  /** Where the chain stands; null before the first entry. */
  head(): Promise<Head | null>;
  /**
   * Adds an entry if the chain still stands at `expected`, and moves the head: both or neither. `lost-race` where another
   * tab was faster; the entry must be made anew for its new place. Throws where the device cannot write.
   */
  append(kept: KeptEntry, expected: Head, mark?: SeenMark): Promise<'saved' | 'lost-race'>;
  /** Entries from a counter on, oldest first, those that the device still holds. */
  entriesFrom(counter: number, limit: number): Promise<readonly KeptEntry[]>;
  /** The receipt with the highest counter. */
  newestReceipt(): Promise<KeptReceipt | null>;
  saveReceipt(receipt: KeptReceipt): Promise<void>;
  /** Drops entries up to a counter that were made before an instant (seconds). Answers how many. */
  forget(upTo: number, before: number): Promise<number>;
}

/** Where a device keeps its keys. */
export interface KeyStore {
  gateKey(): Promise<{ readonly pair: CryptoKeyPair; readonly publicKey: Uint8Array } | null>;
}

/** The lamp beside the camera. */
export interface Torch {
  readonly available: boolean;
  set(on: boolean): Promise<void>;
}

/** The voice and the sounds of the door. Nothing here ever throws or waits for a network. */
export interface Speak {
  /** Must run inside a tap. True where sound will be heard. */
  unlock(): Promise<boolean>;
  tone(kind: 'admit' | 'another' | 'cannot'): void;
  say(reason: string, language: 'ko' | 'en'): void;
  test(language?: 'ko' | 'en'): Promise<void>;
  hush(): void;
}
