import type { EntryRow } from '../schema.ts';
import { stretchOf } from '../schema.ts';
import type { StoreTransaction } from '../transaction.ts';
import { changed, type Handlers, msOf, numberOf, rows } from './statement.ts';

const byCounter = (a: { readonly counter: number }, b: { readonly counter: number }) => a.counter - b.counter;

/** The rows of a stretch whose day is part of `entry`, by counter. */
export function entriesOf(tx: StoreTransaction, venueId: number, gateNo: number): EntryRow[] {
  const attached = new Set(
    tx.rows(tx.tables.partition, '').flatMap(({ name, attached: is }) => (is ? [name] : [])),
  );
  return tx
    .rows(tx.tables.entry, stretchOf(venueId, gateNo))
    .filter(({ partition }) => attached.has(partition))
    .sort(byCounter);
}

const anchorOf = (tx: StoreTransaction, row: EntryRow): Uint8Array | undefined =>
  tx.get(tx.tables.anchor, stretchOf(row.venueId, row.gateNo), String(row.anchorRef))?.hash;

const stored = (row: EntryRow, anchor: Uint8Array) => ({
  counter: row.counter,
  claimedS: row.claimedAt ?? row.at,
  checkCode: row.checkCode,
  recordCode: row.recordCode,
  kind: row.kind,
  flags: row.flags,
  dayKeyId: row.dayKeyId,
  subjectHash: row.subjectHash,
  anchor,
});

export const entries: Handlers = {
  'SELECT counter, hash, reason FROM rejected WHERE venue_id = $1 AND gate_no = $2 AND counter > $3 AND counter <= $4':
    ({ tx, values }) => {
      const [venueId, gateNo, after, to] = values.map(numberOf) as [number, number, number, number];
      const found = tx
        .rows(tx.tables.rejected, stretchOf(venueId, gateNo))
        .filter(({ counter }) => counter > after && counter <= to);
      return rows(found.map(({ counter, hash, reason }) => ({ counter, hash, reason })));
    },

  'SELECT e.counter, extract(epoch FROM COALESCE(e.claimed_at, e.entered_at))::int8 AS "claimedS", e.check_code AS "checkCode", e.record_code AS "recordCode", e.kind, e.flags, e.day_key_id AS "dayKeyId", e.subject_hash AS "subjectHash", a.hash AS anchor FROM entry e JOIN anchor a ON a.venue_id = e.venue_id AND a.gate_no = e.gate_no AND a.anchor_ref = e.anchor_ref WHERE e.venue_id = $1 AND e.gate_no = $2 AND e.counter > $3 AND e.counter <= $4 AND e.entered_at >= $5 AND e.entered_at < $6':
    ({ tx, values }) => {
      const [venueId, gateNo, after, to] = values.slice(0, 4).map(numberOf) as [
        number,
        number,
        number,
        number,
      ];
      const [from, until] = [msOf(values[4]) / 1000, msOf(values[5]) / 1000];
      const found = entriesOf(tx, venueId, gateNo).filter(
        ({ counter, at }) => counter > after && counter <= to && at >= from && at < until,
      );
      return rows(
        found.flatMap((row) => {
          const anchor = anchorOf(tx, row);
          return anchor ? [stored(row, anchor)] : [];
        }),
      );
    },

  'UPDATE entry SET flags = flags | $4 WHERE venue_id = $1 AND gate_no = $2 AND counter > $3': ({
    tx,
    values,
  }) => {
    const [venueId, gateNo, after, flag] = values.map(numberOf) as [number, number, number, number];
    const found = entriesOf(tx, venueId, gateNo).filter(({ counter }) => counter > after);
    for (const row of found) tx.put(tx.tables.entry, { ...row, flags: row.flags | flag });
    return changed(found.length);
  },

  // verify-chain
  'SELECT g.venue_id AS "venueId", g.gate_no AS "gateNo", g.thumbprint, g.start_counter AS "startCounter", g.start_hash AS "startHash", h.counter, h.head FROM gate g JOIN gate_head h ON h.venue_id = g.venue_id AND h.gate_no = g.gate_no WHERE g.venue_id = $1 AND g.gate_no = $2':
    ({ tx, values }) => {
      const [venue, no] = [String(values[0]), String(values[1])];
      const gate = tx.get(tx.tables.gate, venue, no);
      const head = tx.get(tx.tables.head, venue, no);
      if (!gate || !head) return rows([]);
      const { venueId, gateNo, thumbprint, startCounter, startHash } = gate;
      return rows([
        { venueId, gateNo, thumbprint, startCounter, startHash, counter: head.counter, head: head.head },
      ]);
    },

  'SELECT counter, head, NULL::bytea AS signed FROM gate_checkpoint WHERE venue_id = $1 AND gate_no = $2 UNION ALL SELECT counter, head, NULL FROM chain_mark WHERE venue_id = $1 AND gate_no = $2 UNION ALL SELECT counter, head, signed FROM receipt WHERE venue_id = $1 AND gate_no = $2':
    ({ tx, values }) => {
      const stretch = stretchOf(numberOf(values[0]), numberOf(values[1]));
      const { checkpoint, mark, receipt } = tx.tables;
      return rows([
        ...tx.rows(checkpoint, stretch).map(({ counter, head }) => ({ counter, head, signed: null })),
        ...tx.rows(mark, stretch).map(({ counter, head }) => ({ counter, head, signed: null })),
        ...tx.rows(receipt, stretch).map(({ counter, head, signed }) => ({ counter, head, signed })),
      ]);
    },

  'SELECT from_counter AS "from", to_counter AS "to", NULL::bytea AS hash FROM gone WHERE venue_id = $1 AND gate_no = $2 UNION ALL SELECT counter, counter, hash FROM rejected WHERE venue_id = $1 AND gate_no = $2 ORDER BY 1':
    ({ tx, values }) => {
      const stretch = stretchOf(numberOf(values[0]), numberOf(values[1]));
      const found = [
        ...tx.rows(tx.tables.gone, stretch).map(({ from, to }) => ({ from, to, hash: null })),
        ...tx
          .rows(tx.tables.rejected, stretch)
          .map(({ counter, hash }) => ({ from: counter, to: counter, hash })),
      ];
      return rows(found.sort((a, b) => a.from - b.from));
    },

  'SELECT e.counter, extract(epoch FROM e.entered_at)::int8 AS "atS", extract(epoch FROM COALESCE(e.claimed_at, e.entered_at))::int8 AS "claimedS", e.check_code AS "checkCode", e.record_code AS "recordCode", e.kind, e.flags, e.day_key_id AS "dayKeyId", e.subject_hash AS "subjectHash", e.subject, COALESCE(a.hash, \'\') AS anchor FROM entry e LEFT JOIN anchor a ON a.venue_id = e.venue_id AND a.gate_no = e.gate_no AND a.anchor_ref = e.anchor_ref WHERE e.venue_id = $1 AND e.gate_no = $2 AND e.counter > $3 ORDER BY e.counter LIMIT $4':
    ({ tx, values }) => {
      const [venueId, gateNo, after, limit] = values.map(numberOf) as [number, number, number, number];
      const found = entriesOf(tx, venueId, gateNo)
        .filter(({ counter }) => counter > after)
        .slice(0, limit);
      return rows(
        found.map((row) => ({
          ...stored(row, anchorOf(tx, row) ?? new Uint8Array(0)),
          atS: row.at,
          subject: row.subject,
        })),
      );
    },
};
