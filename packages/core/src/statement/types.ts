/** What a device could not reach. */
export const UNREACHABLE = ['register', 'mirrors'] as const;
export type Unreachable = (typeof UNREACHABLE)[number];

/** A stretch of time in which something did not answer; seconds, `to` null while it lasts. */
export interface UnreachableSpan {
  readonly what: Unreachable;
  readonly from: number;
  readonly to: number | null;
}

/** How guests were let in meanwhile, each counted once. */
export interface DegradedChecks {
  readonly scan: number;
  readonly eye: number;
  readonly verbal: number;
  readonly notRequired: number;
  readonly notMade: number;
}

/** What counted by a signed note, from when the device held it on. */
export interface Counted {
  /** Null where nothing was published: the usual rules. */
  readonly notice: string | null;
  readonly obligation: string;
  /** Number of the first note that said so. */
  readonly sequence: number;
  /** Seconds. It counted until the next one did. */
  readonly from: number;
}

/** Where the device's chain stood. */
export interface ChainMark {
  readonly counter: number;
  /** 32 bytes. */
  readonly hash: Uint8Array;
}

/**
 * What a venue's device says of hours in which servers did not answer (docs/protocol/statement.cddl). It holds counts and times
 * alone: nobody who was there, and no proof that anybody showed.
 */
export interface Statement {
  readonly venueId: number;
  readonly venueName: string;
  readonly gateName: string;
  /** 33-byte compressed point of the key that signs this statement and wrote the chain. */
  readonly gateKey: Uint8Array;
  /** Whole seconds. `to` is when everything answered again, or when the statement was made. */
  readonly from: number;
  readonly to: number;
  readonly madeAt: number;
  /** True where something still did not answer when it was made. */
  readonly ongoing: boolean;
  /** 1 to 16, by their beginning. */
  readonly spans: readonly UnreachableSpan[];
  readonly checks: DegradedChecks;
  /** Entries written on the device meanwhile, of those cancelled, and of those confirmed by the register when this was made. */
  readonly saved: number;
  readonly cancelled: number;
  readonly confirmed: number;
  /** Guests let in whom the device could not write down. */
  readonly notSaved: number;
  /** The chain before the first of these entries, and after the last; null where none was written. */
  readonly before: ChainMark | null;
  readonly after: ChainMark | null;
  /** What counted meanwhile by the signed notes that the device held, by their beginning; at most 8, none where it held no note. */
  readonly counted: readonly Counted[];
  /** The newest receipt that the device holds for this chain: the register's word that it knows the key and the venue. */
  readonly receipt: Uint8Array | null;
}

/** What was found out about a statement. */
export interface CheckedStatement {
  readonly statement: Statement;
  /**
   * `known`: the register has signed that it took entries of this key at this venue. `unconfirmed`: no receipt, or none that the
   * trust held here can judge, so the key is nobody's yet.
   */
  readonly gate: 'known' | 'unconfirmed';
  /** When the register last signed for this chain (milliseconds), and up to which entry; null where it is unconfirmed. */
  readonly receivedAtMs: number | null;
  readonly receivedUpTo: number | null;
}
