import { chainKid, genesis } from '@munjigi/core/chain';
import { type Delegation, delegationAge, openDelegation, parseDelegation } from '@munjigi/core/delegation';
import { equalBytes, sha256 } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { isMunjigiError } from '@munjigi/core/errors';
import { type Crypto, keyThumbprint, spkiFromPoint } from '@munjigi/core/signing';
import { ApiError } from '../../contracts/index.ts';
import type { Database, Session } from '../../db/index.ts';
import type { Receipts } from '../receipts.ts';
import { mainTip } from '../standing.ts';
import { openStretch, SEEN, stretchesOf } from '../stretch.ts';
import type { EnrolledGate, VenueFields } from '../types.ts';
import { pointOf } from './points.ts';

/** Why a gate that was let in is kept and marked, but not confirmed. */
export type NotConfirmed =
  | 'expired'
  | 'not-yet'
  | 'second-hand'
  | 'nonce-used'
  | 'not-owner'
  | 'owner-revoked'
  | 'second-successor'
  | 'old-revoked'
  | 'old-unconfirmed';

export interface DelegatedGate extends EnrolledGate {
  /** Null where the gate is confirmed: what it writes from now on carries no mark. */
  readonly unconfirmed: NotConfirmed | null;
}

export interface DelegationFields {
  /** As the owner's device signed it. */
  readonly delegation: Uint8Array;
  /** ES256 by the new gate's key over `possessionBytes(SHA-256 of the delegation, gateKey)`. */
  readonly proof: Uint8Array;
}

interface Giver {
  readonly gateKey: Uint8Array;
  readonly thumbprint: Uint8Array;
  readonly role: string;
  readonly revokedAfter: number | null;
  readonly delegated: boolean;
}

/**
 * Takes a delegation in: a device of the venue signed it, so the gate is known from now on and nothing it wrote is lost. It is
 * confirmed where an owner's device in force signed it for now, once; else what it writes is kept and marked.
 * Throws `register.delegation` (not readable), `register.possession`, `register.venue-unknown`, `register.delegation-key`
 * (no device of that venue signed it).
 */
export async function takeDelegation(
  parts: { readonly db: Database; readonly crypto: Crypto; readonly receipts: Receipts },
  fields: DelegationFields,
  nowMs: number,
  today: string,
): Promise<DelegatedGate> {
  const { db, crypto, receipts } = parts;
  const { delegation, kid } = read(fields.delegation);
  const point = pointOf(delegation.gateKey, crypto);
  const proved = possessionBytes(sha256(fields.delegation), delegation.gateKey);
  if (point === null || !(await crypto.verify('ES256', spkiFromPoint(point), proved, fields.proof)))
    throw new ApiError('register.possession');
  const { rows } = await db.query<VenueFields>('SELECT name, kind, region FROM venue WHERE venue_id = $1', [
    delegation.venueId,
  ]);
  const venue = rows[0];
  if (venue === undefined) throw new ApiError('register.venue-unknown');

  const thumbprint = keyThumbprint(point);
  const start = genesis(thumbprint, delegation.venueId);
  const stood = await db.tx(async (session) => {
    await session.query('SELECT 1 FROM venue WHERE venue_id = $1 FOR UPDATE', [delegation.venueId]);
    const giver = await giverOf(session, delegation, kid, fields.delegation, crypto);
    const here = await stretchesOf(session, delegation.venueId, thumbprint, true);
    const reason = await problemWith(session, delegation, thumbprint, giver, nowMs);
    const row = await keep(
      session,
      fields.delegation,
      delegation,
      thumbprint,
      giver,
      reason,
      nowMs,
      here.length > 0,
    );
    if (here.length === 0) {
      const gateNo = await openStretch(session, {
        venueId: delegation.venueId,
        gateKey: delegation.gateKey,
        thumbprint,
        name: delegation.name,
        startCounter: 0,
        startHash: start,
        parentNo: null,
        revokedAfter: null,
        seen: row === null ? 0 : SEEN.unconfirmed,
        receiptHash: null,
        nowMs,
        today,
      });
      return { gateNo, head: { counter: 0, hash: start }, unconfirmed: row };
    }
    if (row === null) await confirm(session, delegation.venueId, thumbprint);
    const tip = mainTip(here);
    return { gateNo: here[0]!.gateNo, head: { counter: tip.counter, hash: tip.head }, unconfirmed: row };
  });
  return {
    ...stood,
    venueId: delegation.venueId,
    venue: { name: venue.name, kind: venue.kind, region: venue.region },
    role: 'gate',
    registerKeys: [{ kid: receipts.kid, publicKey: receipts.publicKey }],
  };
}

function read(bytes: Uint8Array): { delegation: Delegation; kid: Uint8Array } {
  try {
    return parseDelegation(bytes);
  } catch (error) {
    if (isMunjigiError(error)) throw new ApiError('register.delegation', { cause: error });
    throw error;
  }
}

