import { arrayOf } from '../arrays.ts';
import type { GateRow, HeadRow } from '../schema.ts';
import { hex } from '../schema.ts';
import type { StoreTransaction } from '../transaction.ts';
import {
  bytesOf,
  bytesOrNull,
  changed,
  type Handlers,
  msOf,
  NOTHING,
  numberOf,
  rows,
  type Statement,
  same,
  taken,
} from './statement.ts';

const byNumber = (a: { readonly gateNo: number }, b: { readonly gateNo: number }) => a.gateNo - b.gateNo;

/** The stretches of one key, in order of their numbers. */
export function gatesOf(tx: StoreTransaction, venueId: number, thumbprint: Uint8Array): GateRow[] {
  return tx
    .rows(tx.tables.gate, String(venueId))
    .filter((gate) => same(gate.thumbprint, thumbprint))
    .sort(byNumber);
}

export const headOf = (tx: StoreTransaction, venueId: number, gateNo: number): HeadRow | undefined =>
  tx.get(tx.tables.head, String(venueId), String(gateNo));

const gateAt = (tx: StoreTransaction, venueId: unknown, gateNo: unknown): GateRow | undefined =>
  tx.get(tx.tables.gate, String(venueId), String(gateNo));

/** The columns that the product reads of a stretch. */
function stretch(tx: StoreTransaction, gate: GateRow, head: HeadRow): object {
  const { venueId, gateNo, thumbprint } = gate;
  const letIn = tx.get(tx.tables.delegation, String(venueId), hex(thumbprint));
  return {
    venueId,
    gateNo,
    thumbprint,
    startCounter: gate.startCounter,
    startHash: gate.startHash,
    parentNo: gate.parentNo,
    revokedAfter: gate.revokedAfter,
    regressedAt: gate.regressedAt === null ? null : new Date(gate.regressedAt),
    counter: head.counter,
    head: head.head,
    seen: head.seen,
    receivedAtMs: head.receivedAt,
    receiptHash: head.receiptHash,
    receiptAtMs: head.receiptAt,
    backedUpTo: tx.get(tx.tables.safeMark, String(venueId), String(gateNo))?.counter ?? null,
    gapClosed: gate.gapClosedAt !== null,
    confirmedAtMs: letIn?.confirmedAt ?? null,
  };
}

const COLUMNS = `g.venue_id AS "venueId", g.gate_no AS "gateNo", g.thumbprint, g.start_counter AS "startCounter", g.start_hash AS "startHash", g.parent_no AS "parentNo", g.revoked_after AS "revokedAfter", g.regressed_at AS "regressedAt", h.counter, h.head, h.seen, (extract(epoch FROM h.received_at) * 1000)::int8 AS "receivedAtMs", h.receipt_hash AS "receiptHash", (extract(epoch FROM h.receipt_at) * 1000)::int8 AS "receiptAtMs", (SELECT s.counter FROM safe_mark s WHERE s.venue_id = g.venue_id AND s.gate_no = g.gate_no) AS "backedUpTo", g.gap_closed_at IS NOT NULL AS "gapClosed", (extract(epoch FROM d.confirmed_at) * 1000)::int8 AS "confirmedAtMs"`;
const FROM =
  'FROM gate g JOIN gate_head h ON h.venue_id = g.venue_id AND h.gate_no = g.gate_no LEFT JOIN delegation d ON d.venue_id = g.venue_id AND d.thumbprint = g.thumbprint WHERE g.venue_id = $1 AND g.thumbprint = $2 ORDER BY g.gate_no';

function stretchesOf({ tx, values }: Statement): object[] {
  const [venueId, thumbprint] = [numberOf(values[0]), bytesOf(values[1])];
  return gatesOf(tx, venueId, thumbprint).flatMap((gate) => {
    const head = headOf(tx, venueId, gate.gateNo);
    return head === undefined ? [] : [stretch(tx, gate, head)];
  });
}

/** As PostgreSQL does it: the rows of now are locked one by one, and read again; a row that came meanwhile is not seen. */
async function locking({ tx, values }: Statement): Promise<object[]> {
  const venueId = numberOf(values[0]);
  const out: object[] = [];
  const { gate: gates, head: heads } = tx.tables;
  for (const { gateNo } of gatesOf(tx, venueId, bytesOf(values[1]))) {
    await tx.lock(gates, String(venueId), String(gateNo));
    await tx.lock(heads, String(venueId), String(gateNo));
    const [gate, head] = [gateAt(tx, venueId, gateNo), headOf(tx, venueId, gateNo)];
    if (gate && head) out.push(stretch(tx, gate, head));
  }
  return out;
}

