import { StatementFailed } from '@munjigi/service/db';
import { type GoneRow, type PartitionRow, stretchOf } from '../schema.ts';
import type { StoreTransaction } from '../transaction.ts';
import { changed, type Handlers, msOf, NOTHING, numberOf, rows } from './statement.ts';

/** The tables of the days. Making, taking off and dropping one are statements of scripts; see `script` below. */
export const days: Handlers = {
  "SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'entry'::regclass":
    ({ tx }) =>
      rows(
        tx
          .rows(tx.tables.partition, '')
          .filter(({ attached }) => attached)
          .map(({ name }) => ({ name })),
      ),

  "SELECT c.relname AS name, i.inhrelid IS NOT NULL AS attached, COALESCE(i.inhdetachpending, false) AS pending FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND i.inhparent = 'entry'::regclass WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname LIKE 'entry\\_%' ORDER BY c.relname":
    ({ tx }) =>
      rows(
        tx
          .rows(tx.tables.partition, '')
          .sort((a, b) => (a.name < b.name ? -1 : 1))
          .map(({ name, attached }) => ({ name, attached, pending: false })),
      ),

  "SELECT 1 FROM pg_extension WHERE extname = 'citus'": () => rows([]),

  'SELECT max(venue_id) AS last FROM (SELECT venue_id FROM venue WHERE venue_id > $1 ORDER BY venue_id LIMIT $2) v':
    ({ tx, values }) => {
      const page = tx
        .rows(tx.tables.venue, '')
        .map(({ venueId }) => venueId)
        .filter((venueId) => venueId > numberOf(values[0]))
        .sort((a, b) => a - b)
        .slice(0, numberOf(values[1]));
      return rows([{ last: page.at(-1) ?? null }]);
    },

  // Pruning, venue by venue.
  'INSERT INTO chain_mark (venue_id, gate_no, counter, head) SELECT r.venue_id, r.gate_no, r.counter, r.hash FROM rejected r WHERE r.venue_id > $1 AND r.venue_id <= $2 AND r.received_at < $3 ON CONFLICT (venue_id, gate_no, counter) DO NOTHING':
    ({ tx, values }) => {
      for (const { venueId, gateNo, counter, hash } of oldRejected(tx, values))
        if (!tx.get(tx.tables.mark, stretchOf(venueId, gateNo), String(counter)))
          tx.put(tx.tables.mark, { venueId, gateNo, counter, head: hash });
      return NOTHING;
    },

  'DELETE FROM rejected r WHERE r.venue_id > $1 AND r.venue_id <= $2 AND r.received_at < $3': ({
    tx,
    values,
  }) => {
    const old = oldRejected(tx, values);
    for (const row of old) tx.remove(tx.tables.rejected, row);
    return changed(old.length);
  },

  'DELETE FROM receipt r WHERE r.venue_id > $1 AND r.venue_id <= $2 AND r.received_at < $3 AND r.counter < (SELECT max(n.counter) FROM receipt n WHERE n.venue_id = r.venue_id AND n.gate_no = r.gate_no)':
    ({ tx, values }) => {
      const before = msOf(values[2]);
      let count = 0;
      for (const { venueId, gateNo } of tx.all(tx.tables.gate)) {
        if (!within(venueId, values)) continue;
        const all = tx.rows(tx.tables.receipt, stretchOf(venueId, gateNo));
        const newest = Math.max(0, ...all.map(({ counter }) => counter));
        for (const row of all) {
          if (row.receivedAt >= before || row.counter >= newest) continue;
          tx.remove(tx.tables.receipt, row);
          count += 1;
        }
      }
      return changed(count);
    },

  'DELETE FROM receipt_again r WHERE r.venue_id > $1 AND r.venue_id <= $2 AND r.received_at < $3': ({
    tx,
    values,
  }) => {
    for (const row of tx.all(tx.tables.receiptAgain))
      if (within(row.venueId, values) && row.receivedAt < msOf(values[2]))
        tx.remove(tx.tables.receiptAgain, row);
    return NOTHING;
  },

  ...clearing('chain_mark'),
  ...clearing('gate_checkpoint'),

  'DELETE FROM anchor a USING gone g, gate s WHERE a.venue_id > $1 AND a.venue_id <= $2 AND g.venue_id = a.venue_id AND g.gate_no = a.gate_no AND s.venue_id = g.venue_id AND s.gate_no = g.gate_no AND g.from_counter = s.start_counter + 1 AND a.anchor_ref < g.anchor_ref':
    ({ tx, values }) => {
      for (const { venueId, gateNo, startCounter } of tx.all(tx.tables.gate)) {
        if (!within(venueId, values)) continue;
        const stretch = stretchOf(venueId, gateNo);
        const run = tx.get(tx.tables.gone, stretch, String(startCounter + 1));
        if (run === undefined) continue;
        for (const row of tx.rows(tx.tables.anchor, stretch))
          if (row.anchorRef < run.anchorRef) tx.remove(tx.tables.anchor, row);
      }
      return NOTHING;
    },

  // Nobody telephones here or prints a sheet, and nobody taps "it does not work".
  'DELETE FROM trouble WHERE hour < $1': () => NOTHING,
  'DELETE FROM call_number WHERE until < $1': () => NOTHING,
  'DELETE FROM call_taken c WHERE c.venue_id > $1 AND c.venue_id <= $2 AND c.day_start < $3': () => NOTHING,
  'DELETE FROM poster_taken p WHERE p.venue_id > $1 AND p.venue_id <= $2 AND p.day_start < $3': () => NOTHING,
  'DELETE FROM poster_day p WHERE p.venue_id > $1 AND p.venue_id <= $2 AND p.day_start < $3': () => NOTHING,
  'DELETE FROM call_day c WHERE c.venue_id > $1 AND c.venue_id <= $2 AND c.day_start < $3': () => NOTHING,
  'DELETE FROM sheet_line l WHERE l.venue_id > $1 AND l.venue_id <= $2 AND l.day_start < $3': () => NOTHING,

  'DELETE FROM venue_hour v WHERE v.venue_id > $1 AND v.venue_id <= $2 AND v.hour < $3': () => NOTHING,
};

