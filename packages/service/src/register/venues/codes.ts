import { createHash, randomInt } from 'node:crypto';
import type { Session } from '../../db/index.ts';

/** No letters that are taken for digits; said over the telephone in three groups. */
const LETTERS = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
/** A code for one device is good for a day. */
const GOOD_MS = 24 * 3_600_000;

/** What a device may do: write entries, or let other devices in as well. */
export type DeviceRole = 'gate' | 'owner';

export function makeCode(): string {
  const group = () => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `${group()}-${group()}-${group()}`;
}

/** What is kept of a code. It has 59 bits and ends soon, so one hash is enough. */
export const hashOf = (code: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(code.trim().toUpperCase()).digest());

/** Makes a code that enrols one device; it is told once, and good until `endsMs`. */
export async function makeEnrolmentCode(
  session: Session,
  venueId: number,
  role: DeviceRole,
  nowMs: number,
): Promise<{ enrolmentCode: string; endsMs: number }> {
  const enrolmentCode = makeCode();
  const endsMs = nowMs + GOOD_MS;
  await session.query(
    'INSERT INTO enrolment_code (venue_id, hash, role, made_at, ends_at) VALUES ($1, $2, $3, $4, $5)',
    [venueId, hashOf(enrolmentCode), role, new Date(nowMs), new Date(endsMs)],
  );
  return { enrolmentCode, endsMs };
}

/** True where a code of that venue has not ended; whether it was used, taking it tells. */
export async function isEnrolmentCode(
  session: Session,
  venueId: number,
  code: string,
  nowMs: number,
): Promise<boolean> {
  const { rows } = await session.query(
    'SELECT 1 FROM enrolment_code WHERE venue_id = $1 AND hash = $2 AND ends_at > $3',
    [venueId, hashOf(code), new Date(nowMs)],
  );
  return rows.length > 0;
}

/**
 * Takes a code: the role that it gives, to one device only; null where there is none, it has ended or another device has used
 * it. Runs in a transaction.
 */
export async function useEnrolmentCode(
  session: Session,
  use: {
    readonly venueId: number;
    readonly code: string;
    readonly thumbprint: Uint8Array;
    readonly nowMs: number;
  },
): Promise<DeviceRole | null> {
  const { rows } = await session.query<{ role: DeviceRole }>(
    `UPDATE enrolment_code SET used_by = $3 WHERE venue_id = $1 AND hash = $2 AND COALESCE(used_by, $3) = $3 AND ends_at > $4
     RETURNING role`,
    [use.venueId, hashOf(use.code), use.thumbprint, new Date(use.nowMs)],
  );
  return rows[0]?.role ?? null;
}
