import { ENTRY_FLAGS } from '@munjigi/core/chain';
import { ApiError } from '../contracts/index.ts';
import type { Session } from '../db/index.ts';
import { SEEN, stretchesOf } from './stretch.ts';

/** A gate key that is not to be trusted any more. */
export interface Revocation {
  readonly venueId: number;
  readonly gateKey: Uint8Array;
  /** Entries after this counter are kept and marked. */
  readonly afterCounter: number;
  readonly atMs: number;
}

/**
 * Revokes the key of a gate after a counter, on every branch of its chain: later entries are kept and marked, those that are
 * here already as well as those that come. A revocation can be set earlier and never later. Runs inside a transaction.
 * Throws `register.gate-unknown`.
 */
export async function revokeGate(
  session: Session,
  venueId: number,
  gateNo: number,
  afterCounter: number,
  nowMs: number,
): Promise<Revocation> {
  const { rows } = await session.query<{ thumbprint: Uint8Array; gateKey: Uint8Array }>(
    'SELECT thumbprint, gate_key AS "gateKey" FROM gate WHERE venue_id = $1 AND gate_no = $2',
    [venueId, gateNo],
  );
  if (rows[0] === undefined) throw new ApiError('register.gate-unknown');
  const { thumbprint, gateKey } = rows[0];
  // The heads are locked: no batch of this gate is in between, and every remembered head is wrong from now on.
  const stretches = await stretchesOf(session, venueId, thumbprint, true);
  const earlier = stretches.flatMap(({ revokedAfter }) => (revokedAfter === null ? [] : [revokedAfter]));
  const after = Math.min(afterCounter, ...earlier);
  await session.query(
    `UPDATE gate SET revoked_after = $3, revoked_at = COALESCE(revoked_at, $4) WHERE venue_id = $1 AND thumbprint = $2`,
    [venueId, thumbprint, after, new Date(nowMs)],
  );
  for (const stretch of stretches) {
    const place = [venueId, stretch.gateNo];
    await session.query('UPDATE gate_head SET seen = seen | $3 WHERE venue_id = $1 AND gate_no = $2', [
      ...place,
      SEEN.revoked,
    ]);
    await session.query(
      'UPDATE entry SET flags = flags | $4 WHERE venue_id = $1 AND gate_no = $2 AND counter > $3',
      [...place, after, ENTRY_FLAGS['revoked-gate']],
    );
  }
  return { venueId, gateKey, afterCounter: after, atMs: nowMs };
}
