import type { Bar, Count } from '../plots/scale.ts';

/** A gate as its owner and the operators see it. Instants are milliseconds. */
export interface GateLine {
  readonly venueId: number;
  readonly venueName: string;
  readonly gateNo: number;
  readonly name: string;
  /** An owner's device may let other devices in. */
  readonly role: 'gate' | 'owner';
  readonly state: 'confirmed' | 'unconfirmed' | 'revoked';
  /** Why it is not confirmed, as the register names it. */
  readonly unconfirmed?: string | null;
  /** The register holds the gate's entries up to here without a gap. */
  readonly counter: number;
  readonly revokedAfter: number | null;
  readonly lastReceiptMs: number | null;
  readonly forked: boolean;
  /** What it said with its last upload; null before the first. */
  readonly report: {
    readonly bundleSequence: number;
    readonly pending: number;
    readonly app: string | null;
    readonly reportedMs: number;
  } | null;
}

export interface StaffLine {
  readonly accountId: string;
  readonly name: string;
  readonly role: 'owner' | 'staff';
}

export interface VenueLine {
  readonly venueId: number;
  readonly name: string;
  readonly kind: string;
  readonly region: string;
  readonly gates: number;
  readonly lastReceiptMs: number | null;
  /** Since when nothing has come, where that is a week or more. */
  readonly quietSinceMs: number | null;
}

/** The number that guests call to be recorded. It works once a call to it has arrived. */
export interface CallNumber {
  readonly number: string;
  /** In groups, as signs show it. */
  readonly shown: string;
  readonly state: 'waiting' | 'works';
  readonly sinceMs: number;
}

export interface VenuePage extends VenueLine {
  readonly call: CallNumber | null;
  /** True where a telephone provider tells the register of calls. */
  readonly takesCalls: boolean;
  readonly devices: readonly GateLine[];
  readonly people: readonly StaffLine[];
}

/** What the register tells of a venue. */
export interface Counts {
  /** When the newest of it was counted. */
  readonly countedAtMs: number | null;
  /** First second of each hour; hours without anybody are left out. Null: too small to be told. */
  readonly hours: readonly {
    readonly at: number;
    readonly count: number | null;
    readonly late?: number | null;
  }[];
  readonly days: readonly {
    readonly day: string;
    readonly check: string;
    readonly record: string;
    readonly count: number | null;
  }[];
  /** Stretches in which the register could not be reached, where that is told. */
  readonly outages?: readonly { readonly fromMs: number; readonly untilMs: number | null }[];
}

/** Sums what is told, and remembers that something is hidden in it. */
export const sumOf = (
  cells: readonly { readonly count: number | null; readonly late?: number | null }[],
): Count =>
  cells.reduce<Count>(
    (all, { count, late }) => ({
      told: (all.told ?? 0) + (count ?? 0),
      hidden: all.hidden || count === null,
      late: all.late + (count === null ? 0 : (late ?? 0)),
    }),
    { told: 0, hidden: false, late: 0 },
  );

/**
 * Up to which moment the register knows a venue: the oldest of the newest receipts of its gates in force. A gate that has
 * not been heard since may hold entries of any later hour. Null where no gate has ever been heard.
 */
export const knownUntil = (gates: readonly GateLine[]): number | null =>
  gates
    .filter(({ state, lastReceiptMs }) => state !== 'revoked' && lastReceiptMs !== null)
    .reduce<number | null>((oldest, { lastReceiptMs }) => Math.min(oldest ?? Infinity, lastReceiptMs!), null);

/**
 * The bars of a day by hours. An hour that ends after the register's knowledge and holds nothing is not known; it is never
 * drawn as nothing.
 * @param startMs first moment of the local day
 */
export function hourBars(counts: Counts, startMs: number, untilMs: number | null): readonly Bar[] {
  return Array.from({ length: 24 }, (_, at) => {
    const from = startMs + at * 3_600_000;
    const cells = counts.hours.filter((cell) => cell.at * 1000 >= from && cell.at * 1000 < from + 3_600_000);
    const sum = sumOf(cells);
    const isKnown = untilMs !== null && from + 3_600_000 <= untilMs;
    return { at, ...sum, told: cells.length === 0 && !isKnown ? null : sum.told };
  });
}

/** The bars of days, oldest first. A day after the register's knowledge that holds nothing is not known. */
export const dayBars = (counts: Counts, days: readonly string[], lastKnown: string | null): readonly Bar[] =>
  days.map((day, at) => {
    const cells = counts.days.filter((cell) => cell.day === day);
    const sum = sumOf(cells);
    const isKnown = lastKnown !== null && day <= lastKnown;
    return { at, ...sum, told: cells.length === 0 && !isKnown ? null : sum.told };
  });

/** How the proofs of a day were looked at: each way with its count. */
export const byCheck = (counts: Counts, day: string): readonly (Count & { readonly check: string })[] =>
  ['scan', 'eye', 'not-required', 'verbal', 'not-made'].map((check) => ({
    check,
    ...sumOf(counts.days.filter((cell) => cell.day === day && cell.check === check)),
  }));
