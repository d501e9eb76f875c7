import { concatBytes, sha256, toHex, utf8Encode } from '@munjigi/core/encoding';
import { ApiError } from '../../contracts/index.ts';
import { byteaArray, type Database, type Session } from '../../db/index.ts';
import { revokeGate } from '../revoke.ts';
import { mainTip } from '../standing.ts';
import { stretchesOf } from '../stretch.ts';

/** What the public log is told: that a gate was revoked, when, and nothing of where. */
export interface RevokedLine {
  readonly kind: 'gate-revoked';
  /** SHA-256 of "mj1-gate-revoked", a zero byte and the thumbprint of the key: whoever holds the key can find it, nobody else. */
  readonly gate: Uint8Array;
  /** Seconds. */
  readonly at: number;
}

export interface Revocation {
  readonly gateNo: number;
  /** Entries after this counter are kept and marked. */
  readonly afterCounter: number;
  readonly atMs: number;
}

const PREFIX = utf8Encode('mj1-gate-revoked\0');

export const revokedGateHash = (thumbprint: Uint8Array): Uint8Array =>
  sha256(concatBytes(PREFIX, thumbprint));

/**
 * Revokes the key of a gate, for good: its chain is cut after a counter (by default where the register stands), and every later
 * entry is kept and marked. Asked again it can move the cut to an earlier place, never to a later one; the public log is told
 * once. Throws `register.gate-unknown`.
 */
export async function revokeDevice(
  db: Database,
  venueId: number,
  gateNo: number,
  afterCounter: number | null,
  nowMs: number,
): Promise<Revocation> {
  return db.tx(async (session) => {
    const { rows: named } = await session.query<{ thumbprint: Uint8Array }>(
      'SELECT thumbprint FROM gate WHERE venue_id = $1 AND gate_no = $2',
      [venueId, gateNo],
    );
    if (named[0] === undefined) throw new ApiError('register.gate-unknown');
    const { thumbprint } = named[0];
    const stretches = await stretchesOf(session, venueId, thumbprint, true);
    const after = afterCounter ?? mainTip(stretches).counter;
    return closeChain(session, venueId, thumbprint, gateNo, after, nowMs);
  });
}

/** Closes a chain after a counter, and notes that the public log is to be told. Runs in a transaction, under the heads' locks. */
export async function closeChain(
  session: Session,
  venueId: number,
  thumbprint: Uint8Array,
  gateNo: number,
  afterCounter: number,
  nowMs: number,
): Promise<Revocation> {
  const cut = await revokeGate(session, venueId, gateNo, afterCounter, nowMs);
  const { rows } = await session.query<{ atMs: number }>(
    `INSERT INTO revocation (venue_id, thumbprint, at) VALUES ($1, $2, $3)
     ON CONFLICT (venue_id, thumbprint) DO UPDATE SET at = revocation.at
     RETURNING (extract(epoch FROM at) * 1000)::int8 AS "atMs"`,
    [venueId, thumbprint, new Date(nowMs)],
  );
  return { gateNo, afterCounter: cut.afterCounter, atMs: rows[0]!.atMs };
}

/** Tells the public log what it has not been told; what it does not take is told again later. Answers how many it took. */
export async function tellRevocations(
  db: Database,
  tell: (line: RevokedLine) => void | Promise<void>,
  nowMs: number,
): Promise<number> {
  const { rows } = await db.query<{ venueId: number; thumbprint: Uint8Array; at: number }>(
    `SELECT venue_id AS "venueId", thumbprint, extract(epoch FROM at)::int8 AS at FROM revocation
     WHERE told_at IS NULL ORDER BY at LIMIT 500`,
  );
  for (const { venueId, thumbprint, at } of rows) {
    await tell({ kind: 'gate-revoked', gate: revokedGateHash(thumbprint), at });
    await db.query('UPDATE revocation SET told_at = $3 WHERE venue_id = $1 AND thumbprint = $2', [
      venueId,
      thumbprint,
      new Date(nowMs),
    ]);
  }
  return rows.length;
}

/**
 * Revokes gates again that the public log knows to be revoked: the database was put back since. Where they were cut is not in
 * the log, so they are cut where the register stands now: what they send again is kept and marked. Answers how many.
 * @param told hashes as `revokedGateHash` makes them
 */
export async function revokeAgain(db: Database, told: readonly Uint8Array[], nowMs: number): Promise<number> {
  const { rows: known } = await db.query<{ gate: Uint8Array }>(
    'SELECT sha256($1::bytea || thumbprint) AS gate FROM revocation',
    [PREFIX],
  );
  const here = new Set(known.map(({ gate }) => toHex(gate)));
  const missing = told.filter((gate) => !here.has(toHex(gate)));
  if (missing.length === 0) return 0;
  const { rows } = await db.query<{ venueId: number; gateNo: number; thumbprint: Uint8Array }>(
    `SELECT venue_id AS "venueId", min(gate_no) AS "gateNo", thumbprint FROM gate
     WHERE sha256($1::bytea || thumbprint) = ANY($2::bytea[]) GROUP BY venue_id, thumbprint`,
    [PREFIX, byteaArray(missing)],
  );
  for (const { venueId, gateNo, thumbprint } of rows) {
    await revokeDevice(db, venueId, gateNo, null, nowMs);
    await db.query('UPDATE revocation SET told_at = $3 WHERE venue_id = $1 AND thumbprint = $2', [
      venueId,
      thumbprint,
      new Date(nowMs),
    ]);
  }
  return rows.length;
}
