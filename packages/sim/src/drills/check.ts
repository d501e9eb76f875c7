import pg from 'pg';
import type { GateLedger } from '../crowd/index.ts';

/** What the register holds against what the gates wrote. */
export interface Entries {
  readonly made: number;
  /** Not there, or not at the venue and second at which they were made. */
  readonly lost: number;
  readonly doubled: number;
  /** Rows that no gate wrote. */
  readonly invented: number;
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

/** Entries that were saved before an instant (milliseconds) alone. */
export const before = (ledgers: readonly GateLedger[], at: number): readonly GateLedger[] =>
  ledgers.map((ledger) => ({ ...ledger, entries: ledger.entries.filter(({ savedAt }) => savedAt <= at) }));

/** Entries that the register has given a receipt for alone. */
export const receipted = (ledgers: readonly GateLedger[]): readonly GateLedger[] =>
  ledgers.map((ledger) => ({
    ...ledger,
    entries: ledger.entries.filter(({ counter }) => counter <= ledger.receipted),
  }));

/** Every entry of the register's database, by its gate's thumbprint (hex). Throws where the database does not answer. */
export async function storedPlaces(url: string): Promise<readonly StoredPlace[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<Record<keyof StoredPlace, string>>(
      `SELECT e.venue_id AS "venueId", encode(g.thumbprint, 'hex') AS gate, e.counter,
              extract(epoch FROM coalesce(e.claimed_at, e.entered_at))::bigint AS "enteredAt"
         FROM entry e JOIN gate g USING (venue_id, gate_no)`,
    );
    return rows.map(({ venueId, gate, counter, enteredAt }) => ({
      venueId: Number(venueId),
      gate,
      counter: Number(counter),
      enteredAt: Number(enteredAt),
    }));
  } finally {
    await client.end();
  }
}
