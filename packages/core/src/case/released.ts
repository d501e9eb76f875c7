import { CHECK_CODES, ENTRY_FLAGS, type EntryFlag, RECORD_CODES } from '../chain/types.ts';
import { type CborValue, decodeDeterministic, encodeDeterministic } from '../encoding/index.ts';
import type { CheckWord, RecordWord } from '../gate/types.ts';
import { fieldReader } from '../trust/fields.ts';
import { LARGEST_CAP } from './documents.ts';

/** An entry as the register lets it go: its place, what was checked and recorded, its marks, and the gate's box. */
export interface ReleasedEntry {
  readonly venueId: number;
  /** Thumbprint of the gate key. */
  readonly gate: Uint8Array;
  readonly counter: number;
  /** As the gate wrote it: the box is bound to the local day of this. */
  readonly enteredAt: number;
  /** When it counts as having been: the time of receiving, where the gate's own time is not believed. */
  readonly filedAt: number;
  readonly check: CheckWord;
  readonly record: RecordWord;
  readonly dayKeyId: number;
  /** The register's marks (`ENTRY_FLAGS`), as bits. */
  readonly flags: number;
  /** True where a void that is itself in doubt (of a fork, of a revoked gate) claims to cancel it. */
  readonly disputed: boolean;
  /** 193 bytes, or none where the record is kept elsewhere. */
  readonly box: Uint8Array;
}

/** Everything of a released entry but its box, in the order of docs/protocol/case.cddl. */
export const placeFields = (entry: ReleasedEntry): readonly CborValue[] => [
  entry.venueId,
  entry.gate,
  entry.counter,
  entry.enteredAt,
  entry.filedAt,
  CHECK_CODES[entry.check],
  RECORD_CODES[entry.record],
  entry.dayKeyId,
  entry.flags,
  entry.disputed,
];

/** Most entries of one release: with a box or without. */
export const MOST_RELEASED = 2 * LARGEST_CAP;

const read = fieldReader('case.structure', 'list of released entries');
const LIMITS = { maxBytes: 400 * MOST_RELEASED, maxDepth: 3 };

/** Released entries on their way from the register to the authority. */
export const encodeReleased = (entries: readonly ReleasedEntry[]): Uint8Array =>
  encodeDeterministic(entries.map((entry): CborValue => [...placeFields(entry), entry.box]));

function wordOf<T extends string>(codes: Readonly<Record<T, number>>, code: CborValue | undefined): T {
  const word = (Object.keys(codes) as T[]).find((name) => codes[name] === code);
  if (word === undefined) throw read.wrong('check and record are of their tables');
  return word;
}

/** Reads released entries; whether they are what a release signs is asked of their root. Throws `case.structure`. */
export function decodeReleased(bytes: Uint8Array): readonly ReleasedEntry[] {
  const list = read.array(decodeDeterministic(bytes, LIMITS), 'entries', 0, MOST_RELEASED);
  return list.map((item) => {
    const f = read.array(item, 'an entry', 11);
    return {
      venueId: read.uint(f[0], 'venue-id'),
      gate: read.bytes(f[1], 'gate', 32),
      counter: read.uint(f[2], 'counter', 1, 0xffffffff),
      enteredAt: read.uint(f[3], 'entered-at'),
      filedAt: read.uint(f[4], 'filed-at'),
      check: wordOf(CHECK_CODES, f[5]),
      record: wordOf(RECORD_CODES, f[6]),
      dayKeyId: read.uint(f[7], 'day-key-id', 0, 0xffffffff),
      flags: read.uint(f[8], 'flags', 0, 0xffff),
      disputed: read.flag(f[9], 'disputed'),
      box: read.bytes(f[10], 'box', 0, 512),
    };
  });
}

/** The marks of an entry as words: they go wherever the entry goes. */
export function marksOf({
  flags,
  disputed,
}: Pick<ReleasedEntry, 'flags' | 'disputed'>): readonly (EntryFlag | 'disputed')[] {
  const marks = (Object.keys(ENTRY_FLAGS) as EntryFlag[]).filter((name) => (flags & ENTRY_FLAGS[name]) !== 0);
  return disputed ? [...marks, 'disputed'] : marks;
}
