import { genesis } from '@munjigi/core/chain';
import { openSuccessor, parseSuccessor, type Successor } from '@munjigi/core/delegation';
import { equalBytes, sha256 } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { isMunjigiError } from '@munjigi/core/errors';
import { type Crypto, keyThumbprint, spkiFromPoint } from '@munjigi/core/signing';
import { ApiError } from '../../contracts/index.ts';
import type { Database, Session } from '../../db/index.ts';
import { openStretch, SEEN, type Stretch, stretchesOf } from '../stretch.ts';
import type { Alarm, VenueFields } from '../types.ts';
import type { NotConfirmed } from './delegations.ts';
import { pointOf } from './points.ts';
import { closeChain } from './revocation.ts';

/** Most successors that one venue's gates may show within a day: numbers of gates are never used again. */
export const SUCCESSORS_A_DAY = 20;
const DAY_MS = 86_400_000;

export interface SuccessorFields {
  /** As the old key signed it. */
  readonly successor: Uint8Array;
  /** ES256 by the new key over `possessionBytes(SHA-256 of the successor, gateKey)`. */
  readonly proof: Uint8Array;
}

export interface SucceedingGate {
  readonly gateNo: number;
  readonly venueId: number;
  readonly venue: VenueFields;
  /** Null where what the new key writes carries no mark. */
  readonly unconfirmed: NotConfirmed | null;
}

interface Old {
  readonly gateKey: Uint8Array;
  readonly name: string;
}

/**
 * Takes a gate's new key in, which its old one certified because the chain has forked. The new key has the old one's name and
 * may write entries; letting others in needs a code of the owner's again, since a copied owner's device must not become two.
 * The old chain is closed where the branch that signed ends, or where this register stands if that is later: what has a
 * receipt is not marked afterwards. A second successor of one key means that two devices have it: both are marked until the
 * owner gives the right one a code, and the alarm is raised. The same successor again is answered as before.
 * Throws `register.successor` (not readable, or not signed by that key), `register.possession`, `register.gate-unknown`,
 * `register.successors` (more than a venue may show in a day).
 */
export async function takeSuccessor(
  parts: { readonly db: Database; readonly crypto: Crypto; readonly alarm?: (alarm: Alarm) => void },
  gate: Uint8Array,
  fields: SuccessorFields,
  nowMs: number,
  today: string,
): Promise<SucceedingGate> {
  const { db, crypto, alarm } = parts;
  const successor = read(fields.successor);
  const { venueId, gateKey } = successor;
  if (!equalBytes(successor.gate, gate)) throw new ApiError('register.successor');
  const point = pointOf(gateKey, crypto);
  const proved = possessionBytes(sha256(fields.successor), gateKey);
  if (point === null || !(await crypto.verify('ES256', spkiFromPoint(point), proved, fields.proof)))
    throw new ApiError('register.possession');
  const { rows } = await db.query<VenueFields>('SELECT name, kind, region FROM venue WHERE venue_id = $1', [
    venueId,
  ]);
  const { rows: olds } = await db.query<Old>(
    'SELECT gate_key AS "gateKey", name FROM gate WHERE venue_id = $1 AND thumbprint = $2 ORDER BY gate_no LIMIT 1',
    [venueId, gate],
  );
  const [venue, old] = [rows[0], olds[0]];
  if (venue === undefined || old === undefined) throw new ApiError('register.gate-unknown');
  await verify(fields.successor, pointOf(old.gateKey, crypto), crypto);

  const thumbprint = keyThumbprint(point);
  const taken = await db.tx(async (session) => {
    await session.query('SELECT 1 FROM venue WHERE venue_id = $1 FOR UPDATE', [venueId]);
    const before = await stretchesOf(session, venueId, gate, true);
    const here = await stretchesOf(session, venueId, thumbprint, true);
    const shown = await shownBefore(session, venueId, gate, thumbprint);
    if (shown !== null && here[0] !== undefined)
      return { gateNo: here[0].gateNo, unconfirmed: shown.unconfirmed, raised: false };
    if ((await shownSince(session, venueId, nowMs - DAY_MS)) >= SUCCESSORS_A_DAY)
      throw new ApiError('register.successors', { retryAfterSeconds: 3600 });

    const others = await successorsOf(session, venueId, gate);
    const reason = here.length > 0 ? null : problemWith(before, others.length > 0);
    await keep(session, successor, fields.successor, thumbprint, {
      reason,
      // The new key is believed as the old one was: what it wrote before the register heard of it carries no mark.
      confirmedAt: new Date(before[0]?.confirmedAtMs ?? 0),
      // It came with a code before it came with this.
      byCode: here.length > 0,
      seenAt: new Date(nowMs),
    });
    for (const other of others) await doubt(session, venueId, other);
    const gateNo =
      here[0]?.gateNo ??
      (await openStretch(session, {
        venueId,
        gateKey,
        thumbprint,
        name: old.name,
        startCounter: 0,
        startHash: genesis(thumbprint, venueId),
        parentNo: null,
        revokedAfter: null,
        seen: reason === null ? 0 : SEEN.unconfirmed,
        receiptHash: null,
        nowMs,
        today,
      }));
    const end = Math.max(successor.head.counter, ...before.map(({ counter }) => counter));
    await closeChain(session, venueId, gate, before[0]!.gateNo, end, nowMs);
    return { gateNo, unconfirmed: reason, raised: others.length > 0 || reason !== null };
  });
  if (taken.raised) alarm?.({ kind: 'second-successor', venueId, gateNo: taken.gateNo });
  const { name, kind, region } = venue;
  return { gateNo: taken.gateNo, venueId, venue: { name, kind, region }, unconfirmed: taken.unconfirmed };
}