/** Runs of refused entries, joined into `gone`; the text is put together by the product (pruning.ts, `joined`). */
export const REFUSED_GONE =
  /^WITH news AS \(SELECT r\.venue_id, r\.gate_no, r\.counter AS from_counter, r\.counter AS to_counter, 0 AS anchor_ref FROM rejected r WHERE r\.venue_id > \$1 AND r\.venue_id <= \$2 AND r\.received_at < \$3\), olds AS /;

export function refusedGone(tx: StoreTransaction, values: readonly unknown[]): void {
  join(
    tx,
    oldRejected(tx, values).map(({ venueId, gateNo, counter }) => ({
      venueId,
      gateNo,
      from: counter,
      to: counter,
      anchorRef: 0,
    })),
  );
}

const within = (venueId: number, values: readonly unknown[]): boolean =>
  venueId > numberOf(values[0]) && venueId <= numberOf(values[1]);

const oldRejected = (tx: StoreTransaction, values: readonly unknown[]) =>
  tx
    .all(tx.tables.rejected)
    .filter(({ venueId, receivedAt }) => within(venueId, values) && receivedAt < msOf(values[2]));

/** Hashes inside runs that are gone. */
function clearing(name: 'chain_mark' | 'gate_checkpoint'): Handlers {
  const sql = `DELETE FROM ${name} m USING gone g WHERE m.venue_id > $1 AND m.venue_id <= $2 AND g.venue_id = m.venue_id AND g.gate_no = m.gate_no AND m.counter >= g.from_counter AND m.counter < g.to_counter`;
  return {
    [sql]: ({ tx, values }) => {
      const table = name === 'chain_mark' ? tx.tables.mark : tx.tables.checkpoint;
      for (const row of tx.all(table as typeof tx.tables.mark)) {
        const runs = tx.rows(tx.tables.gone, stretchOf(row.venueId, row.gateNo));
        if (
          within(row.venueId, values) &&
          runs.some(({ from, to }) => row.counter >= from && row.counter < to)
        )
          tx.remove(table as typeof tx.tables.mark, row);
      }
      return NOTHING;
    },
  };
}

