import { ApiError } from '../../contracts/index.ts';
import type { Session } from '../../db/index.ts';
import type { Who } from '../who.ts';
import { accountOf } from './people.ts';
import { hashOf, makeCode, makeId } from './secrets.ts';
import { type Account, INVITE_MS, type MadeInvite, type OpenInvite } from './types.ts';

interface InviteRow {
  readonly inviteId: string;
  readonly accountId: string;
  readonly madeBy: string | null;
  readonly approvedBy: string | null;
}

/**
 * True once this body has or had an officer: from then on one more takes two people. Ended ones count, or else whoever
 * may end officers could begin again alone.
 */
export async function hasHadOfficer(session: Session): Promise<boolean> {
  const { rows } = await session.query(
    `SELECT 1 FROM passkey p JOIN account a USING (account_id) WHERE a.roles @> '["officer"]' LIMIT 1`,
  );
  return rows.length > 0;
}

/** An owner invites staff of their own venues, an operator anyone. Throws `accounts.not-yours`. */
export function mayInvite(by: Who, account: Pick<Account, 'roles' | 'venueIds'>): void {
  if (by.roles.includes('operator')) return;
  const staffOnly = account.roles.every((role) => role === 'staff') && account.venueIds.length > 0;
  const own = account.venueIds.every((venueId) => by.venueIds.includes(venueId));
  if (!by.roles.includes('owner') || !staffOnly || !own) throw new ApiError('accounts.not-yours');
}

/** Makes an invite for an account; an earlier one that was not used ends. */
export async function makeInvite(
  session: Session,
  account: Account,
  by: Who,
  nowMs: number,
): Promise<MadeInvite> {
  const [inviteId, code] = [makeId(), makeCode()];
  const endsMs = nowMs + INVITE_MS;
  await session.query(
    'UPDATE invite SET ends_ms = $2 WHERE account_id = $1 AND used_ms IS NULL AND ends_ms > $2',
    [account.accountId, nowMs],
  );
  await session.query(
    'INSERT INTO invite (invite_id, code_hash, account_id, made_by, made_ms, ends_ms) VALUES ($1, $2, $3, $4, $5, $6)',
    [inviteId, hashOf(code), account.accountId, by.accountId, nowMs, endsMs],
  );
  const needsApproval = account.roles.includes('officer') && (await hasHadOfficer(session));
  return { inviteId, accountId: account.accountId, code, endsMs, needsApproval };
}

/**
 * Approves the invite of an officer: by another officer than the one who made it or the one it is for.
 * Throws `accounts.invite-unknown`, `accounts.not-yours`.
 */
export async function approveInvite(
  session: Session,
  inviteId: string,
  by: Who,
  nowMs: number,
): Promise<void> {
  const { rows } = await session.query<InviteRow>(
    `SELECT account_id AS "accountId", made_by AS "madeBy" FROM invite
     WHERE invite_id = $1 AND used_ms IS NULL AND ends_ms > $2 FOR UPDATE`,
    [inviteId, nowMs],
  );
  const [invite] = rows;
  if (!invite) throw new ApiError('accounts.invite-unknown');
  const another = by.accountId !== null && ![invite.madeBy, invite.accountId].includes(by.accountId);
  if (!by.roles.includes('officer') || !another) throw new ApiError('accounts.not-yours');
  await session.query(
    'UPDATE invite SET approved_by = $2, approved_ms = $3 WHERE invite_id = $1 AND approved_by IS NULL',
    [inviteId, by.accountId, nowMs],
  );
}

/** The invite of a code, and its account. Throws `accounts.invite-unknown`, and `accounts.invite-waits` before a second officer approved it. */
export async function inviteOf(
  session: Session,
  code: string,
  nowMs: number,
): Promise<{ inviteId: string; account: Account }> {
  const { rows } = await session.query<InviteRow>(
    `SELECT invite_id AS "inviteId", account_id AS "accountId", approved_by AS "approvedBy" FROM invite
     WHERE code_hash = $1 AND used_ms IS NULL AND ends_ms > $2`,
    [hashOf(code), nowMs],
  );
  const [invite] = rows;
  if (!invite) throw new ApiError('accounts.invite-unknown');
  const account = await accountOf(session, invite.accountId).catch(() => null);
  if (!account) throw new ApiError('accounts.invite-unknown');
  if (account.roles.includes('officer') && invite.approvedBy === null && (await hasHadOfficer(session)))
    throw new ApiError('accounts.invite-waits');
  return { inviteId: invite.inviteId, account };
}

/** Uses an invite up. Throws `accounts.invite-unknown` where somebody was faster. */
export async function useInvite(session: Session, inviteId: string, nowMs: number): Promise<void> {
  const { count } = await session.query(
    'UPDATE invite SET used_ms = $2 WHERE invite_id = $1 AND used_ms IS NULL AND ends_ms > $2',
    [inviteId, nowMs],
  );
  if (count === 0) throw new ApiError('accounts.invite-unknown');
}

/** Invites that wait to be used. */
export async function openInvites(session: Session, nowMs: number): Promise<readonly OpenInvite[]> {
  const { rows } = await session.query<OpenInvite>(
    `SELECT invite_id AS "inviteId", account_id AS "accountId", made_ms AS "madeMs", ends_ms AS "endsMs",
            approved_by IS NOT NULL AS approved FROM invite
     WHERE used_ms IS NULL AND ends_ms > $1 ORDER BY made_ms, invite_id`,
    [nowMs],
  );
  return rows;
}
