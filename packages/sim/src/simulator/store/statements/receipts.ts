import { arrayOf } from '../arrays.ts';
import { hex, stretchOf } from '../schema.ts';
import { headOf } from './heads.ts';
import { bytesOf, changed, type Handlers, msOf, NOTHING, numberOf, rows, same, taken } from './statement.ts';

const byCounter = (a: { readonly counter: number }, b: { readonly counter: number }) => a.counter - b.counter;
const place = (values: readonly unknown[]): string => stretchOf(numberOf(values[0]), numberOf(values[1]));

export const receipts: Handlers = {
  'INSERT INTO receipt (venue_id, gate_no, counter, head, received_at, hash, signed) VALUES ($1, $2, $3, $4, $5, $6, $7)':
    ({ tx, values }) => {
      if (tx.get(tx.tables.receipt, place(values), String(values[2]))) throw taken('receipt');
      tx.put(tx.tables.receipt, {
        venueId: numberOf(values[0]),
        gateNo: numberOf(values[1]),
        counter: numberOf(values[2]),
        head: bytesOf(values[3]),
        receivedAt: msOf(values[4]),
        hash: bytesOf(values[5]),
        signed: bytesOf(values[6]),
      });
      return changed(1);
    },

  'INSERT INTO receipt_again (venue_id, hash, gate_no, received_at) VALUES ($1, $2, $3, $4) ON CONFLICT (venue_id, hash) DO NOTHING':
    ({ tx, values }) => {
      const [venueId, hash] = [numberOf(values[0]), bytesOf(values[1])];
      if (tx.get(tx.tables.receiptAgain, String(venueId), hex(hash))) return NOTHING;
      tx.put(tx.tables.receiptAgain, {
        venueId,
        hash,
        gateNo: numberOf(values[2]),
        receivedAt: msOf(values[3]),
      });
      return changed(1);
    },

  'SELECT hash FROM receipt WHERE venue_id = $1 AND gate_no = $2 AND counter <= $3 ORDER BY counter DESC LIMIT 1':
    ({ tx, values }) => {
      const found = tx
        .rows(tx.tables.receipt, place(values))
        .filter(({ counter }) => counter <= numberOf(values[2]))
        .sort(byCounter)
        .slice(-1);
      return rows(found.map(({ hash }) => ({ hash })));
    },

  'SELECT signed FROM receipt WHERE venue_id = $1 AND gate_no = $2 AND counter <= $4 ORDER BY (counter >= $3) DESC, CASE WHEN counter >= $3 THEN counter ELSE -counter END LIMIT 1':
    ({ tx, values }) => {
      const [at, limit] = [numberOf(values[2]), numberOf(values[3])];
      const found = tx.rows(tx.tables.receipt, place(values)).filter(({ counter }) => counter <= limit);
      const covering = found.filter(({ counter }) => counter >= at).sort(byCounter)[0];
      const before = found
        .filter(({ counter }) => counter < at)
        .sort(byCounter)
        .at(-1);
      const one = covering ?? before;
      return rows(one ? [{ signed: one.signed }] : []);
    },

  '(SELECT counter, head FROM receipt WHERE venue_id = $1 AND gate_no = $2 AND counter <= $3 ORDER BY counter DESC LIMIT 1) UNION ALL (SELECT counter, head FROM receipt WHERE venue_id = $1 AND gate_no = $2 AND counter > $3 AND counter <= $4)':
    ({ tx, values }) => {
      const [from, to] = [numberOf(values[2]), numberOf(values[3])];
      const all = tx.rows(tx.tables.receipt, place(values)).sort(byCounter);
      const first = all.filter(({ counter }) => counter <= from).slice(-1);
      const others = all.filter(({ counter }) => counter > from && counter <= to);
      return rows([...first, ...others].map(({ counter, head }) => ({ counter, head })));
    },

  'SELECT r.venue_id AS "venueId", r.hash, (extract(epoch FROM r.received_at) * 1000)::int8 AS "atMs" FROM unnest($1::int8[], $2::bytea[]) w (venue_id, hash) JOIN receipt r ON r.venue_id = w.venue_id AND r.hash = w.hash UNION ALL SELECT r.venue_id, r.hash, (extract(epoch FROM r.received_at) * 1000)::int8 FROM unnest($1::int8[], $2::bytea[]) w (venue_id, hash) JOIN receipt_again r ON r.venue_id = w.venue_id AND r.hash = w.hash':
    ({ tx, values }) => {
      const venues = arrayOf<number>(values[0]);
      const hashes = arrayOf<Uint8Array>(values[1]);
      const found: object[] = [];
      venues.forEach((venueId, i) => {
        const hash = hashes[i]!;
        for (const { gateNo } of tx.rows(tx.tables.gate, String(venueId)))
          for (const receipt of tx.rows(tx.tables.receipt, stretchOf(venueId, gateNo)))
            if (same(receipt.hash, hash)) found.push({ venueId, hash, atMs: receipt.receivedAt });
        const again = tx.get(tx.tables.receiptAgain, String(venueId), hex(hash));
        if (again) found.push({ venueId, hash, atMs: again.receivedAt });
      });
      return rows(found);
    },

  "WITH h AS ( UPDATE gate_head SET received_at = $7 WHERE venue_id = $1 AND gate_no = $2 AND counter = $4 AND head = $5 AND seen = $6 RETURNING venue_id, gate_no, counter) SELECT r.signed, (SELECT array_agg(j.counter || ' ' || j.reason) FROM rejected j WHERE j.venue_id = $1 AND j.gate_no = $2 AND j.counter > $3 AND j.counter <= $4) AS rejected FROM h JOIN receipt r ON r.venue_id = h.venue_id AND r.gate_no = h.gate_no AND r.counter = h.counter":
    async ({ tx, values }) => {
      const [venueId, gateNo, after, counter] = values.slice(0, 4).map(numberOf) as [
        number,
        number,
        number,
        number,
      ];
      const fits = (head: ReturnType<typeof headOf>): head is NonNullable<typeof head> =>
        head !== undefined &&
        head.counter === counter &&
        same(head.head, bytesOf(values[4])) &&
        head.seen === numberOf(values[5]);
      if (!fits(headOf(tx, venueId, gateNo))) return NOTHING;
      await tx.lock(tx.tables.head, String(venueId), String(gateNo));
      const head = headOf(tx, venueId, gateNo);
      if (!fits(head)) return NOTHING;
      tx.put(tx.tables.head, { ...head, receivedAt: msOf(values[6]) });
      const receipt = tx.get(tx.tables.receipt, place(values), String(counter));
      if (receipt === undefined) return NOTHING;
      const no = tx
        .rows(tx.tables.rejected, place(values))
        .filter((row) => row.counter > after && row.counter <= counter);
      const rejected = no.length === 0 ? null : no.map((row) => `${row.counter} ${row.reason}`);
      return rows([{ signed: receipt.signed, rejected }]);
    },

  'INSERT INTO safe_mark (venue_id, gate_no, counter, taken_at) SELECT b.venue_id, b.gate_no, b.counter, $4 FROM unnest($1::int8[], $2::int2[], $3::int4[], $5::bytea[]) b (venue_id, gate_no, counter, head) JOIN gate_head h ON h.venue_id = b.venue_id AND h.gate_no = b.gate_no WHERE (h.counter = b.counter AND h.head = b.head) OR EXISTS (SELECT FROM receipt r WHERE r.venue_id = b.venue_id AND r.gate_no = b.gate_no AND r.counter = b.counter AND r.head = b.head) ON CONFLICT (venue_id, gate_no) DO UPDATE SET counter = EXCLUDED.counter, taken_at = EXCLUDED.taken_at WHERE safe_mark.counter < EXCLUDED.counter':
    async ({ tx, values }) => {
      const numbers = arrayOf<number>(values[1]);
      const counters = arrayOf<number>(values[2]);
      const heads = arrayOf<Uint8Array>(values[4]);
      const takenAt = msOf(values[3]);
      let count = 0;
      for (const [i, venueId] of arrayOf<number>(values[0]).entries()) {
        const [gateNo, counter] = [numbers[i]!, counters[i]!];
        const head = headOf(tx, venueId, gateNo);
        if (head === undefined) continue;
        const here = head.counter === counter && same(head.head, heads[i]!);
        const receipt = tx.get(tx.tables.receipt, stretchOf(venueId, gateNo), String(counter));
        if (!here && !same(receipt?.head ?? null, heads[i]!)) continue;
        await tx.lock(tx.tables.safeMark, String(venueId), String(gateNo));
        const before = tx.get(tx.tables.safeMark, String(venueId), String(gateNo));
        if (before !== undefined && before.counter >= counter) continue;
        tx.put(tx.tables.safeMark, { venueId, gateNo, counter, takenAt });
        count += 1;
      }
      return changed(count);
    },
};