/** Joins new runs with those that stand there, so that unbroken counters are one run. */
function join(tx: StoreTransaction, news: readonly GoneRow[]): void {
  const stretches = new Map<string, GoneRow[]>();
  for (const run of news) {
    const name = stretchOf(run.venueId, run.gateNo);
    stretches.set(name, [...(stretches.get(name) ?? []), run]);
  }
  for (const [name, fresh] of stretches) {
    const olds = tx.rows(tx.tables.gone, name);
    for (const old of olds) tx.remove(tx.tables.gone, old);
    const runs = [...fresh, ...olds].sort((a, b) => a.from - b.from || a.to - b.to);
    const joined: GoneRow[] = [];
    for (const run of runs) {
      const last = joined.at(-1);
      if (last && run.from <= last.to + 1) {
        joined[joined.length - 1] = {
          ...last,
          to: Math.max(last.to, run.to),
          anchorRef: Math.max(last.anchorRef, run.anchorRef),
        };
      } else joined.push(run);
    }
    for (const run of joined) tx.put(tx.tables.gone, run);
  }
}

/** Writes down which counters a day's table holds. */
function recordGone(tx: StoreTransaction, partition: string): void {
  const runs: GoneRow[] = [];
  const all = tx.all(tx.tables.entry).filter((row) => row.partition === partition);
  all.sort((a, b) => a.venueId - b.venueId || a.gateNo - b.gateNo || a.counter - b.counter);
  for (const { venueId, gateNo, counter, anchorRef } of all) {
    const last = runs.at(-1);
    if (last && last.venueId === venueId && last.gateNo === gateNo && counter === last.to + 1)
      runs[runs.length - 1] = { ...last, to: counter, anchorRef: Math.max(last.anchorRef, anchorRef) };
    else runs.push({ venueId, gateNo, from: counter, to: counter, anchorRef });
  }
  join(tx, runs);
}

const DAY = '(entry_\\d{4}_\\d\\d_\\d\\d)';
const MADE = new RegExp(`^CREATE TABLE IF NOT EXISTS ${DAY} \\(LIKE entry INCLUDING ALL\\)$`);
const ATTACHED = new RegExp(
  `^ALTER TABLE entry ATTACH PARTITION ${DAY} FOR VALUES FROM \\('([^']+)'::timestamptz\\) TO \\('([^']+)'::timestamptz\\)$`,
);
const DETACHED = new RegExp(`^ALTER TABLE entry DETACH PARTITION ${DAY}( CONCURRENTLY)?$`);
const LOCKED = new RegExp(`^LOCK TABLE ${DAY} IN ACCESS EXCLUSIVE MODE$`);
const GONE = new RegExp(
  `^WITH news AS \\(SELECT venue_id, gate_no, min\\(counter\\) AS from_counter.* FROM ${DAY}\\) r `,
);
const DROPPED = new RegExp(`^DROP TABLE ${DAY}$`);

const table = (tx: StoreTransaction, name: string): PartitionRow => {
  const found = tx.get(tx.tables.partition, '', name);
  if (!found) throw new StatementFailed('42P01', `relation "${name}" does not exist`);
  return found;
};

/** One statement of a script, folded; false where it is none that changes a day. */
export async function script(tx: StoreTransaction, sql: string): Promise<boolean> {
  const { partition } = tx.tables;
  const name = (pattern: RegExp): string | undefined => pattern.exec(sql)?.[1];
  const made = name(MADE);
  if (made !== undefined) {
    if (!tx.get(partition, '', made)) tx.put(partition, { name: made, from: 0, to: 0, attached: false });
    return true;
  }
  const attached = ATTACHED.exec(sql);
  if (attached) {
    const [, day, from, to] = attached;
    const known = table(tx, day!);
    const bounds = { from: Date.parse(from!) / 1000, to: Date.parse(to!) / 1000 };
    if (known.attached) throw new StatementFailed('42809', `"${day}" is already a partition`);
    tx.put(partition, { ...known, ...bounds, attached: true });
    return true;
  }
  const detached = name(DETACHED);
  if (detached !== undefined) {
    const [now] = await tx.locked(partition, [table(tx, detached)]);
    if (!now?.attached) throw new StatementFailed('42809', `"${detached}" is no partition`);
    tx.put(partition, { ...now, attached: false });
    return true;
  }
  const locked = name(LOCKED);
  if (locked !== undefined) {
    table(tx, locked);
    await tx.lock(partition, '', locked);
    table(tx, locked);
    return true;
  }
  const gone = name(GONE);
  if (gone !== undefined) {
    recordGone(tx, gone);
    return true;
  }
  const dropped = name(DROPPED);
  if (dropped === undefined) return false;
  tx.remove(partition, table(tx, dropped));
  for (const row of tx.all(tx.tables.entry)) if (row.partition === dropped) tx.remove(tx.tables.entry, row);
  return true;
}
