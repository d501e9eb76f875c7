import type { Database, Session } from '../../db/index.ts';
import type { Who } from '../who.ts';
import { ACCOUNT } from './people.ts';
import { hashOf, makeToken } from './secrets.ts';
import { type Account, SESSION_MS } from './types.ts';

/** Who a session belongs to, and since when. */
export interface Signed {
  readonly who: Who & { readonly accountId: string };
  readonly signedInMs: number;
  readonly endsMs: number;
}

/** The form of a token: anything else is not looked up. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Begins a session of an account: the token, which the database keeps as its hash. Ended sessions are cleared away. */
export async function beginSession(
  session: Session,
  accountId: string,
  credentialId: Uint8Array | null,
  nowMs: number,
): Promise<{ token: string; endsMs: number }> {
  const token = makeToken();
  const endsMs = nowMs + SESSION_MS;
  await session.query('DELETE FROM session WHERE ends_ms <= $1', [nowMs]);
  await session.query(
    'INSERT INTO session (token_hash, account_id, credential_id, signed_in_ms, ends_ms) VALUES ($1, $2, $3, $4, $5)',
    [hashOf(token), accountId, credentialId, nowMs, endsMs],
  );
  return { token, endsMs };
}

/** Whose session a token is, or null: unknown, ended, or of an account that has ended. */
export async function readSession(db: Database, token: string, nowMs: number): Promise<Signed | null> {
  if (!TOKEN.test(token)) return null;
  const { rows } = await db.query<Account & { signedInMs: number; endsMs: number }>(
    `SELECT ${ACCOUNT}, s.signed_in_ms AS "signedInMs", s.ends_ms AS "endsMs"
     FROM session s JOIN account a USING (account_id)
     WHERE s.token_hash = $1 AND s.ends_ms > $2 AND a.ended_ms IS NULL`,
    [hashOf(token), nowMs],
  );
  const [row] = rows;
  if (!row) return null;
  const { accountId, name, roles, venueIds, signedInMs, endsMs } = row;
  return { who: { accountId, name, roles, venueIds }, signedInMs, endsMs };
}

/** Ends one session. */
export async function endSession(db: Database, token: string): Promise<void> {
  if (TOKEN.test(token)) await db.query('DELETE FROM session WHERE token_hash = $1', [hashOf(token)]);
}
