import { ApiError } from '../../contracts/index.ts';
import type { Database, Session } from '../../db/index.ts';
import type { Accounts } from '../../lib/accounts/index.ts';
import type { Who } from '../../lib/who.ts';

/** What the desk's accounts do for its venues. Accounts stand in the desk's own database; this is all that venues ask of them. */
export interface People {
  /** An owner may act for one more venue as soon as the transaction commits. */
  addVenue(accountId: string, venueId: number, session: Session): Promise<void>;
  /** Makes an account of staff for one venue, and the one-time code by which its passkey is added. */
  inviteStaff(
    by: Who,
    venueId: number,
    name: string,
  ): Promise<{ accountId: string; code: string; endsMs: number }>;
  /** Who may act for a venue. */
  of(
    venueId: number,
  ): Promise<
    readonly { readonly accountId: string; readonly name: string; readonly role: 'owner' | 'staff' }[]
  >;
}

export const isOperator = (who: Who): boolean => who.roles.includes('operator');

/** Throws `register.not-yours` where somebody may not act for a venue in that capacity. Whether the venue exists is not told. */
export function mayActFor(who: Who | null, venueId: number, as: 'owner' | 'anyone' | 'figures'): Who {
  if (who === null) throw new ApiError('register.not-yours');
  if (isOperator(who)) return who;
  // An inspector sees a venue's figures, whoever's it is.
  if (as === 'figures' && who.roles.includes('inspector')) return who;
  const own = who.venueIds.includes(venueId);
  const role = who.roles.includes('owner') || (as !== 'owner' && who.roles.includes('staff'));
  if (!own || !role) throw new ApiError('register.not-yours');
  return who;
}

/** A register without accounts: nobody to add a venue to, nobody to invite. */
export const NO_PEOPLE: People = {
  addVenue: async () => {},
  inviteStaff: async () => {
    throw new ApiError('register.not-yours');
  },
  of: async () => [],
};

/** The people of a register that keeps accounts, in the same database. */
export function accountPeople(accounts: Accounts, db: Database): People {
  return {
    addVenue: (accountId, venueId, session) => accounts.grantVenue(accountId, venueId, session),
    async inviteStaff(by, venueId, name) {
      const { accountId, code, endsMs } = await accounts.invite(
        { name, roles: ['staff'], venueIds: [venueId] },
        by,
      );
      return { accountId, code, endsMs };
    },
    async of(venueId) {
      const { rows } = await db.query<{ accountId: string; name: string; owner: boolean }>(
        `SELECT account_id AS "accountId", name, roles @> '"owner"' AS owner FROM account
         WHERE ended_ms IS NULL AND venue_ids @> to_jsonb($1::bigint) ORDER BY created_ms, account_id LIMIT 200`,
        [venueId],
      );
      return rows.map(({ accountId, name, owner }) => ({ accountId, name, role: owner ? 'owner' : 'staff' }));
    },
  };
}
