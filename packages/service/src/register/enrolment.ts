import { timingSafeEqual } from 'node:crypto';
import { genesis } from '@munjigi/core/chain';
import { utf8Encode } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { type Crypto, keyThumbprint, spkiFromPoint } from '@munjigi/core/signing';
import { ApiError } from '../contracts/index.ts';
import type { Database, Session } from '../db/index.ts';
import type { Receipts } from './receipts.ts';
import { mainTip } from './standing.ts';
import { openStretch, stretchesOf } from './stretch.ts';
import type { EnrolledGate, GateFields, NewVenue, PolicyTerms, VenueFields } from './types.ts';
import { type DeviceRole, hashOf, isEnrolmentCode, makeCode, useEnrolmentCode } from './venues/codes.ts';
import { confirmByCode } from './venues/delegations.ts';
import { pointOf } from './venues/points.ts';

/** Adds a venue. The code is answered once; only its hash is kept. Throws `register.venue-kind`. */
export async function enrolVenue(
  db: Database,
  terms: PolicyTerms,
  venue: NewVenue,
  nowMs: number,
): Promise<{ venueId: number; enrolmentCode: string }> {
  const known = (words: readonly string[] | undefined, word: string) =>
    words === undefined || words.includes(word);
  if (!known(terms.venueKinds, venue.kind) || !known(terms.regions, venue.region))
    throw new ApiError('register.venue-kind');
  const enrolmentCode = makeCode();
  const { rows } = await db.query<{ venueId: number }>(
    `INSERT INTO venue (name, kind, region, enrolment_hash, created_at, specimen)
     VALUES ($1, $2, $3, $4, $5, $6) RETURNING venue_id AS "venueId"`,
    [venue.name, venue.kind, venue.region, hashOf(enrolmentCode), new Date(nowMs), venue.specimen ?? false],
  );
  return { venueId: rows[0]!.venueId, enrolmentCode };
}

/**
 * Adds a gate's key to a venue; the same key again is answered with where its chain stands.
 * Throws `register.venue-unknown`, `register.enrolment-code`, `register.possession`.
 */
export async function enrolGate(
  parts: { readonly db: Database; readonly crypto: Crypto; readonly receipts: Receipts },
  gate: GateFields,
  nowMs: number,
  today: string,
): Promise<EnrolledGate> {
  const { db, crypto, receipts } = parts;
  const { rows } = await db.query<VenueFields & { enrolmentHash: Uint8Array }>(
    'SELECT name, kind, region, enrolment_hash AS "enrolmentHash" FROM venue WHERE venue_id = $1',
    [gate.venueId],
  );
  const venue = rows[0];
  if (venue === undefined) throw new ApiError('register.venue-unknown');
  const lasting = timingSafeEqual(hashOf(gate.enrolmentCode), venue.enrolmentHash);
  if (!lasting && !(await isEnrolmentCode(db, gate.venueId, gate.enrolmentCode, nowMs)))
    throw new ApiError('register.enrolment-code');
  const point = pointOf(gate.gateKey, crypto);
  const signed = possessionBytes(utf8Encode(gate.enrolmentCode), gate.gateKey);
  if (point === null || !(await crypto.verify('ES256', spkiFromPoint(point), signed, gate.proof))) {
    throw new ApiError('register.possession');
  }

  const thumbprint = keyThumbprint(point);
  const start = genesis(thumbprint, gate.venueId);
  const stood = await db.tx(async (session) => {
    await session.query('SELECT 1 FROM venue WHERE venue_id = $1 FOR UPDATE', [gate.venueId]);
    const here = await stretchesOf(session, gate.venueId, thumbprint, true);
    const known = here[0];
    // An answer that got lost is asked for again: the code that this very device has used still fits.
    const given = lasting
      ? 'gate'
      : await useEnrolmentCode(session, {
          venueId: gate.venueId,
          code: gate.enrolmentCode,
          thumbprint,
          nowMs,
        });
    if (given === null) throw new ApiError('register.enrolment-code');
    if (known !== undefined) {
      const tip = mainTip(here);
      await confirmByCode(session, gate.venueId, thumbprint, nowMs);
      const role = await roleOf(session, gate.venueId, known.gateNo, given);
      return { gateNo: known.gateNo, role, head: { counter: tip.counter, hash: tip.head } };
    }
    const gateNo = await openStretch(session, {
      venueId: gate.venueId,
      gateKey: gate.gateKey,
      thumbprint,
      name: gate.name,
      startCounter: 0,
      startHash: start,
      parentNo: null,
      revokedAfter: null,
      seen: 0,
      receiptHash: null,
      nowMs,
      today,
    });
    const role = await roleOf(session, gate.venueId, gateNo, given);
    return { gateNo, role, head: { counter: 0, hash: start } };
  });
  return {
    ...stood,
    venueId: gate.venueId,
    venue: { name: venue.name, kind: venue.kind, region: venue.region },
    registerKeys: receipts.publicKeys,
  };
}

/** Gives a device the role of its code; an owner's device stays one. */
async function roleOf(
  session: Session,
  venueId: number,
  gateNo: number,
  given: DeviceRole,
): Promise<DeviceRole> {
  const { rows } = await session.query<{ role: DeviceRole }>(
    `UPDATE gate SET role = CASE WHEN role = 'owner' THEN role ELSE $3 END WHERE venue_id = $1 AND gate_no = $2 RETURNING role`,
    [venueId, gateNo, given],
  );
  return rows[0]!.role;
}
