import { arrayOf } from '../arrays.ts';
import type { DelegationRow } from '../schema.ts';
import { hex } from '../schema.ts';
import type { StoreTransaction } from '../transaction.ts';
import { gatesOf, headOf } from './heads.ts';
import { bytesOf, changed, type Handlers, msOf, NOTHING, numberOf, rows, same } from './statement.ts';

const venueAt = (tx: StoreTransaction, venueId: unknown) => tx.get(tx.tables.venue, '', String(venueId));

/** Keys that one key has certified, in the order in which they were shown. */
const successorsOf = (tx: StoreTransaction, venueId: number, givenBy: Uint8Array): DelegationRow[] =>
  tx
    .rows(tx.tables.delegation, String(venueId))
    .filter((row) => row.succeeds && same(row.givenBy, givenBy))
    .sort((a, b) => a.seenAt - b.seenAt);

const delegationOf = (
  tx: StoreTransaction,
  venueId: unknown,
  thumbprint: unknown,
): DelegationRow | undefined => tx.get(tx.tables.delegation, String(venueId), hex(bytesOf(thumbprint)));

async function changeDelegation(
  tx: StoreTransaction,
  values: readonly unknown[],
  fits: (row: DelegationRow) => boolean,
  change: (row: DelegationRow) => DelegationRow,
): Promise<number> {
  const found = delegationOf(tx, values[0], values[1]);
  const now = (await tx.locked(tx.tables.delegation, found && fits(found) ? [found] : [])).filter(fits);
  for (const row of now) tx.put(tx.tables.delegation, change(row));
  return now.length;
}

