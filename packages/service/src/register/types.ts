import type { Batch, EntryFlag, EntryResult, Head } from '@munjigi/core/chain';
import type { Policy, WeightedNumber } from '@munjigi/core/rules';
import type { Crypto, Signer } from '@munjigi/core/signing';
import type { Trouble } from '@munjigi/core/trouble';
import type { Clock } from '../clock/index.ts';
import type { KeyFolder } from '../crypto/index.ts';
import type { Database } from '../db/index.ts';
import type { Desk } from '../lib/desk.ts';
import type { Call, CallDesk, CallLimits, CallProvider, CallResult } from './calls/index.ts';
import type { NamesOf, RegisterCaseOptions, RegisterCases } from './cases/index.ts';
import type { KnownBundle } from './channels/index.ts';
import type { VenueCounts } from './counts/read.ts';
import type { PosterDesk, PosterLimits, Visit, VisitResult } from './posters/index.ts';
import type { ReceiptSigners } from './receipts.ts';
import type { DayTable, DroppedDays } from './retention.ts';
import type { Revocation } from './revoke.ts';
import type { BackupMarks } from './safe-marks.ts';
import type { SheetDesk } from './sheets/index.ts';
import type { TroubleReports } from './troubles.ts';
import type { People, RevokedLine, VenueOffice } from './venues/index.ts';
import type { ChainReport } from './verify/verify-chain.ts';

/** What the register must know of the pack: one register serves one pack. */
export interface PolicyTerms {
  readonly timeZone: string;
  /** Days that entries are kept, today included. */
  readonly retentionDays: number;
  /** Kinds of venue and regions of the pack; anything goes where they are not given. */
  readonly venueKinds?: readonly string[];
  readonly regions?: readonly string[];
  /** How business numbers are checked; where it is not given, a venue waits for a local government's word. */
  readonly businessNumber?: WeightedNumber;
}

/** Something that an operator should look at. No personal data. */
export interface Alarm {
  readonly kind:
    | 'regressed'
    | 'fork'
    | 'second-successor'
    | 'partitions'
    | 'counts'
    | 'retention'
    | 'chores'
    | 'bundle-split'
    | 'call-cap'
    | 'call-forged'
    | 'poster-cap';
  readonly venueId: number | null;
  readonly gateNo: number | null;
}

export interface RegisterOptions {
  /** Migrated, this desk's own. */
  readonly db: Database;
  readonly clock: Clock;
  readonly crypto: Crypto;
  /** Signs receipts. */
  readonly signer: Signer | ReceiptSigners;
  /** This desk's key store, outside the database: the day keys of the register's own layer. */
  readonly keyStore: KeyFolder;
  readonly terms: PolicyTerms;
  readonly grouping?: Partial<Grouping>;
  readonly alarm?: (alarm: Alarm) => void;
  /** Told what became of every entry of a batch. */
  readonly took?: (results: readonly { readonly result: string }[], pending: number) => void;
  /** Told of what an owner said does not work, where it counts. */
  readonly troubled?: (what: Trouble) => void;
  /** Milliseconds between two counts of what came in. */
  readonly countMs?: number;
  /** From 0 to below 1, for the spread of Retry-After. */
  readonly random?: () => number;
  /** The register's part in lawful traces; without it there are none here. */
  readonly cases?: RegisterCaseOptions & { readonly namesOf: NamesOf };
  /** The accounts of owners and staff; without them nobody owns a venue. */
  readonly people?: People;
  /** What entries need that this body writes itself: the policy, and the bundle as it believes it. */
  readonly channels?: {
    readonly policy: Policy;
    readonly bundle: () => Promise<KnownBundle | null>;
    readonly callProviders?: readonly CallProvider[];
    readonly callLimits?: Partial<CallLimits>;
    /** This body's line key, which signs posters, and where visitors' wallets are; without them there are no posters. */
    readonly posters?: {
      readonly signer: Signer;
      readonly wallet: string;
      readonly limits?: Partial<PosterLimits>;
    };
  };
  /** Takes lines for the public log, unsigned; the composition signs them with this body's line key. */
  readonly tell?: (line: RevokedLine) => void | Promise<void>;
}

/** How uploads of many gates share a transaction. */
export interface Grouping {
  /** Transactions beside each other. */
  readonly lanes: number;
  /** Most batches and most entries of one transaction. */
  readonly gates: number;
  readonly entries: number;
  /** How long a batch may wait for company while other transactions run. */
  readonly waitMs: number;
  /** Batches that may wait; more are answered `service.full`. */
  readonly waiting: number;
  /** How long a batch may wait before its transaction begins; then it is answered `service.full`. */
  readonly longestMs: number;
}

export interface VenueFields {
  readonly name: string;
  readonly kind: string;
  readonly region: string;
}

/** A venue to enrol. */
export interface NewVenue extends VenueFields {
  /** A canary's: it is counted nowhere. */
  readonly specimen?: boolean;
}

export interface GateFields {
  readonly venueId: number;
  readonly enrolmentCode: string;
  /** 33-byte compressed point. */
  readonly gateKey: Uint8Array;
  readonly name: string;
  /** ES256 by the gate key over `possessionBytes(UTF-8 of the code, gateKey)`. */
  readonly proof: Uint8Array;
}

