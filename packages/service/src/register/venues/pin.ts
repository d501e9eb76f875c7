import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { Session } from '../../db/index.ts';

const ROUNDS = 210_000;

/** What devices compare a PIN with. */
export interface VenuePin {
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
  readonly rounds: number;
  readonly setMs: number;
}

/** Sets the PIN of all devices of a venue; they learn it when they ask where they stand. */
export async function setVenuePin(
  session: Session,
  venueId: number,
  pin: string,
  nowMs: number,
): Promise<void> {
  const salt = randomBytes(16);
  const hash = await promisify(pbkdf2)(pin, salt, ROUNDS, 32, 'sha256');
  await session.query(
    `INSERT INTO venue_pin (venue_id, salt, hash, rounds, set_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (venue_id) DO UPDATE SET salt = EXCLUDED.salt, hash = EXCLUDED.hash, rounds = EXCLUDED.rounds,
       set_at = EXCLUDED.set_at`,
    [venueId, new Uint8Array(salt), new Uint8Array(hash), ROUNDS, new Date(nowMs)],
  );
}

/** The PIN of a venue's devices, or null where its owner has set none. */
export async function venuePin(session: Session, venueId: number): Promise<VenuePin | null> {
  const { rows } = await session.query<VenuePin>(
    `SELECT salt, hash, rounds, (extract(epoch FROM set_at) * 1000)::int8 AS "setMs" FROM venue_pin WHERE venue_id = $1`,
    [venueId],
  );
  return rows[0] ?? null;
}