/** Changes one head under its lock. */
async function changeHead(
  { tx, values }: Statement,
  change: (head: HeadRow) => HeadRow | null,
): Promise<HeadRow | null> {
  const [group, key] = [String(values[0]), String(values[1])];
  await tx.lock(tx.tables.head, group, key);
  const head = tx.get(tx.tables.head, group, key);
  const next = head === undefined ? null : change(head);
  if (next === null) return null;
  tx.put(tx.tables.head, next);
  return next;
}

async function changeGate(
  { tx, values }: Statement,
  change: (gate: GateRow) => GateRow,
): Promise<readonly GateRow[]> {
  const found = gateAt(tx, values[0], values[1]);
  const changed_ = (await tx.locked(tx.tables.gate, found ? [found] : [])).map(change);
  for (const row of changed_) tx.put(tx.tables.gate, row);
  return changed_;
}

const one = (row: object | null): ReturnType<typeof changed> => changed(row === null ? 0 : 1);

export const heads: Handlers = {
  [`SELECT 1 ${FROM} FOR UPDATE OF g, h`]: async (s) =>
    rows((await locking(s)).map(() => ({ '?column?': 1 }))),
  [`SELECT ${COLUMNS} ${FROM} FOR UPDATE OF g, h`]: async (s) => rows(await locking(s)),
  [`SELECT ${COLUMNS} ${FROM}`]: (s) => rows(stretchesOf(s)),

  [`SELECT ${COLUMNS} FROM unnest($1::int8[], $2::bytea[]) w (venue_id, thumbprint) JOIN (gate g JOIN gate_head h ON h.venue_id = g.venue_id AND h.gate_no = g.gate_no LEFT JOIN delegation d ON d.venue_id = g.venue_id AND d.thumbprint = g.thumbprint) ON g.venue_id = w.venue_id AND g.thumbprint = w.thumbprint ORDER BY g.venue_id, g.gate_no`]:
    ({ tx, values, sql, plant }) => {
      const venues = arrayOf<number>(values[0]);
      const prints = arrayOf<Uint8Array>(values[1]);
      const found = venues.flatMap((venueId, i) =>
        stretchesOf({ tx, values: [venueId, prints[i]], sql, plant }),
      ) as { venueId: number; gateNo: number }[];
      return rows(found.sort((a, b) => a.venueId - b.venueId || a.gateNo - b.gateNo));
    },

  'UPDATE gate SET parent_no = $3 WHERE venue_id = $1 AND gate_no = $2': async (s) =>
    changed((await changeGate(s, (gate) => ({ ...gate, parentNo: numberOf(s.values[2]) }))).length),

  'UPDATE gate SET parent_no = $3, gap_closed_at = $4 WHERE venue_id = $1 AND gate_no = $2': async (s) => {
    const [parentNo, gapClosedAt] = [numberOf(s.values[2]), msOf(s.values[3])];
    return changed((await changeGate(s, (gate) => ({ ...gate, parentNo, gapClosedAt }))).length);
  },

  'UPDATE gate SET regressed_at = COALESCE(regressed_at, $3) WHERE venue_id = $1 AND gate_no = $2': async (
    s,
  ) => {
    const at = msOf(s.values[2]);
    return changed(
      (await changeGate(s, (gate) => ({ ...gate, regressedAt: gate.regressedAt ?? at }))).length,
    );
  },

  'UPDATE gate_head SET seen = $3 WHERE venue_id = $1 AND gate_no = $2': async (s) =>
    one(await changeHead(s, (head) => ({ ...head, seen: numberOf(s.values[2]) }))),

  'UPDATE gate_head SET seen = seen | $3 WHERE venue_id = $1 AND gate_no = $2': async (s) =>
    one(await changeHead(s, (head) => ({ ...head, seen: head.seen | numberOf(s.values[2]) }))),

  'UPDATE gate_head SET received_at = $3 WHERE venue_id = $1 AND gate_no = $2': async (s) =>
    one(await changeHead(s, (head) => ({ ...head, receivedAt: msOf(s.values[2]) }))),

  'UPDATE gate_head SET receipt_hash = $3, receipt_at = $4, received_at = $4 WHERE venue_id = $1 AND gate_no = $2':
    async (s) => {
      const [receiptHash, at] = [bytesOf(s.values[2]), msOf(s.values[3])];
      return one(await changeHead(s, (head) => ({ ...head, receiptHash, receiptAt: at, receivedAt: at })));
    },

  'UPDATE gate_head SET seen = (seen | 16)::smallint WHERE venue_id = $1 AND gate_no = ANY($2::int2[])':
    async (s) => {
      for (const gateNo of arrayOf<number>(s.values[1]))
        await changeHead({ ...s, values: [s.values[0], gateNo] }, (head) => ({
          ...head,
          seen: head.seen | 16,
        }));
      return NOTHING;
    },

  'UPDATE gate_head SET seen = (seen & ~16)::smallint WHERE venue_id = $1 AND seen & 16 <> 0 AND gate_no IN (SELECT gate_no FROM gate WHERE venue_id = $1 AND thumbprint = $2)':
    async (s) => {
      for (const { gateNo } of gatesOf(s.tx, numberOf(s.values[0]), bytesOf(s.values[1])))
        await changeHead({ ...s, values: [s.values[0], gateNo] }, (head) => ({
          ...head,
          seen: head.seen & ~16,
        }));
      return NOTHING;
    },

  'INSERT INTO gate (venue_id, gate_no, gate_key, thumbprint, name, enrolled_at, start_counter, start_hash, parent_no, revoked_after) SELECT $1, COALESCE(max(gate_no), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9 FROM gate WHERE venue_id = $1 RETURNING gate_no AS "gateNo"':
    async ({ tx, values }) => {
      const venueId = numberOf(values[0]);
      const gateNo = Math.max(0, ...tx.rows(tx.tables.gate, String(venueId)).map((gate) => gate.gateNo)) + 1;
      await tx.lock(tx.tables.gate, String(venueId), String(gateNo));
      if (gateAt(tx, venueId, gateNo)) throw taken('gate');
      tx.put(tx.tables.gate, {
        venueId,
        gateNo,
        gateKey: bytesOf(values[1]),
        thumbprint: bytesOf(values[2]),
        name: String(values[3]),
        enrolledAt: msOf(values[4]),
        startCounter: numberOf(values[5]),
        startHash: bytesOf(values[6]),
        parentNo: values[7] as number | null,
        revokedAfter: values[8] as number | null,
        revokedAt: null,
        regressedAt: null,
        gapClosedAt: null,
        role: 'gate',
      });
      return rows([{ gateNo }]);
    },

  'INSERT INTO gate_head (venue_id, gate_no, counter, head, received_at, day, seen, receipt_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)':
    ({ tx, values }) => {
      tx.put(tx.tables.head, {
        venueId: numberOf(values[0]),
        gateNo: numberOf(values[1]),
        counter: numberOf(values[2]),
        head: bytesOf(values[3]),
        receivedAt: msOf(values[4]),
        day: String(values[5]),
        seen: numberOf(values[6]),
        receiptHash: bytesOrNull(values[7]),
        receiptAt: null,
        anchorRef: 0,
        anchor: null,
      });
      return changed(1);
    },

  'SELECT enrolled_at < $3 AS old FROM gate WHERE venue_id = $1 AND gate_no = $2': ({ tx, values }) => {
    const gate = gateAt(tx, values[0], values[1]);
    return rows(gate ? [{ old: gate.enrolledAt < msOf(values[2]) }] : []);
  },

  'SELECT DISTINCT venue_id AS "venueId", thumbprint FROM gate WHERE parent_no IS NULL AND start_counter > 0 AND enrolled_at < $1 LIMIT $2':
    ({ tx, values }) => {
      const found = new Map<string, object>();
      for (const { venueId, thumbprint, parentNo, startCounter, enrolledAt } of tx.all(tx.tables.gate))
        if (parentNo === null && startCounter > 0 && enrolledAt < msOf(values[0]))
          found.set(`${venueId} ${hex(thumbprint)}`, { venueId, thumbprint });
      return rows([...found.values()].slice(0, numberOf(values[1])));
    },
};
