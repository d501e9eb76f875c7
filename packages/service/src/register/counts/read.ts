import { CHECK_CODES, RECORD_CODES } from '@munjigi/core/chain';
import type { Session } from '../../db/index.ts';
import type { RetentionDays } from '../retention-days.ts';

/** A count that may be told, or null where it is too small: one to four, or one that would give such a one away. */
export type Told = number | null;

/** How many came in at a venue. Hours and days without anybody are left out. */
export interface VenueCounts {
  /** When the newest of it was counted, milliseconds; null where nothing has been yet. */
  readonly countedAtMs: number | null;
  /** First second of each hour, and all entries of it together. */
  readonly hours: readonly { readonly at: number; readonly count: Told }[];
  /** Local days, by how the proof was looked at and how the entry was written down. */
  readonly days: readonly {
    readonly day: string;
    readonly check: string;
    readonly record: string;
    readonly count: Told;
  }[];
}

/** Counts below this are hidden. */
export const SMALLEST_TOLD = 5;

const wordOf = (codes: Readonly<Record<string, number>>, code: number): string =>
  Object.keys(codes).find((word) => codes[word] === code) ?? '';

/**
 * Hides the small counts of a day. Where a reader could subtract the others from the day's total and be left with fewer than
 * five, the smallest of the others is hidden, too.
 */
export function hideSmall(counts: readonly number[]): readonly Told[] {
  const hidden = new Set(counts.flatMap((count, i) => (count < SMALLEST_TOLD ? [i] : [])));
  const sum = () => [...hidden].reduce((total, i) => total + counts[i]!, 0);
  while (hidden.size > 0 && (hidden.size < 2 || sum() < SMALLEST_TOLD) && hidden.size < counts.length) {
    const next = counts
      .map((count, i) => ({ count, i }))
      .filter(({ i }) => !hidden.has(i))
      .sort((a, b) => a.count - b.count)[0]!;
    hidden.add(next.i);
  }
  return counts.map((count, i) => (hidden.has(i) ? null : count));
}

interface Cell {
  readonly at: number;
  readonly check: number;
  readonly record: number;
  readonly entries: number;
}

/** A venue's counts of the last `days` days, today included. Small ones are hidden, hours and days each by themselves. */
export async function readCounts(
  session: Session,
  kept: RetentionDays,
  venueId: number,
  days: number,
): Promise<VenueCounts> {
  const today = kept.days.findIndex(({ day }) => day === kept.today);
  const window = kept.days.slice(Math.max(0, today + 1 - days), today + 1);
  const { rows } = await session.query<Cell>(
    `SELECT extract(epoch FROM hour)::int8 AS at, check_code AS "check", record_code AS record, entries
     FROM venue_hour WHERE venue_id = $1 AND hour >= $2 AND hour < $3 ORDER BY hour, check_code, record_code`,
    [venueId, new Date(window[0]!.from * 1000), new Date(window[window.length - 1]!.to * 1000)],
  );
  const counted = await session.query<{ at: number | null }>(
    'SELECT (extract(epoch FROM max(counted_at)) * 1000)::int8 AS at FROM gate_counted WHERE venue_id = $1',
    [venueId],
  );
  const out = { hours: [] as VenueCounts['hours'][number][], days: [] as VenueCounts['days'][number][] };
  for (const { day, from, to } of window) {
    const cells = rows.filter(({ at }) => at >= from && at < to);
    const hours = summed(cells, ({ at }) => String(at));
    const kinds = summed(cells, ({ check, record }) => `${check}/${record}`);
    hideSmall(hours.map(({ total }) => total)).forEach((count, i) => {
      out.hours.push({ at: hours[i]!.first.at, count });
    });
    hideSmall(kinds.map(({ total }) => total)).forEach((count, i) => {
      const { check, record } = kinds[i]!.first;
      out.days.push({ day, check: wordOf(CHECK_CODES, check), record: wordOf(RECORD_CODES, record), count });
    });
  }
  return { countedAtMs: counted.rows[0]!.at, ...out };
}

function summed(
  cells: readonly Cell[],
  nameOf: (cell: Cell) => string,
): readonly { readonly first: Cell; readonly total: number }[] {
  const sums = new Map<string, { first: Cell; total: number }>();
  for (const cell of cells) {
    const name = nameOf(cell);
    const sum = sums.get(name);
    if (sum) sum.total += cell.entries;
    else sums.set(name, { first: cell, total: cell.entries });
  }
  return [...sums.values()];
}
