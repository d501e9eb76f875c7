import pg from 'pg';
import type { GateLedger } from '../crowd/index.ts';

/** What the register holds against what the gates wrote. */
export interface Entries {
  readonly made: number;
  readonly lost: number;
  readonly doubled: number;
  /** Rows that no gate wrote. */
  readonly invented: number;
}

/** A row of the register: whose chain, and which counter of it. */
export interface StoredPlace {
  readonly gate: string;
  readonly counter: number;
}

/**
 * Compares what gates remember of themselves with the rows of the register. Neither side asks the product: the ledger is kept by the
 * gates' own processes, the rows are read as they lie.
 */
export function compare(ledgers: readonly GateLedger[], rows: readonly StoredPlace[]): Entries {
  const stored = new Map<string, number>();
  for (const { gate, counter } of rows) {
    const place = `${gate} ${counter}`;
    stored.set(place, (stored.get(place) ?? 0) + 1);
  }
  let [made, lost] = [0, 0];
  const known = new Set<string>();
  const gates = new Set(ledgers.map(({ gate }) => gate));
  for (const { gate, counters } of ledgers)
    for (const counter of counters) {
      const place = `${gate} ${counter}`;
      known.add(place);
      made += 1;
      if (!stored.has(place)) lost += 1;
    }
  const doubled = [...stored.values()].reduce((sum, times) => sum + Math.max(0, times - 1), 0);
  const invented = [...stored.keys()].filter(
    (place) => gates.has(place.slice(0, place.indexOf(' '))) && !known.has(place),
  ).length;
  return { made, lost, doubled, invented };
}

/** Every entry of the register's database, by its gate's thumbprint (hex). */
export async function storedPlaces(url: string): Promise<readonly StoredPlace[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ gate: string; counter: number }>(
      `SELECT encode(g.thumbprint, 'hex') AS gate, e.counter
         FROM entry e JOIN gate g USING (venue_id, gate_no)`,
    );
    return rows;
  } finally {
    await client.end();
  }
}
