import { ApiError, type Role } from '../../contracts/index.ts';
import type { Session } from '../../db/index.ts';
import type { DeskName } from '../desk.ts';
import { makeId } from './secrets.ts';
import type { Account, AccountListed, NewAccount } from './types.ts';

/** What a body's accounts may be: only the register body has owners, staff and inspectors. */
const ROLES_OF: Readonly<Record<DeskName, readonly Role[]>> = {
  issuer: ['officer', 'operator'],
  register: ['owner', 'staff', 'inspector', 'officer', 'operator'],
  authority: ['officer', 'operator'],
};

export const ACCOUNT = `a.account_id AS "accountId", a.name, a.roles, a.venue_ids AS "venueIds", a.ended_ms AS "endedMs"`;

/**
 * Adds an account, without any way to sign in yet. An officer is nothing else beside: who makes an invite must not be
 * the one who approves it. Throws `accounts.roles`, `accounts.venues`.
 */
export async function addAccount(
  session: Session,
  body: DeskName,
  { name, roles, venueIds = [] }: NewAccount,
  nowMs: number,
): Promise<Account> {
  const unique = [...new Set(roles)];
  const known = unique.length > 0 && unique.every((role) => ROLES_OF[body].includes(role));
  if (!known || (unique.includes('officer') && unique.length > 1)) throw new ApiError('accounts.roles');
  const forVenues = unique.includes('owner') || unique.includes('staff');
  if (!forVenues && venueIds.length > 0) throw new ApiError('accounts.venues');
  const account = {
    accountId: makeId(),
    name,
    roles: unique,
    venueIds: [...new Set(venueIds)],
    endedMs: null,
  };
  await session.query(
    'INSERT INTO account (account_id, name, roles, venue_ids, created_ms) VALUES ($1, $2, $3, $4, $5)',
    [account.accountId, name, JSON.stringify(unique), JSON.stringify(account.venueIds), nowMs],
  );
  return account;
}

/** The account of an id that has not ended. Throws `accounts.unknown`. */
export async function accountOf(session: Session, accountId: string): Promise<Account> {
  const { rows } = await session.query<Account>(
    `SELECT ${ACCOUNT} FROM account a WHERE a.account_id = $1 AND a.ended_ms IS NULL`,
    [accountId],
  );
  if (!rows[0]) throw new ApiError('accounts.unknown');
  return rows[0];
}

/** Which accounts are asked for. */
export interface AccountFilter {
  readonly role?: Role;
  /** Only staff, and only of these venues. */
  readonly staffOf?: readonly number[];
}

const MOST_LISTED = 500;

/** The accounts that stand, newest first, 500 at most, with their authenticators in force. */
export async function listAccounts(
  session: Session,
  { role, staffOf }: AccountFilter = {},
): Promise<readonly AccountListed[]> {
  const { rows } = await session.query<Account>(
    `SELECT ${ACCOUNT} FROM account a WHERE a.ended_ms IS NULL
       AND ($1::text IS NULL OR a.roles @> to_jsonb($1::text))
       AND ($2::jsonb IS NULL OR (a.roles @> '["staff"]' AND EXISTS (
         SELECT FROM jsonb_array_elements(a.venue_ids) v WHERE $2::jsonb @> v)))
     ORDER BY a.created_ms DESC, a.account_id LIMIT ${MOST_LISTED}`,
    [staffOf ? 'staff' : (role ?? null), staffOf ? JSON.stringify(staffOf) : null],
  );
  const keys = await session.query<{ accountId: string; credentialId: Uint8Array; addedMs: number }>(
    `SELECT account_id AS "accountId", credential_id AS "credentialId", added_ms AS "addedMs" FROM passkey
     WHERE ended_ms IS NULL AND account_id = ANY($1::text[]) ORDER BY added_ms, credential_id`,
    [rows.map(({ accountId }) => accountId)],
  );
  return rows.map((account) => ({
    ...account,
    passkeys: keys.rows
      .filter(({ accountId }) => accountId === account.accountId)
      .map(({ credentialId, addedMs }) => ({
        credentialId: Buffer.from(credentialId).toString('base64url'),
        addedMs,
      })),
  }));
}

/** Lets an owner or a member of staff act for one more venue. Throws `accounts.unknown`, `accounts.venues`. */
export async function grantVenue(session: Session, accountId: string, venueId: number): Promise<void> {
  const account = await accountOf(session, accountId);
  if (!account.roles.includes('owner') && !account.roles.includes('staff'))
    throw new ApiError('accounts.venues');
  // One statement, so that two grants at once keep each other's venue.
  await session.query(
    `UPDATE account SET venue_ids = venue_ids || to_jsonb($2::bigint)
     WHERE account_id = $1 AND NOT venue_ids @> to_jsonb($2::bigint)`,
    [accountId, venueId],
  );
}

/** Takes a venue away from an account. */
export async function withdrawVenue(session: Session, accountId: string, venueId: number): Promise<void> {
  await session.query(
    `UPDATE account SET venue_ids = (SELECT coalesce(jsonb_agg(v), '[]') FROM jsonb_array_elements(venue_ids) v
       WHERE v <> to_jsonb($2::bigint)) WHERE account_id = $1`,
    [accountId, venueId],
  );
}
