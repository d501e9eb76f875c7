import { ApiError } from '../../contracts/index.ts';
import { byteaArray, type Database, type Session } from '../../db/index.ts';
import type { Who } from '../who.ts';
import { mayInvite } from './invites.ts';
import { accountOf } from './people.ts';
import type { Account } from './types.ts';

interface Moment {
  /** The moment that is played, at which the keys end. */
  readonly nowMs: number;
}

/** Officers beside one account, or beside one key, who could still sign. */
async function officersBeside(
  session: Session,
  accountId: string,
  credentialId: Uint8Array | null,
): Promise<number> {
  const { rows } = await session.query<{ count: number }>(
    `SELECT count(*) AS count FROM passkey p JOIN account a USING (account_id)
     WHERE a.roles @> '["officer"]' AND a.ended_ms IS NULL AND p.ended_ms IS NULL
       AND NOT (a.account_id = $1 AND ($2::bytea IS NULL OR p.credential_id = $2))`,
    [accountId, credentialId],
  );
  return rows[0]!.count;
}

/** Who may end an account or its keys: itself, an operator, an officer of the body, an owner for staff. */
function mayEnd(by: Who, account: Account): void {
  if (by.accountId === account.accountId || by.roles.includes('officer')) return;
  mayInvite(by, account);
}

/**
 * Ends an account, its authenticators, sessions and invites. The last officer of a body cannot be ended: nobody could
 * approve the next. Throws `accounts.unknown`, `accounts.not-yours`, `accounts.last-officer`.
 */
export async function endAccount(db: Database, accountId: string, by: Who, { nowMs }: Moment): Promise<void> {
  await db.tx(async (session) => {
    await session.script('LOCK TABLE passkey IN SHARE ROW EXCLUSIVE MODE');
    const account = await accountOf(session, accountId);
    mayEnd(by, account);
    if (account.roles.includes('officer') && (await isLast(session, accountId, null)))
      throw new ApiError('accounts.last-officer');
    await session.query('UPDATE account SET ended_ms = $2 WHERE account_id = $1', [accountId, nowMs]);
    await session.query('UPDATE passkey SET ended_ms = $2 WHERE account_id = $1 AND ended_ms IS NULL', [
      accountId,
      nowMs,
    ]);
    await session.query('DELETE FROM session WHERE account_id = $1', [accountId]);
  });
}

/** Ends one authenticator and what was signed in with it. Throws as `endAccount`, and `accounts.key-unknown`. */
export async function endPasskey(
  db: Database,
  credentialId: Uint8Array,
  by: Who,
  { nowMs }: Moment,
): Promise<void> {
  await db.tx(async (session) => {
    await session.script('LOCK TABLE passkey IN SHARE ROW EXCLUSIVE MODE');
    const { rows } = await session.query<{ accountId: string }>(
      'SELECT account_id AS "accountId" FROM passkey WHERE credential_id = $1 AND ended_ms IS NULL',
      [credentialId],
    );
    if (!rows[0]) throw new ApiError('accounts.key-unknown');
    const account = await accountOf(session, rows[0].accountId);
    mayEnd(by, account);
    if (account.roles.includes('officer') && (await isLast(session, account.accountId, credentialId)))
      throw new ApiError('accounts.last-officer');
    await session.query('UPDATE passkey SET ended_ms = $2 WHERE credential_id = $1', [credentialId, nowMs]);
    await session.query('DELETE FROM session WHERE credential_id = $1', [credentialId]);
  });
}

/** True where an officer's account, or one key, is the last that can sign for the body. */
async function isLast(
  session: Session,
  accountId: string,
  credentialId: Uint8Array | null,
): Promise<boolean> {
  const { rows } = await session.query(
    `SELECT 1 FROM passkey WHERE account_id = $1 AND ended_ms IS NULL AND ($2::bytea IS NULL OR credential_id = $2)`,
    [accountId, credentialId],
  );
  return rows.length > 0 && (await officersBeside(session, accountId, credentialId)) === 0;
}

/**
 * Ends officers' keys again whose end was told already: the database was put back since. The last one too, since it is known to
 * have ended. Answers how many.
 * @param told SHA-256 of credential ids
 */
export async function endKeysAgain(
  db: Database,
  told: readonly Uint8Array[],
  { nowMs }: Moment,
): Promise<number> {
  if (told.length === 0) return 0;
  return db.tx(async (session) => {
    await session.script('LOCK TABLE passkey IN SHARE ROW EXCLUSIVE MODE');
    const { rows } = await session.query<{ credentialId: Uint8Array }>(
      `UPDATE passkey SET ended_ms = $2, told_start = true, told_end = true
       WHERE ended_ms IS NULL AND sha256(credential_id) = ANY($1::bytea[]) RETURNING credential_id AS "credentialId"`,
      [byteaArray(told), nowMs],
    );
    for (const { credentialId } of rows)
      await session.query('DELETE FROM session WHERE credential_id = $1', [credentialId]);
    return rows.length;
  });
}
