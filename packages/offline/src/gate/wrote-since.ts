import { cancelledBy, type Entry, type Head } from '@munjigi/core/chain';
import type { ChainMark, DegradedChecks } from '@munjigi/core/statement';
import type { OutboxStore } from '../outbox/types.ts';

/** Most stretches of time that one statement holds. */
export const MOST_SPANS = 16;
export const NO_CHECKS: DegradedChecks = { scan: 0, eye: 0, verbal: 0, notRequired: 0, notMade: 0 };

/** What a chain says of the entries written after a head. */
export interface Wrote {
  readonly saved: number;
  readonly cancelled: number;
  /** Of those that stand. */
  readonly checks: DegradedChecks;
  readonly before: ChainMark;
  readonly after: ChainMark;
}

const WORDS = {
  scan: 'scan',
  eye: 'eye',
  verbal: 'verbal',
  'not-required': 'notRequired',
  'not-made': 'notMade',
} as const satisfies Record<Entry['check'], keyof DegradedChecks>;

/** The count that a check belongs to. */
export const countOf = (check: Entry['check']): keyof DegradedChecks => WORDS[check];

const AT_ONCE = 500;

/**
 * Counts the entries after `before`; null where the device no longer holds all of them, or wrote none.
 * @param start hash before the first entry of the chain
 */
export async function wroteSince(
  store: Pick<OutboxStore, 'entriesFrom'>,
  before: Head | null,
  start: Uint8Array,
): Promise<Wrote | null> {
  const from = (before?.counter ?? 0) + 1;
  const entries: Entry[] = [];
  let after: ChainMark | null = null;
  for (let next = from; ; ) {
    const some = await store.entriesFrom(next, AT_ONCE);
    if (some.length > 0 && some[0]!.counter !== next) return null;
    for (const { entry, counter, hash } of some) {
      entries.push(entry);
      after = { counter, hash };
    }
    if (some.length < AT_ONCE) break;
    next += some.length;
  }
  if (!after) return null;
  const cancelled = new Set(entries.filter(({ kind }) => kind === 'void').map(cancelledBy));
  const saved = entries.filter(({ kind }) => kind === 'entry');
  const checks = { ...NO_CHECKS };
  for (const { check, counter } of saved) if (!cancelled.has(counter)) checks[WORDS[check]] += 1;
  return {
    saved: saved.length,
    cancelled: saved.filter(({ counter }) => cancelled.has(counter)).length,
    checks,
    before: { counter: from - 1, hash: before?.hash ?? start },
    after,
  };
}
