import { type Policy, venueNumber } from '@munjigi/core/rules';
import { ApiError } from '../../contracts/index.ts';
import { type Database, isStatementFailed, type Session, SQLSTATE } from '../../db/index.ts';

/** The number of a venue. It works from the first call on that a provider has brought: until then nobody is told to call it. */
export interface CallNumber {
  readonly number: string;
  readonly state: 'waiting' | 'works';
  readonly sinceMs: number;
}

/** A number as it stood at an instant. */
export interface NumberAt {
  readonly venueId: number;
  readonly provider: string | null;
}

const AT = `SELECT n.of_venue AS "venueId", n.provider FROM call_number n
  WHERE n.number = $1 AND n.since <= $3 AND (n.until IS NULL OR n.until > $2)
  ORDER BY n.since <= $2 DESC, n.since DESC LIMIT 1`;
/** The provider's clock may be behind, and somebody may call before the owner has said so: unless the number was another's then. */
const BEFORE_SECONDS = 300;

/** Which venue a number was of at an instant; null for none. */
export async function numberAt(session: Session, number: string, seconds: number): Promise<NumberAt | null> {
  const { rows } = await session.query<NumberAt>(AT, [
    number,
    new Date(seconds * 1000),
    new Date((seconds + BEFORE_SECONDS) * 1000),
  ]);
  return rows[0] ?? null;
}

/** The number that a venue has now; null for none. */
export async function callNumberOf(session: Session, venueId: number): Promise<CallNumber | null> {
  const { rows } = await session.query<{ number: string; heard: boolean; sinceMs: number }>(
    `SELECT number, heard_at IS NOT NULL AS heard, (extract(epoch FROM since) * 1000)::int8 AS "sinceMs"
     FROM call_number WHERE of_venue = $1 AND until IS NULL`,
    [venueId],
  );
  const row = rows[0];
  return row ? { number: row.number, state: row.heard ? 'works' : 'waiting', sinceMs: row.sinceMs } : null;
}

/**
 * Gives a venue a number, or takes it away. The same one again changes nothing. Throws `register.call-number-form` where the
 * policy gives venues no such numbers, `register.call-number-taken` where another venue has it.
 */
export async function setCallNumber(
  db: Database,
  policy: Policy,
  venueId: number,
  said: string | null,
  nowMs: number,
): Promise<CallNumber | null> {
  const number = said === null ? null : venueNumber(policy, said);
  if (said !== null && number === null) throw new ApiError('register.call-number-form');
  // Calls are told in whole seconds.
  const now = new Date(Math.floor(nowMs / 1000) * 1000);
  try {
    await db.tx(async (session) => {
      const held = await callNumberOf(session, venueId);
      if (held?.number === number || (!held && number === null)) return;
      await session.query('UPDATE call_number SET until = $2 WHERE of_venue = $1 AND until IS NULL', [
        venueId,
        now,
      ]);
      if (number !== null)
        await session.query('INSERT INTO call_number (number, of_venue, since) VALUES ($1, $2, $3)', [
          number,
          venueId,
          now,
        ]);
    });
  } catch (error) {
    if (isStatementFailed(error, SQLSTATE.uniqueViolation)) throw new ApiError('register.call-number-taken');
    throw error;
  }
  return callNumberOf(db, venueId);
}

/** Notes that a call to a number has arrived, and by which provider: from now on it works, and is that provider's. */
export async function heard(
  session: Session,
  number: string,
  provider: string,
  nowMs: number,
): Promise<void> {
  await session.query(
    'UPDATE call_number SET provider = $2, heard_at = $3 WHERE number = $1 AND until IS NULL AND heard_at IS NULL',
    [number, provider, new Date(nowMs)],
  );
}

/** Numbers that were given up are forgotten when no call to them can still arrive. */
export async function forgetOldNumbers(session: Session, oldestMs: number): Promise<void> {
  await session.query('DELETE FROM call_number WHERE until < $1', [new Date(oldestMs)]);
}
