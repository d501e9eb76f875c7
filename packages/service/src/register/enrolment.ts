import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { genesis } from '@munjigi/core/chain';
import { utf8Encode } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { type Crypto, keyThumbprint, spkiFromPoint } from '@munjigi/core/signing';
import { ApiError } from '../contracts/index.ts';
import type { Database } from '../db/index.ts';
import type { Receipts } from './receipts.ts';
import { mainTip } from './standing.ts';
import { openStretch, stretchesOf } from './stretch.ts';
import type { EnrolledGate, GateFields, PolicyTerms, VenueFields } from './types.ts';

/** No letters that are taken for digits; said over the telephone in three groups. */
const LETTERS = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

function makeCode(): string {
  const group = () => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `${group()}-${group()}-${group()}`;
}

const hashOf = (code: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(code.trim().toUpperCase()).digest());

/** Adds a venue. The code is answered once; only its hash is kept. Throws `register.venue-kind`. */
export async function enrolVenue(
  db: Database,
  terms: PolicyTerms,
  venue: VenueFields,
  nowMs: number,
): Promise<{ venueId: number; enrolmentCode: string }> {
  const known = (words: readonly string[] | undefined, word: string) =>
    words === undefined || words.includes(word);
  if (!known(terms.venueKinds, venue.kind) || !known(terms.regions, venue.region))
    throw new ApiError('register.venue-kind');
  const enrolmentCode = makeCode();
  const { rows } = await db.query<{ venueId: number }>(
    `INSERT INTO venue (name, kind, region, enrolment_hash, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING venue_id AS "venueId"`,
    [venue.name, venue.kind, venue.region, hashOf(enrolmentCode), new Date(nowMs)],
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
  if (!timingSafeEqual(hashOf(gate.enrolmentCode), venue.enrolmentHash))
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
    const here = await stretchesOf(session, gate.venueId, thumbprint);
    if (here.length > 0) {
      const tip = mainTip(here);
      return { gateNo: here[0]!.gateNo, head: { counter: tip.counter, hash: tip.head } };
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
    return { gateNo, head: { counter: 0, hash: start } };
  });
  return {
    ...stood,
    venueId: gate.venueId,
    venue: { name: venue.name, kind: venue.kind, region: venue.region },
    registerKeys: receipts.publicKeys,
  };
}

function pointOf(compressed: Uint8Array, crypto: Crypto): Uint8Array | null {
  const [sign] = compressed;
  if (compressed.length !== 33 || (sign !== 2 && sign !== 3)) return null;
  return crypto.decompress(compressed.subarray(1), sign === 3);
}
