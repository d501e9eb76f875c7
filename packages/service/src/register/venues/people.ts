import { ApiError } from '../../contracts/index.ts';
import type { Who } from '../../lib/who.ts';

/** What the desk's accounts do for its venues. Accounts stand in the desk's own database; this is all that venues ask of them. */
export interface People {
  /** An owner may act for one more venue from now on. */
  addVenue(accountId: string, venueId: number): Promise<void>;
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
