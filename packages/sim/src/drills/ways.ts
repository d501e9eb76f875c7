import type { WayLedger } from '../crowd/index.ts';
import type { Entries } from './check.ts';

/** A row of a venue's channel: no gate wrote it. */
export interface ChannelRow {
  readonly venueId: number;
  /** The word of recording, such as `call`. */
  readonly word: string;
  /** Whole seconds. */
  readonly enteredAt: number;
}

/**
 * Compares what callers, phones and sheets remember with the rows of their venues' channels: for each second and way as many as there
 * were guests. Rows of venues that nobody came to by these ways are left alone.
 */
export function compareWays(ledgers: readonly WayLedger[], rows: readonly ChannelRow[]): Entries {
  const venues = new Set(ledgers.map(({ venueId }) => venueId));
  const made = counted(
    ledgers.flatMap(({ venueId, way, entries }) =>
      entries.map(({ enteredAt }) => `${venueId} ${way} ${enteredAt}`),
    ),
  );
  const stored = counted(
    rows
      .filter(({ venueId }) => venues.has(venueId))
      .map(({ venueId, word, enteredAt }) => `${venueId} ${word} ${enteredAt}`),
  );
  const sum = (all: Iterable<number>): number => [...all].reduce((total, one) => total + one, 0);
  return {
    made: sum(made.values()),
    lost: sum([...made].map(([place, guests]) => Math.max(0, guests - (stored.get(place) ?? 0)))),
    doubled: sum([...made].map(([place, guests]) => Math.max(0, (stored.get(place) ?? 0) - guests))),
    invented: sum([...stored].filter(([place]) => !made.has(place)).map(([, times]) => times)),
  };
}

/** Entries that were made before an instant (milliseconds) alone. A line on paper is there for the register once it was typed. */
export const waysBefore = (ledgers: readonly WayLedger[], at: number): readonly WayLedger[] =>
  ledgers.map((ledger) => ({
    ...ledger,
    entries: ledger.entries.filter(
      ({ savedAt, answered }) => savedAt <= at && (ledger.way !== 'paper' || answered),
    ),
  }));

/** Entries that the register has answered for alone. */
export const waysAnswered = (ledgers: readonly WayLedger[]): readonly WayLedger[] =>
  ledgers.map((ledger) => ({ ...ledger, entries: ledger.entries.filter(({ answered }) => answered) }));

function counted(places: readonly string[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const place of places) times.set(place, (times.get(place) ?? 0) + 1);
  return times;
}
