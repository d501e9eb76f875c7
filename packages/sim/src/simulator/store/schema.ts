import { Table } from './table.ts';

/** Columns of the register's tables (packages/service/sql/register): instants in milliseconds, `at` and `claimedAt` in seconds. */
export interface VenueRow {
  readonly venueId: number;
  readonly name: string;
  readonly kind: string;
  readonly region: string;
  readonly enrolmentHash: Uint8Array;
  readonly createdAt: number;
  readonly specimen: boolean;
}

export interface GateRow {
  readonly venueId: number;
  readonly gateNo: number;
  readonly gateKey: Uint8Array;
  readonly thumbprint: Uint8Array;
  readonly name: string;
  readonly enrolledAt: number;
  readonly startCounter: number;
  readonly startHash: Uint8Array;
  readonly parentNo: number | null;
  readonly revokedAfter: number | null;
  readonly revokedAt: number | null;
  readonly regressedAt: number | null;
  readonly gapClosedAt: number | null;
  readonly role: string;
}

export interface HeadRow {
  readonly venueId: number;
  readonly gateNo: number;
  readonly counter: number;
  readonly head: Uint8Array;
  readonly receivedAt: number;
  readonly day: string;
  readonly seen: number;
  readonly receiptHash: Uint8Array | null;
  readonly receiptAt: number | null;
  readonly anchorRef: number;
  readonly anchor: Uint8Array | null;
}

export interface EntryRow {
  readonly venueId: number;
  readonly gateNo: number;
  readonly at: number;
  readonly counter: number;
  readonly lateS: number;
  readonly anchorRef: number;
  readonly dayKeyId: number;
  readonly checkCode: number;
  readonly recordCode: number;
  readonly kind: number;
  readonly flags: number;
  readonly subjectHash: Uint8Array;
  readonly subject: Uint8Array;
  readonly claimedAt: number | null;
  /** The table of the day that holds it. */
  readonly partition: string;
  /** Set where a planted fault lets a row in that stands there already. */
  readonly copy?: number;
}

interface Placed {
  readonly venueId: number;
  readonly gateNo: number;
}
export interface RejectedRow extends Placed {
  readonly counter: number;
  readonly hash: Uint8Array;
  readonly reason: number;
  readonly receivedAt: number;
}
export interface AnchorRow extends Placed {
  readonly anchorRef: number;
  readonly hash: Uint8Array;
}
export interface ReceiptRow extends Placed {
  readonly counter: number;
  readonly head: Uint8Array;
  readonly receivedAt: number;
  readonly hash: Uint8Array;
  readonly signed: Uint8Array;
}
export interface CheckpointRow extends Placed {
  readonly day: string;
  readonly counter: number;
  readonly head: Uint8Array;
}
export interface MarkRow extends Placed {
  readonly counter: number;
  readonly head: Uint8Array;
}
export interface GoneRow extends Placed {
  readonly from: number;
  readonly to: number;
  readonly anchorRef: number;
}
export interface SafeMarkRow extends Placed {
  readonly counter: number;
  readonly takenAt: number;
}
export interface ReceiptAgainRow extends Placed {
  readonly hash: Uint8Array;
  readonly receivedAt: number;
}
export interface DelegationRow {
  readonly venueId: number;
  readonly thumbprint: Uint8Array;
  readonly signed: Uint8Array;
  readonly nonce: Uint8Array | null;
  readonly givenBy: Uint8Array;
  readonly seenAt: number;
  readonly confirmedAt: number | null;
  readonly reason: string | null;
  readonly succeeds: boolean;
  readonly byCode: boolean;
}
export interface RevocationRow {
  readonly venueId: number;
  readonly thumbprint: Uint8Array;
  readonly at: number;
}
export interface NudgeRow {
  readonly venueId: number;
  readonly week: string;
  readonly quietSince: number;
  readonly madeAt: number;
}
export interface BundleInUseRow {
  readonly sequence: number;
  readonly digest: Uint8Array;
  readonly firstSeen: number;
}
/** A table that holds a day: part of `entry`, or by itself. */
export interface PartitionRow {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly attached: boolean;
}

export const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
export const stretchOf = (venueId: number, gateNo: number): string => `${venueId} ${gateNo}`;

const byVenue = ({ venueId }: { readonly venueId: number }) => String(venueId);
const byStretch = ({ venueId, gateNo }: Placed) => stretchOf(venueId, gateNo);
const byThumbprint = ({ thumbprint }: { readonly thumbprint: Uint8Array }) => hex(thumbprint);

export const entryKey = (at: number, counter: number): string => `${at} ${counter}`;

/** Every table of the register's database, as it is after its last migration. */
export function makeTables() {
  return {
    venue: new Table<VenueRow>('venue', () => '', byVenue),
    gate: new Table<GateRow>('gate', byVenue, ({ gateNo }) => String(gateNo)),
    head: new Table<HeadRow>('gate_head', byVenue, ({ gateNo }) => String(gateNo)),
    entry: new Table<EntryRow>(
      'entry',
      byStretch,
      ({ at, counter, copy = 0 }) => entryKey(at, counter) + (copy ? ` ${copy}` : ''),
    ),
    rejected: new Table<RejectedRow>('rejected', byStretch, ({ counter }) => String(counter)),
    anchor: new Table<AnchorRow>('anchor', byStretch, ({ anchorRef }) => String(anchorRef)),
    receipt: new Table<ReceiptRow>('receipt', byStretch, ({ counter }) => String(counter)),
    checkpoint: new Table<CheckpointRow>('gate_checkpoint', byStretch, ({ day }) => day),
    mark: new Table<MarkRow>('chain_mark', byStretch, ({ counter }) => String(counter)),
    gone: new Table<GoneRow>('gone', byStretch, ({ from }) => String(from)),
    safeMark: new Table<SafeMarkRow>('safe_mark', byVenue, ({ gateNo }) => String(gateNo)),
    receiptAgain: new Table<ReceiptAgainRow>('receipt_again', byVenue, ({ hash }) => hex(hash)),
    delegation: new Table<DelegationRow>('delegation', byVenue, byThumbprint),
    revocation: new Table<RevocationRow>('revocation', byVenue, byThumbprint),
    nudge: new Table<NudgeRow>('nudge', byVenue, ({ week }) => week),
    bundleInUse: new Table<BundleInUseRow>(
      'bundle_in_use',
      ({ sequence }) => String(sequence),
      ({ digest }) => hex(digest),
    ),
    partition: new Table<PartitionRow>(
      'pg_class',
      () => '',
      ({ name }) => name,
    ),
  };
}

export type Tables = ReturnType<typeof makeTables>;
