import { concatBytes, sha256, utf8Encode } from '@munjigi/core/encoding';
import { ApiError } from '../../contracts/index.ts';
import type { Database } from '../../db/index.ts';
import { mainTip } from '../standing.ts';
import { SEEN, stretchesOf } from '../stretch.ts';

/** What the public log is told: that a gate was revoked, when, and nothing of where. */
export interface RevokedLine {
  readonly kind: 'gate-revoked';
  /** Seconds. */
  readonly at: number;
  /**
   * `revocation` is SHA-256 of "mj1-gate-revoked", a zero byte and the thumbprint of the key: who knows the key can find it,
   * nobody else.
   */
  readonly fields: { readonly revocation: Uint8Array };
}

export interface Revocation {
  readonly gateNo: number;
  /** Entries after this counter are kept and marked. */
  readonly afterCounter: number;
  readonly atMs: number;
}

export const revokedGateHash = (thumbprint: Uint8Array): Uint8Array =>
  sha256(concatBytes(utf8Encode('mj1-gate-revoked\0'), thumbprint));

/**
 * Revokes the key of a gate, for good: its chain is cut after a counter (by default where the register stands), and every later
 * entry is kept and marked. Asked again it answers as the first time. Throws `register.gate-unknown`.
 */
export async function revokeGate(
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
    await session.query(
      `INSERT INTO revocation (venue_id, thumbprint, after_counter, at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (venue_id, thumbprint) DO NOTHING`,
      [venueId, thumbprint, after, new Date(nowMs)],
    );
    const { rows } = await session.query<{ afterCounter: number; atMs: number }>(
      `SELECT after_counter AS "afterCounter", (extract(epoch FROM at) * 1000)::int8 AS "atMs" FROM revocation
       WHERE venue_id = $1 AND thumbprint = $2`,
      [venueId, thumbprint],
    );
    const kept = rows[0]!;
    await session.query('UPDATE gate SET revoked_after = $3 WHERE venue_id = $1 AND thumbprint = $2', [
      venueId,
      thumbprint,
      kept.afterCounter,
    ]);
    await session.query(
      `UPDATE gate_head SET seen = (seen | ${SEEN.revoked})::smallint
       WHERE venue_id = $1 AND gate_no IN (SELECT gate_no FROM gate WHERE venue_id = $1 AND thumbprint = $2)`,
      [venueId, thumbprint],
    );
    return { gateNo, ...kept };
  });
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
    await tell({ kind: 'gate-revoked', at, fields: { revocation: revokedGateHash(thumbprint) } });
    await db.query('UPDATE revocation SET told_at = $3 WHERE venue_id = $1 AND thumbprint = $2', [
      venueId,
      thumbprint,
      new Date(nowMs),
    ]);
  }
  return rows.length;
}