/** The device of that venue whose key signed; the key id finds it, the signature proves it. */
async function giverOf(
  session: Session,
  { venueId }: Delegation,
  kid: Uint8Array,
  signed: Uint8Array,
  crypto: Crypto,
): Promise<Giver> {
  const { rows } = await session.query<Giver>(
    `SELECT g.gate_key AS "gateKey", g.thumbprint, g.role, g.revoked_after AS "revokedAfter",
            EXISTS (SELECT 1 FROM delegation d WHERE d.venue_id = g.venue_id AND d.thumbprint = g.thumbprint) AS delegated
     FROM gate g WHERE g.venue_id = $1 AND substring(g.thumbprint FROM 1 FOR 8) = $2 ORDER BY g.gate_no`,
    [venueId, kid],
  );
  for (const giver of rows) {
    const point = pointOf(giver.gateKey, crypto);
    if (point === null || !equalBytes(chainKid(point), kid)) continue;
    try {
      await openDelegation(signed, point, crypto);
      return giver;
    } catch (error) {
      if (!isMunjigiError(error)) throw error;
    }
  }
  throw new ApiError('register.delegation-key');
}

async function problemWith(
  session: Session,
  delegation: Delegation,
  thumbprint: Uint8Array,
  giver: Giver,
  nowMs: number,
): Promise<NotConfirmed | null> {
  if (giver.revokedAfter !== null) return 'owner-revoked';
  // The role comes from a code alone: a gate that was let in has it only where it enrolled with one since.
  if (giver.role !== 'owner') return giver.delegated ? 'second-hand' : 'not-owner';
  const { rows } = await session.query(
    'SELECT 1 FROM delegation WHERE venue_id = $1 AND nonce = $2 AND thumbprint <> $3 LIMIT 1',
    [delegation.venueId, delegation.nonce, thumbprint],
  );
  if (rows.length > 0) return 'nonce-used';
  const age = delegationAge(delegation, nowMs / 1000);
  return age === 'good' ? null : age;
}

/**
 * Keeps what was said. A gate that is confirmed stays so, whatever comes later; one that enrolled by a code needs none. Answers
 * why the gate is not confirmed, or null.
 */
async function keep(
  session: Session,
  signed: Uint8Array,
  { venueId, nonce }: Delegation,
  thumbprint: Uint8Array,
  giver: Giver,
  reason: NotConfirmed | null,
  nowMs: number,
  known: boolean,
): Promise<NotConfirmed | null> {
  const at = new Date(nowMs);
  const { rows } = await session.query<{ confirmedAt: Date | null }>(
    'SELECT confirmed_at AS "confirmedAt" FROM delegation WHERE venue_id = $1 AND thumbprint = $2',
    [venueId, thumbprint],
  );
  const before = rows[0];
  if (before?.confirmedAt || (known && before === undefined)) return null;
  await session.query(
    `INSERT INTO delegation (venue_id, thumbprint, signed, nonce, given_by, seen_at, confirmed_at, reason)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (venue_id, thumbprint) DO UPDATE SET nonce = EXCLUDED.nonce,
       signed = CASE WHEN delegation.succeeds THEN delegation.signed ELSE EXCLUDED.signed END,
       given_by = CASE WHEN delegation.succeeds THEN delegation.given_by ELSE EXCLUDED.given_by END,
       seen_at = EXCLUDED.seen_at, confirmed_at = EXCLUDED.confirmed_at, reason = EXCLUDED.reason`,
    [venueId, thumbprint, signed, nonce, giver.thumbprint, at, reason === null ? at : null, reason],
  );
  return reason;
}

/** Lifts the mark of all stretches of a gate. Their heads are locked by the caller. */
export async function confirm(session: Session, venueId: number, thumbprint: Uint8Array): Promise<void> {
  await session.query(
    `UPDATE gate_head SET seen = (seen & ~${SEEN.unconfirmed})::smallint
     WHERE venue_id = $1 AND seen & ${SEEN.unconfirmed} <> 0
       AND gate_no IN (SELECT gate_no FROM gate WHERE venue_id = $1 AND thumbprint = $2)`,
    [venueId, thumbprint],
  );
}

/** A gate that was let in otherwise has enrolled with a code since: that confirms it. Runs in a transaction. */
export async function confirmByCode(
  session: Session,
  venueId: number,
  thumbprint: Uint8Array,
  nowMs: number,
): Promise<void> {
  const { count } = await session.query(
    `UPDATE delegation SET confirmed_at = $3, reason = NULL, by_code = true WHERE venue_id = $1 AND thumbprint = $2 AND confirmed_at IS NULL`,
    [venueId, thumbprint, new Date(nowMs)],
  );
  if (count > 0) return confirm(session, venueId, thumbprint);
  await session.query('UPDATE delegation SET by_code = true WHERE venue_id = $1 AND thumbprint = $2', [
    venueId,
    thumbprint,
  ]);
}