export const venues: Handlers = {
  'INSERT INTO venue (name, kind, region, enrolment_hash, created_at, specimen) VALUES ($1, $2, $3, $4, $5, $6) RETURNING venue_id AS "venueId"':
    async ({ tx, values }) => {
      // The sequence of an identity column: no two get one number, whether they commit or not.
      await tx.lockNamed('sequence venue');
      const venueId = Math.max(0, ...tx.rows(tx.tables.venue, '').map((venue) => venue.venueId)) + 1;
      tx.put(tx.tables.venue, {
        venueId,
        name: String(values[0]),
        kind: String(values[1]),
        region: String(values[2]),
        enrolmentHash: bytesOf(values[3]),
        createdAt: msOf(values[4]),
        specimen: values[5] as boolean,
      });
      return rows([{ venueId }]);
    },

  'SELECT name, kind, region, enrolment_hash AS "enrolmentHash" FROM venue WHERE venue_id = $1': ({
    tx,
    values,
  }) => {
    const venue = venueAt(tx, values[0]);
    if (!venue) return rows([]);
    const { name, kind, region, enrolmentHash } = venue;
    return rows([{ name, kind, region, enrolmentHash }]);
  },

  'SELECT name, kind, region FROM venue WHERE venue_id = $1': ({ tx, values }) => {
    const venue = venueAt(tx, values[0]);
    return rows(venue ? [{ name: venue.name, kind: venue.kind, region: venue.region }] : []);
  },

  'SELECT 1 FROM venue WHERE venue_id = $1 FOR UPDATE': async ({ tx, values }) => {
    const venue = venueAt(tx, values[0]);
    return rows((await tx.locked(tx.tables.venue, venue ? [venue] : [])).map(() => ({})));
  },

  "UPDATE gate SET role = CASE WHEN role = 'owner' THEN role ELSE $3 END WHERE venue_id = $1 AND gate_no = $2 RETURNING role":
    async ({ tx, values }) => {
      const gate = tx.get(tx.tables.gate, String(values[0]), String(values[1]));
      const [now] = await tx.locked(tx.tables.gate, gate ? [gate] : []);
      if (!now) return rows([]);
      const role = now.role === 'owner' ? now.role : String(values[2]);
      tx.put(tx.tables.gate, { ...now, role });
      return rows([{ role }]);
    },

  'UPDATE delegation SET confirmed_at = $3, reason = NULL, by_code = true WHERE venue_id = $1 AND thumbprint = $2 AND confirmed_at IS NULL':
    async ({ tx, values }) =>
      changed(
        await changeDelegation(
          tx,
          values,
          ({ confirmedAt }) => confirmedAt === null,
          (row) => ({ ...row, confirmedAt: msOf(values[2]), reason: null, byCode: true }),
        ),
      ),

  'UPDATE delegation SET by_code = true WHERE venue_id = $1 AND thumbprint = $2': async ({ tx, values }) =>
    changed(
      await changeDelegation(
        tx,
        values,
        () => true,
        (row) => ({ ...row, byCode: true }),
      ),
    ),

  "UPDATE delegation SET confirmed_at = NULL, reason = COALESCE(reason, 'second-successor') WHERE venue_id = $1 AND thumbprint = $2 AND succeeds AND NOT by_code":
    async ({ tx, values }) =>
      changed(
        await changeDelegation(
          tx,
          values,
          ({ succeeds, byCode }) => succeeds && !byCode,
          (row) => ({ ...row, confirmedAt: null, reason: row.reason ?? 'second-successor' }),
        ),
      ),

  'SELECT gate_key AS "gateKey", name FROM gate WHERE venue_id = $1 AND thumbprint = $2 ORDER BY gate_no LIMIT 1':
    ({ tx, values }) =>
      rows(
        gatesOf(tx, numberOf(values[0]), bytesOf(values[1]))
          .slice(0, 1)
          .map(({ gateKey, name }) => ({ gateKey, name })),
      ),

  'SELECT thumbprint, gate_key AS "gateKey" FROM gate WHERE venue_id = $1 AND gate_no = $2': ({
    tx,
    values,
  }) => {
    const gate = tx.get(tx.tables.gate, String(values[0]), String(values[1]));
    return rows(gate ? [{ thumbprint: gate.thumbprint, gateKey: gate.gateKey }] : []);
  },

  'SELECT reason AS unconfirmed FROM delegation WHERE venue_id = $1 AND thumbprint = $2 AND succeeds AND given_by = $3':
    ({ tx, values }) => {
      const row = delegationOf(tx, values[0], values[1]);
      return rows(
        row?.succeeds && same(row.givenBy, bytesOf(values[2])) ? [{ unconfirmed: row.reason }] : [],
      );
    },

  'SELECT count(*) AS shown FROM delegation WHERE venue_id = $1 AND succeeds AND seen_at > $2': ({
    tx,
    values,
  }) => {
    const found = tx.rows(tx.tables.delegation, String(values[0]));
    return rows([{ shown: found.filter((row) => row.succeeds && row.seenAt > msOf(values[1])).length }]);
  },

  'SELECT thumbprint FROM delegation WHERE venue_id = $1 AND given_by = $2 AND succeeds ORDER BY seen_at': ({
    tx,
    values,
  }) =>
    rows(successorsOf(tx, numberOf(values[0]), bytesOf(values[1])).map(({ thumbprint }) => ({ thumbprint }))),

  'INSERT INTO delegation (venue_id, thumbprint, signed, given_by, seen_at, confirmed_at, reason, succeeds, by_code) VALUES ($1, $2, $3, $4, $5, $6, $7, true, $8) ON CONFLICT (venue_id, thumbprint) DO NOTHING':
    async ({ tx, values }) => {
      await tx.lock(tx.tables.delegation, String(values[0]), hex(bytesOf(values[1])));
      if (delegationOf(tx, values[0], values[1])) return NOTHING;
      tx.put(tx.tables.delegation, {
        venueId: numberOf(values[0]),
        thumbprint: bytesOf(values[1]),
        signed: bytesOf(values[2]),
        nonce: null,
        givenBy: bytesOf(values[3]),
        seenAt: msOf(values[4]),
        confirmedAt: values[5] === null ? null : msOf(values[5]),
        reason: values[6] as string | null,
        succeeds: true,
        byCode: values[7] as boolean,
      });
      return changed(1);
    },

  'UPDATE gate SET revoked_after = $3, revoked_at = COALESCE(revoked_at, $4) WHERE venue_id = $1 AND thumbprint = $2':
    async ({ tx, values }) => {
      const found = await tx.locked(tx.tables.gate, gatesOf(tx, numberOf(values[0]), bytesOf(values[1])));
      for (const gate of found)
        tx.put(tx.tables.gate, {
          ...gate,
          revokedAfter: numberOf(values[2]),
          revokedAt: gate.revokedAt ?? msOf(values[3]),
        });
      return changed(found.length);
    },

  'INSERT INTO revocation (venue_id, thumbprint, at) VALUES ($1, $2, $3) ON CONFLICT (venue_id, thumbprint) DO UPDATE SET at = revocation.at RETURNING (extract(epoch FROM at) * 1000)::int8 AS "atMs"':
    async ({ tx, values }) => {
      const [venueId, thumbprint] = [numberOf(values[0]), bytesOf(values[1])];
      await tx.lock(tx.tables.revocation, String(venueId), hex(thumbprint));
      const known = tx.get(tx.tables.revocation, String(venueId), hex(thumbprint));
      const row = known ?? { venueId, thumbprint, at: msOf(values[2]) };
      tx.put(tx.tables.revocation, row);
      return rows([{ atMs: row.at }]);
    },

  'SELECT (array_agg(g.name ORDER BY g.gate_no))[1] AS name, bit_or(h.seen) AS seen, min(g.revoked_after) AS "revokedAfter", (array_agg(d.reason))[1] AS unconfirmed, (SELECT (extract(epoch FROM n.quiet_since) * 1000)::int8 FROM nudge n WHERE n.venue_id = $1 AND NOT EXISTS (SELECT 1 FROM gate_head x WHERE x.venue_id = $1 AND x.receipt_at > n.made_at) ORDER BY n.week DESC LIMIT 1) AS "quietSinceMs", (SELECT s.signed FROM delegation s WHERE s.venue_id = $1 AND s.given_by = $2 AND s.succeeds ORDER BY s.seen_at LIMIT 1) AS successor FROM gate g JOIN gate_head h ON h.venue_id = g.venue_id AND h.gate_no = g.gate_no LEFT JOIN delegation d ON d.venue_id = g.venue_id AND d.thumbprint = g.thumbprint WHERE g.venue_id = $1 AND g.thumbprint = $2 HAVING count(*) > 0':
    ({ tx, values }) => {
      const [venueId, thumbprint] = [numberOf(values[0]), bytesOf(values[1])];
      const gates = gatesOf(tx, venueId, thumbprint);
      if (gates.length === 0) return rows([]);
      const cut = gates.flatMap(({ revokedAfter }) => (revokedAfter === null ? [] : [revokedAfter]));
      const receipts = tx.rows(tx.tables.head, String(venueId)).map(({ receiptAt }) => receiptAt ?? 0);
      const nudge = tx
        .rows(tx.tables.nudge, String(venueId))
        .filter(({ madeAt }) => receipts.every((at) => at <= madeAt))
        .sort((a, b) => (a.week < b.week ? 1 : -1))[0];
      return rows([
        {
          name: gates[0]!.name,
          seen: gates.reduce((seen, { gateNo }) => seen | (headOf(tx, venueId, gateNo)?.seen ?? 0), 0),
          revokedAfter: cut.length === 0 ? null : Math.min(...cut),
          unconfirmed: delegationOf(tx, venueId, thumbprint)?.reason ?? null,
          quietSinceMs: nudge?.quietSince ?? null,
          successor: successorsOf(tx, venueId, thumbprint)[0]?.signed ?? null,
        },
      ]);
    },

  'SELECT salt, hash, rounds, (extract(epoch FROM set_at) * 1000)::int8 AS "setMs" FROM venue_pin WHERE venue_id = $1':
    () => rows([]),

  // What gates say of themselves is for the operators' list, which nobody reads here.
  'INSERT INTO gate_report (venue_id, thumbprint, bundle_sequence, bundle_digest, pending, app, reported_at) SELECT * FROM unnest($1::int8[], $2::bytea[], $3::int8[], $4::bytea[], $5::int8[], $6::text[], $7::timestamptz[]) ON CONFLICT (venue_id, thumbprint) DO UPDATE SET bundle_sequence = EXCLUDED.bundle_sequence, bundle_digest = EXCLUDED.bundle_digest, pending = EXCLUDED.pending, app = EXCLUDED.app, reported_at = EXCLUDED.reported_at WHERE gate_report.reported_at <= EXCLUDED.reported_at':
    ({ values }) => changed(arrayOf(values[0]).length),

  'INSERT INTO bundle_in_use (sequence, digest, first_seen) SELECT $1, $2, $3 WHERE (SELECT count(*) FROM bundle_in_use WHERE sequence = $1) < $4 ON CONFLICT DO NOTHING':
    ({ tx, values }) => {
      const [group, digest] = [String(values[0]), bytesOf(values[1])];
      const known = tx.rows(tx.tables.bundleInUse, group);
      if (known.length >= numberOf(values[3]) || known.some((row) => same(row.digest, digest)))
        return NOTHING;
      tx.put(tx.tables.bundleInUse, { sequence: numberOf(values[0]), digest, firstSeen: msOf(values[2]) });
      return changed(1);
    },

  'SELECT count(*) AS others FROM bundle_in_use WHERE sequence = $1 AND digest <> $2': ({ tx, values }) => {
    const known = tx.rows(tx.tables.bundleInUse, String(values[0]));
    return rows([{ others: known.filter(({ digest }) => !same(digest, bytesOf(values[1]))).length }]);
  },

  'SELECT p.venue_id AS "venueId", CASE WHEN p.created_at <= $2 AND COALESCE(p.last_at <= $2, true) THEN COALESCE(p.last_at, p.created_at) END AS "quietSince" FROM (SELECT v.venue_id, v.created_at, (SELECT max(h.receipt_at) FROM gate_head h WHERE h.venue_id = v.venue_id) AS last_at FROM venue v WHERE v.venue_id > $1 ORDER BY v.venue_id LIMIT 5000) p ORDER BY p.venue_id':
    ({ tx, values }) => {
      const [after, before] = [numberOf(values[0]), msOf(values[1])];
      const page = tx
        .rows(tx.tables.venue, '')
        .filter(({ venueId }) => venueId > after)
        .sort((a, b) => a.venueId - b.venueId)
        .slice(0, 5000);
      return rows(
        page.map(({ venueId, createdAt }) => {
          const at = tx.rows(tx.tables.head, String(venueId)).flatMap(({ receiptAt }) => receiptAt ?? []);
          const last = at.length === 0 ? null : Math.max(...at);
          const quiet = createdAt <= before && (last === null || last <= before);
          return { venueId, quietSince: quiet ? new Date(last ?? createdAt) : null };
        }),
      );
    },

  'INSERT INTO nudge (venue_id, week, quiet_since, made_at) SELECT q.venue_id, $3::date, q.since, $4::timestamptz FROM unnest($1::int8[], $2::timestamptz[]) q (venue_id, since) ON CONFLICT (venue_id, week) DO NOTHING':
    ({ tx, values }) => {
      const since = arrayOf<number>(values[1]);
      const week = String(values[2]);
      let count = 0;
      arrayOf<number>(values[0]).forEach((venueId, i) => {
        if (tx.get(tx.tables.nudge, String(venueId), week)) return;
        tx.put(tx.tables.nudge, { venueId, week, quietSince: since[i]!, madeAt: msOf(values[3]) });
        count += 1;
      });
      return changed(count);
    },
};
