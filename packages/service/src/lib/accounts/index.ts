import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { ApiError } from '../../contracts/index.ts';
import type { Session } from '../../db/index.ts';
import type { Who } from '../who.ts';
import { endAccount, endKeysAgain, endPasskey } from './ending.ts';
import { approveInvite, makeInvite, mayInvite, openInvites } from './invites.ts';
import { Officers } from './officers.ts';
import { keysOf, Passkeys } from './passkeys.ts';
import {
  type AccountFilter,
  accountOf,
  addAccount,
  grantVenue,
  listAccounts,
  withdrawVenue,
} from './people.ts';
import { beginSession, endSession, readSession, type Signed } from './sessions.ts';
import {
  type Account,
  type AccountListed,
  type AccountsOptions,
  FRESH_MS,
  type MadeInvite,
  type NewAccount,
  type NewSession,
  type OfficerKey,
  type OpenInvite,
} from './types.ts';

export type { DeskName } from '../desk.ts';
export { isOrigin, localOrigins, type Origin, originsProblem, rpIdOf } from './origins.ts';
export { fromOwnPage } from './own-page.ts';
export type { AccountFilter } from './people.ts';
export { cookieNameOf, mountAccounts, readCookie } from './routes.ts';
export type { Signed } from './sessions.ts';
export type * from './types.ts';

/**
 * The accounts of one body, on its own database: who may act for it, by which passkeys, and who is signed in. What a
 * caller may not do throws an `ApiError` of `accounts.*`.
 */
export class Accounts {
  readonly body: AccountsOptions['body'];
  readonly origins: AccountsOptions['origins'];
  private readonly passkeys: Passkeys;
  private readonly officers: Officers;

  constructor(private readonly options: AccountsOptions) {
    this.body = options.body;
    this.origins = options.origins;
    this.passkeys = new Passkeys(options);
    this.officers = new Officers(options);
  }

  /** Adds an account without a way to sign in; `invite` gives it one. Inside a transaction of the caller where one is named. */
  add(account: NewAccount, session: Session = this.options.db): Promise<Account> {
    return addAccount(session, this.body, account, this.options.realMs());
  }

  /** The account of an id. Throws `accounts.unknown`. */
  find(accountId: string, session: Session = this.options.db): Promise<Account> {
    return accountOf(session, accountId);
  }

  list(filter?: AccountFilter): Promise<readonly AccountListed[]> {
    return listAccounts(this.options.db, filter);
  }

  /** Lets an owner or a member of staff act for one more venue. */
  grantVenue(accountId: string, venueId: number, session: Session = this.options.db): Promise<void> {
    return grantVenue(session, accountId, venueId);
  }

  withdrawVenue(accountId: string, venueId: number, session: Session = this.options.db): Promise<void> {
    return withdrawVenue(session, accountId, venueId);
  }

  /**
   * A one-time code, valid for 72 hours, for a new account or one that is there. An operator may invite anyone, an owner
   * staff of their own venues. Throws `accounts.not-yours`, `accounts.roles`, `accounts.venues`, `accounts.unknown`.
   */
  invite(wanted: NewAccount | { readonly accountId: string }, by: Who): Promise<MadeInvite> {
    const at = this.options.realMs();
    return this.options.db.tx(async (session) => {
      if ('accountId' in wanted) {
        const account = await accountOf(session, wanted.accountId);
        mayInvite(by, account);
        return makeInvite(session, account, by, at);
      }
      mayInvite(by, { roles: wanted.roles, venueIds: wanted.venueIds ?? [] });
      return makeInvite(session, await addAccount(session, this.body, wanted, at), by, at);
    });
  }

  /** Another officer's word for an officer's invite. Throws `accounts.invite-unknown`, `accounts.not-yours`. */
  approveInvite(inviteId: string, by: Who): Promise<void> {
    return this.options.db.tx((session) => approveInvite(session, inviteId, by, this.options.realMs()));
  }

  openInvites(): Promise<readonly OpenInvite[]> {
    return openInvites(this.options.db, this.options.realMs());
  }

  /**
   * What a new authenticator is asked: by an invite's code, or for one more of an account that signed in within ten
   * minutes. Throws `accounts.invite-unknown`, `accounts.invite-waits`, `accounts.not-fresh`.
   */
  enrolOptions(by: { readonly code: string } | Signed) {
    if ('code' in by) return this.passkeys.enrolOptions(by);
    if (this.options.realMs() - by.signedInMs > FRESH_MS) throw new ApiError('accounts.not-fresh');
    return this.passkeys.enrolOptions({ accountId: by.who.accountId });
  }

  async enrol(response: RegistrationResponseJSON): Promise<NewSession> {
    const begun = await this.passkeys.enrol(response);
    await this.officers.tell();
    return begun;
  }

  signInOptions() {
    return this.passkeys.signInOptions();
  }

  signIn(response: AuthenticationResponseJSON): Promise<NewSession> {
    return this.passkeys.signIn(response);
  }

  /** Whose session a token is; null where it is none, or has ended. */
  signedIn(token: string): Promise<Signed | null> {
    return readSession(this.options.db, token, this.options.realMs());
  }

  signOut(token: string): Promise<void> {
    return endSession(this.options.db, token);
  }

  /** Begins a session without a passkey: for tests and the demonstration alone, no route leads here. */
  begin(accountId: string): Promise<{ token: string; endsMs: number }> {
    return beginSession(this.options.db, accountId, null, this.options.realMs());
  }

  /** Ends an account and everything of it. Throws `accounts.unknown`, `accounts.not-yours`, `accounts.last-officer`. */
  async end(accountId: string, by: Who): Promise<void> {
    await endAccount(this.options.db, accountId, by, { nowMs: this.options.clock.nowMs() });
    await this.officers.tell();
  }

  /** Ends one authenticator. Throws as `end`, and `accounts.key-unknown`. */
  async endPasskey(credentialId: Uint8Array, by: Who): Promise<void> {
    await endPasskey(this.options.db, credentialId, by, { nowMs: this.options.clock.nowMs() });
    await this.officers.tell();
  }

  /** Ends officers' keys whose end the public log knows: see `endKeysAgain`. */
  endAgain(told: readonly Uint8Array[]): Promise<number> {
    return endKeysAgain(this.options.db, told, { nowMs: this.options.clock.nowMs() });
  }

  /** Credential ids of an account, as `allowCredentials` wants them when an officer signs a case. */
  async credentialIdsOf(accountId: string): Promise<readonly Uint8Array[]> {
    return (await keysOf(this.options.db, accountId)).map(({ credentialId }) => credentialId);
  }

  /** Keys that officers of this body have or had. */
  officerKeys(): Promise<readonly OfficerKey[]> {
    return this.officers.all();
  }

  /** Keys of officers in force at a second. */
  officersInForce(at: number): Promise<readonly OfficerKey[]> {
    return this.officers.inForce(at);
  }

  /** Tells `onOfficer` what it has not been told yet: at the start, and after a call that threw. */
  tellOfficers(): Promise<void> {
    return this.officers.tell();
  }
}
