import { ENTRY_FLAGS, type Entry, type EntryFlag, type EntryResult, entryProblem } from '@munjigi/core/chain';
import { FUTURE_SECONDS, type RetentionDays } from './retention-days.ts';

/** Why an entry is not kept; the number stands in the table of rejections and is never used for another reason. */
export const REJECTIONS = { expired: 1, malformed: 2, foreign: 3 } as const satisfies Partial<
  Record<EntryResult, number>
>;
export type Rejection = keyof typeof REJECTIONS;

export const rejectionOf = (reason: number): Rejection =>
  (Object.keys(REJECTIONS) as Rejection[]).find((name) => REJECTIONS[name] === reason) ?? 'malformed';

/** Seconds by which a gate's clock may be off: an entry that much before its anchor is not yet back-dated. */
const ANCHOR_TOLERANCE = 120;
const LARGEST_INT = 0x7fffffff;

/** What the register makes of one entry. */
export type Judgement =
  | { readonly kept: false; readonly why: Rejection }
  | {
      readonly kept: true;
      /** Whole seconds: the column entered_at, which says the day that holds the entry. */
      readonly at: number;
      /** The claimed time, where it is not believed. */
      readonly claimed: number | null;
      readonly flags: number;
    };

export interface Circumstances {
  readonly venueId: number;
  readonly receivedMs: number;
  readonly days: RetentionDays;
  /** When the receipt that the entry names as anchor was given; null for a bundle or an unknown anchor. */
  readonly anchorAtMs: number | null;
  /** Flags of the gate and of the stretch. */
  readonly also: number;
}

/**
 * Judges one entry by itself: one bad entry never blocks the others. The dates rule: a future or unknown time is kept on
 * the day of receiving with the claim beside; older than retention is expired; no other date is refused.
 */
export function judge(entry: Entry, c: Circumstances): Judgement {
  if (entry.venueId !== c.venueId) return { kept: false, why: 'foreign' };
  if (entry.dayKeyId > LARGEST_INT || entryProblem(entry) !== null) return { kept: false, why: 'malformed' };
  const received = Math.floor(c.receivedMs / 1000);
  const { enteredAt } = entry;
  let flags = c.also;
  let claimed: number | null = null;
  if (entry.clockUnknown) {
    flags |= ENTRY_FLAGS.clock;
    claimed = enteredAt;
  } else if (enteredAt > received + FUTURE_SECONDS) {
    flags |= ENTRY_FLAGS.future;
    claimed = enteredAt;
  } else if (enteredAt < c.days.oldest) return { kept: false, why: 'expired' };
  else if (c.anchorAtMs !== null && enteredAt < Math.floor(c.anchorAtMs / 1000) - ANCHOR_TOLERANCE) {
    flags |= ENTRY_FLAGS['before-anchor'];
  }
  return { kept: true, at: claimed === null ? enteredAt : received, claimed, flags };
}

const NO_FLAGS: readonly EntryFlag[] = [];

/** The names of the flags that are set. */
export function flagNames(flags: number): readonly EntryFlag[] {
  if (flags === 0) return NO_FLAGS;
  return (Object.keys(ENTRY_FLAGS) as EntryFlag[]).filter((name) => (flags & ENTRY_FLAGS[name]) !== 0);
}
