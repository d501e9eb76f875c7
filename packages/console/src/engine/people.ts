import type { Console } from './console.ts';
import type { Role } from './session.ts';

/** An invite as it was made: its code is told once. */
export interface MadeInvite {
  readonly code: string;
  readonly endsMs: number;
  /** True where another officer must approve it first. */
  readonly needsApproval: boolean;
}

export const makeInvite = (app: Console, name: string, role: Role): Promise<MadeInvite> =>
  app.post('session/invite', { name, roles: [role] });

/** Somebody with an account at this body. */
export interface PersonLine {
  readonly accountId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly passkeys: readonly { readonly credentialId: string; readonly addedMs: number }[];
}

export interface InviteLine {
  readonly inviteId: string;
  readonly accountId: string;
  readonly endsMs: number;
  readonly approved: boolean;
}

export const readPeople = (app: Console) =>
  app.get<{ readonly accounts: readonly PersonLine[]; readonly invites: readonly InviteLine[] }>('accounts');

export const approveInvite = (app: Console, inviteId: string): Promise<unknown> =>
  app.post('session/approve', { inviteId });

export const endAccount = (app: Console, accountId: string): Promise<unknown> =>
  app.post('accounts/end', { accountId });

/** Officers on call for the second signature, in the order in which they are asked. */
export const readOnCall = async (app: Console): Promise<readonly string[]> =>
  (await app.get<{ accounts: { accountId: string }[] }>('on-call')).accounts.map(
    ({ accountId }) => accountId,
  );

export const setOnCall = (app: Console, accounts: readonly string[]): Promise<unknown> =>
  app.post('on-call', { accounts });
