import { isMunjigiError } from '@munjigi/core/errors';
import { type LineKind, openLine } from '@munjigi/core/log';
import { compilePolicy } from '@munjigi/core/rules';
import type { Crypto } from '@munjigi/core/signing';
import type { LogSource } from './source.ts';
import type { LogTrust } from './trust.ts';

const PAGE = 500;

interface Tally {
  lines: number;
  /** Sum of the lines' own counts. */
  count: number;
}

/** The public counts: how many lines of each kind, and what they counted, in all and by local day. */
export interface LogCounts {
  readonly origin: string;
  readonly size: number;
  readonly kinds: Readonly<Partial<Record<LineKind, Tally>>>;
  readonly days: Readonly<Record<string, Readonly<Partial<Record<LineKind, Tally>>>>>;
  /** Lines that no known body signed, or that are none: see `munjigi log verify`. */
  readonly refused: number;
}

const add = (tallies: Partial<Record<LineKind, Tally>>, kind: LineKind, count: number) => {
  tallies[kind] ??= { lines: 0, count: 0 };
  tallies[kind].lines += 1;
  tallies[kind].count += count;
};

/** Counts the lines of a log by kind and by the local day (of the pack's zone) on which they were signed. */
export async function countLines(source: LogSource, trust: LogTrust, crypto: Crypto): Promise<LogCounts> {
  const { calendar } = compilePolicy(trust.bundle.pack);
  const kinds: Partial<Record<LineKind, Tally>> = {};
  const days: Record<string, Partial<Record<LineKind, Tally>>> = {};
  let [size, refused] = [0, 0];
  for (;;) {
    const page = await source.lines(size, PAGE);
    for (const bytes of page) {
      size += 1;
      try {
        const { kind, at, fields } = await openLine(bytes, trust.bodies, crypto);
        const count = typeof fields.count === 'number' ? fields.count : 0;
        add(kinds, kind, count);
        const day = calendar.dateOf(at);
        days[day] ??= {};
        add(days[day], kind, count);
      } catch (error) {
        if (!isMunjigiError(error)) throw error;
        refused += 1;
      }
    }
    if (page.length < PAGE) return { origin: trust.origin, size, kinds, days, refused };
  }
}