function read(bytes: Uint8Array): Successor {
  try {
    return parseSuccessor(bytes);
  } catch (error) {
    if (isMunjigiError(error)) throw new ApiError('register.successor', { cause: error });
    throw error;
  }
}

async function verify(signed: Uint8Array, old: Uint8Array | null, crypto: Crypto): Promise<void> {
  try {
    if (old === null) throw new ApiError('register.successor');
    await openSuccessor(signed, old, crypto);
  } catch (error) {
    if (isMunjigiError(error)) throw new ApiError('register.successor', { cause: error });
    throw error;
  }
}

/** Why a new key is marked. An old key that does not count, or not yet, makes no better one. */
function problemWith(old: readonly Stretch[], second: boolean): NotConfirmed | null {
  if (second) return 'second-successor';
  if (old.some(({ revokedAfter }) => revokedAfter !== null)) return 'old-revoked';
  return old.some(({ seen }) => seen & SEEN.unconfirmed) ? 'old-unconfirmed' : null;
}

async function shownBefore(
  session: Session,
  venueId: number,
  gate: Uint8Array,
  thumbprint: Uint8Array,
): Promise<{ readonly unconfirmed: NotConfirmed | null } | null> {
  const { rows } = await session.query<{ unconfirmed: NotConfirmed | null }>(
    `SELECT reason AS unconfirmed FROM delegation
     WHERE venue_id = $1 AND thumbprint = $2 AND succeeds AND given_by = $3`,
    [venueId, thumbprint, gate],
  );
  return rows[0] ?? null;
}

async function shownSince(session: Session, venueId: number, fromMs: number): Promise<number> {
  const { rows } = await session.query<{ shown: number }>(
    'SELECT count(*) AS shown FROM delegation WHERE venue_id = $1 AND succeeds AND seen_at > $2',
    [venueId, new Date(fromMs)],
  );
  return rows[0]!.shown;
}

/** Thumbprints of the keys that this one has certified already, in order of their gates. */
async function successorsOf(
  session: Session,
  venueId: number,
  gate: Uint8Array,
): Promise<readonly Uint8Array[]> {
  const { rows } = await session.query<{ thumbprint: Uint8Array }>(
    'SELECT thumbprint FROM delegation WHERE venue_id = $1 AND given_by = $2 AND succeeds ORDER BY seen_at',
    [venueId, gate],
  );
  return rows.map(({ thumbprint }) => thumbprint);
}

async function keep(
  session: Session,
  { venueId, gate }: Successor,
  signed: Uint8Array,
  thumbprint: Uint8Array,
  how: {
    readonly reason: NotConfirmed | null;
    readonly confirmedAt: Date;
    readonly byCode: boolean;
    readonly seenAt: Date;
  },
): Promise<void> {
  await session.query(
    `INSERT INTO delegation (venue_id, thumbprint, signed, given_by, seen_at, confirmed_at, reason, succeeds, by_code)
     VALUES ($1, $2, $3, $4, $5, $6, $7, true, $8)
     ON CONFLICT (venue_id, thumbprint) DO NOTHING`,
    [
      venueId,
      thumbprint,
      signed,
      gate,
      how.seenAt,
      how.reason === null ? how.confirmedAt : null,
      how.reason,
      how.byCode,
    ],
  );
}

/** Another successor of the same key counts no longer by itself, unless its owner gave it a code: one of the two is a copy. */
async function doubt(session: Session, venueId: number, thumbprint: Uint8Array): Promise<void> {
  const { count } = await session.query(
    `UPDATE delegation SET confirmed_at = NULL, reason = COALESCE(reason, 'second-successor')
     WHERE venue_id = $1 AND thumbprint = $2 AND succeeds AND NOT by_code`,
    [venueId, thumbprint],
  );
  if (count === 0) return;
  const stretches = await stretchesOf(session, venueId, thumbprint, true);
  await session.query(
    `UPDATE gate_head SET seen = (seen | ${SEEN.unconfirmed})::smallint WHERE venue_id = $1 AND gate_no = ANY($2::int2[])`,
    [venueId, stretches.map(({ gateNo }) => gateNo)],
  );
}
