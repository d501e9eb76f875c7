import type { EntryFlag } from '../chain/types.ts';
import type { CheckWord, RecordWord, Subject } from '../gate/types.ts';
import type { PresenceProblem } from './presence.ts';

/** What became of one entry of a case. */
export type TraceState =
  /** Its issuer said who it was. */
  | 'resolved'
  /** A phone number, safety code or foreign certificate stands in the box itself. */
  | 'direct'
  /** The record is kept elsewhere: at the telephone operator, on a sheet; or nothing was left. */
  | 'elsewhere'
  /** Set apart: no valid proof that the visitor's phone was there at that time. */
  | 'apart'
  /** The day key is gone, or the box does not open at its place. */
  | 'key-missing'
  | 'moved'
  /** Its issuer does not know the handle, was not named by the case, or has not answered yet. */
  | 'unknown'
  | 'not-asked'
  | 'waiting';

/** One line of a call list. */
export interface TraceRow {
  readonly enteredAt: number;
  readonly check: CheckWord;
  readonly record: RecordWord;
  readonly state: TraceState;
  readonly subject: Subject['kind'] | null;
  /** How well it is shown that somebody was there: by their own phone, by a code that never changes, by word alone. */
  readonly proof: 'presence' | 'static' | 'stated' | null;
  readonly why: PresenceProblem | null;
  /** The register's marks; never dropped. */
  readonly marks: readonly (EntryFlag | 'disputed')[];
  /** Phone number, safety code, sheet line or foreign identifier, as the box says. */
  readonly contact: string | null;
  readonly person: { readonly name: string; readonly birthDate: string } | null;
}

/**
 * How complete a list is: "82 by scan, 12 by call, 1 sheet not yet typed, 5 checked by eye without contact". Everything but the
 * sheets counts entries.
 */
export interface Completeness {
  readonly entries: number;
  /** Entries of which somebody can be found, by how they were recorded. */
  readonly byRecord: Readonly<Record<'scan' | 'poster' | 'call' | 'paper' | 'typed', number>>;
  /** Sheets of paper at the door in the window whose lines are no entries yet. */
  readonly sheetsNotTyped: number;
  /** Entries that say where on a sheet to look, not whom to call. */
  readonly onSheets: number;
  /** Noted at the door as called in: who they are stands among the calls. */
  readonly callsNoted: number;
  readonly eyeWithoutContact: number;
  readonly otherWithoutContact: number;
  readonly apart: number;
  readonly cancelled: number;
  readonly keyMissing: number;
  readonly moved: number;
  readonly unknown: number;
  readonly notAsked: number;
  readonly waiting: number;
}

/** Where one line is counted: each line in exactly one place. */
function placeOf(
  row: TraceRow,
): Exclude<keyof Completeness, 'entries' | 'byRecord' | 'cancelled' | 'sheetsNotTyped'> | RecordWord {
  switch (row.state) {
    case 'apart':
      return 'apart';
    case 'key-missing':
      return 'keyMissing';
    case 'moved':
      return 'moved';
    case 'unknown':
      return 'unknown';
    case 'not-asked':
      return 'notAsked';
    case 'waiting':
      return 'waiting';
    case 'elsewhere':
      if (row.record === 'call') return 'callsNoted';
      if (row.record === 'poster') return row.record;
      if (row.record === 'paper') return 'onSheets';
      return row.check === 'eye' ? 'eyeWithoutContact' : 'otherWithoutContact';
    default:
      return row.subject === 'sheet-line' ? 'onSheets' : row.record === 'none' ? 'typed' : row.record;
  }
}

/**
 * The completeness of a list. Every entry is counted in one place, so the numbers of entries add up to `entries`.
 * @param released what the register counted and did not release, and the sheets that it knows are not typed
 */
export function completenessOf(
  rows: readonly TraceRow[],
  released: {
    readonly cancelled: number;
    readonly keyMissing: number;
    readonly moved: number;
    readonly sheets?: number;
  },
): Completeness {
  const count = {
    onSheets: 0,
    callsNoted: 0,
    eyeWithoutContact: 0,
    otherWithoutContact: 0,
    apart: 0,
    keyMissing: released.keyMissing,
    moved: released.moved,
    unknown: 0,
    notAsked: 0,
    waiting: 0,
  };
  const byRecord = { scan: 0, poster: 0, call: 0, paper: 0, typed: 0 };
  for (const row of rows) {
    const place = placeOf(row);
    if (place in byRecord) byRecord[place as keyof typeof byRecord] += 1;
    else count[place as keyof typeof count] += 1;
  }
  const { cancelled, keyMissing, moved, sheets = 0 } = released;
  return {
    entries: rows.length + cancelled + keyMissing + moved,
    byRecord,
    sheetsNotTyped: sheets,
    ...count,
    cancelled,
  };
}

/** The last second at which somebody who came in is taken to have been there: an assumption, and said to be one. */
export const stayedUntil = (enteredAt: number, dwellMinutes: number): number => enteredAt + dwellMinutes * 60;