export interface EnrolledGate {
  readonly gateNo: number;
  /** An owner's device may let other devices in. */
  readonly role: 'gate' | 'owner';
  readonly venueId: number;
  readonly venue: VenueFields;
  readonly registerKeys: readonly { readonly kid: Uint8Array; readonly publicKey: Uint8Array }[];
  readonly head: Head;
}

/** Where a gate's chain stands here. */
export interface Standing {
  /** The end of what is here without a gap. */
  readonly head: Head;
  /** Counters that are here, as ranges. */
  readonly have: readonly (readonly [from: number, to: number])[];
  /** The gate is asked to send again from this counter; null where nothing is known to be missing. */
  readonly resendFrom: number | null;
  /** Signed receipt over entries without a gap before them; null where there is none yet. */
  readonly receipt: Uint8Array | null;
}

export interface EntryAnswer {
  readonly n: number;
  readonly result: EntryResult;
  readonly flags: readonly EntryFlag[];
}

export interface BatchAnswer extends Standing {
  readonly results: readonly EntryAnswer[];
}

/** A row as the register sees it: it cannot tell whose it is. */
export interface RegisterRow {
  readonly at: number;
  readonly check: string;
  readonly record: string;
  readonly kind: 'entry' | 'void';
  readonly gateNo: number;
  readonly counter: number;
  /** First bytes of the stored box, hexadecimal. */
  readonly box: string;
  readonly receivedAtMs: number;
  readonly confirmed: boolean;
}

export interface RegisterStatus {
  readonly venues: number;
  readonly gates: number;
  /** Gates that showed a receipt for entries that were not here. */
  readonly regressed: number;
  /** Gates of which more than one branch is here. */
  readonly forks: number;
  /** Days ahead of today that have a place for their entries. */
  readonly daysAhead: number;
  readonly waitingBatches: number;
}

/** What one run of retention came to. */
export interface RetentionRun extends DroppedDays {
  readonly closedGaps: number;
}

export interface RegisterDesk extends Desk {
  /** Seconds until everything that gates say they hold is stored, as it goes now. */
  drainSeconds(): number;
  readonly name: 'register';
  readonly cases: RegisterCases | null;
  /** What owners say does not work. */
  readonly troubles: TroubleReports;
  /** Registrations, people, gates at the door. */
  readonly venues: VenueOffice;
  /** Guests who are recorded by telephone; null where no rules are told to this desk. */
  readonly calls: CallDesk | null;
  /** Sheets of paper at the door; null where no rules are told to this desk. */
  readonly sheets: SheetDesk | null;
  /** Posters at the door; null where none are signed here. */
  readonly posters: PosterDesk | null;
  /** Makes a call an entry, once however often it is told; see `CallIntake`. */
  takeCall(provider: string, call: Call): Promise<CallResult>;
  /** Makes a visit that a guest wrote by a poster an entry, once however often it is told; see `VisitIntake`. */
  takeVisit(visit: Visit): Promise<VisitResult>;
  enrolVenue(venue: NewVenue): Promise<{ venueId: number; enrolmentCode: string }>;
  enrolGate(gate: GateFields): Promise<EnrolledGate>;
  /**
   * Takes a batch in. Resolves only when the answer is durable.
   * @param shown a receipt of ours that the gate holds for entries which the register seems to miss
   */
  ingest(batch: Batch, shown?: Uint8Array | null): Promise<BatchAnswer>;
  whereAmI(venueId: number, thumbprint: Uint8Array, shown?: Uint8Array | null): Promise<Standing>;
  rows(
    venueId: number,
    query?: { afterMs?: number; limit?: number },
  ): Promise<{ rows: RegisterRow[]; total: number }>;
  status(): Promise<RegisterStatus>;
  /** Days after today that have a place for their entries, at most a week. */
  daysAhead(): Promise<number>;
  /** How many came in at a venue in the last days, today included; small counts are hidden. At most the kept days. */
  counts(venueId: number, days: number): Promise<VenueCounts>;
  /** Drops what is past retention: days, and what they leave behind; closes gaps that nothing can fill. The desk does it hourly. */
  retain(): Promise<RetentionRun>;
  /** Tables of days past retention that are still there, for a report. */
  oldTables(): Promise<readonly DayTable[]>;
  /** Marks what a gate sent and sends after a counter; see `Revocation`. Throws `register.gate-unknown`. */
  revokeGate(venueId: number, gateNo: number, afterCounter: number): Promise<Revocation>;
  /** Computes a stretch's hashes again from its rows; null where there is no such stretch. */
  verifyChain(venueId: number, gateNo: number): Promise<ChainReport | null>;
  /** Notes what a verified backup holds; receipts carry it from now on. */
  raiseSafeMarks(marks: BackupMarks): Promise<number>;
  /** Counts what was stored since the last time; the desk does it by itself every few minutes. Answers how many stretches. */
  rollUp(): Promise<number>;
  /** Reads the receipt keys again where a command has changed them. */
  refreshKeys(): Promise<void>;
  /** What the authority puts into its bundle: the keys that sign receipts. */
  publicKeys(): readonly { readonly kid: Uint8Array; readonly publicKey: Uint8Array }[];
}
