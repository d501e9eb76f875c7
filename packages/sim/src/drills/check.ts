import pg from 'pg';
import type { GateLedger, WayLedger } from '../crowd/index.ts';
import { type ChannelRow, compareWays, waysAnswered, waysBefore } from './ways.ts';

/** What the register holds against what the gates wrote. */
export interface Entries {
  readonly made: number;
  /** Not there, or not at the venue and second at which they were made. */
  readonly lost: number;
  readonly doubled: number;
  /** Rows that nobody made. */
  readonly invented: number;
}

/** What all sides remember of their own entries. */
export interface Ledgers {
  readonly gates: readonly GateLedger[];
  readonly ways: readonly WayLedger[];
}

/** All entries of a register's database, as they lie. */
export interface Stored {
  readonly places: readonly StoredPlace[];
  readonly channels: readonly ChannelRow[];
}

/** A row of the register: whose chain, which counter of it, where and when (whole seconds). */
export interface StoredPlace {
  readonly venueId: number;
  readonly gate: string;
  readonly counter: number;
  readonly enteredAt: number;
}

/**
 * Compares what gates remember of themselves with the rows of the register. Neither side asks the product: the ledger is kept by the
 * gates' own processes, the rows are read as they lie.
 */
export function compare(ledgers: readonly GateLedger[], rows: readonly StoredPlace[]): Entries {
  const gates = new Set(ledgers.map(({ gate }) => gate));
  const stored = new Set<string>();
  const chains = new Map<string, number>();
  for (const { venueId, gate, counter, enteredAt } of rows) {
    if (!gates.has(gate)) continue;
    stored.add(`${venueId} ${gate} ${counter} ${enteredAt}`);
    chains.set(`${gate} ${counter}`, (chains.get(`${gate} ${counter}`) ?? 0) + 1);
  }
  const made = new Set(
    ledgers.flatMap(({ venueId, gate, entries }) =>
      entries.map(({ counter, enteredAt }) => `${venueId} ${gate} ${counter} ${enteredAt}`),
    ),
  );
  return {
    made: made.size,
    lost: [...made].filter((place) => !stored.has(place)).length,
    doubled: [...chains.values()].reduce((sum, times) => sum + times - 1, 0),
    invented: [...stored].filter((place) => !made.has(place)).length,
  };
}

/** Compares everything that was remembered with everything that is there. */
export function compareAll({ gates, ways }: Ledgers, { places, channels }: Stored): Entries {
  const [one, other] = [compare(gates, places), compareWays(ways, channels)];
  return {
    made: one.made + other.made,
    lost: one.lost + other.lost,
    doubled: one.doubled + other.doubled,
    invented: one.invented + other.invented,
  };
}

/** What was remembered of before an instant (milliseconds). */
export const allBefore = ({ gates, ways }: Ledgers, at: number): Ledgers => ({
  gates: before(gates, at),
  ways: waysBefore(ways, at),
});

/** What the register has said that it has. */
export const allReceipted = ({ gates, ways }: Ledgers): Ledgers => ({
  gates: receipted(gates),
  ways: waysAnswered(ways),
});

/** Entries that were saved before an instant (milliseconds) alone. */
export const before = (ledgers: readonly GateLedger[], at: number): readonly GateLedger[] =>
  ledgers.map((ledger) => ({ ...ledger, entries: ledger.entries.filter(({ savedAt }) => savedAt <= at) }));

/** Entries that the register has given a receipt for alone. */
export const receipted = (ledgers: readonly GateLedger[]): readonly GateLedger[] =>
  ledgers.map((ledger) => ({
    ...ledger,
    entries: ledger.entries.filter(({ counter }) => counter <= ledger.receipted),
  }));

/** Every entry of the register's database: of gates by their thumbprint (hex). Throws where the database does not answer. */
export async function storedIn(url: string): Promise<Stored> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<Record<keyof StoredPlace, string> & { word: string | null }>(
      `SELECT e.venue_id AS "venueId", encode(g.thumbprint, 'hex') AS gate, e.counter, c.word,
              extract(epoch FROM coalesce(e.claimed_at, e.entered_at))::bigint AS "enteredAt"
         FROM entry e JOIN gate g USING (venue_id, gate_no) LEFT JOIN channel c USING (venue_id, thumbprint)`,
    );
    const stored = { places: [] as StoredPlace[], channels: [] as ChannelRow[] };
    for (const { venueId, gate, counter, enteredAt, word } of rows) {
      const place = { venueId: Number(venueId), enteredAt: Number(enteredAt) };
      if (word === null) stored.places.push({ ...place, gate, counter: Number(counter) });
      else stored.channels.push({ ...place, word });
    }
    return stored;
  } finally {
    await client.end();
  }
}
