import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { ApiError } from '../../contracts/index.ts';
import { isStatementFailed, type Session, SQLSTATE } from '../../db/index.ts';
import { algorithmsOf, checkAssertion, checkEnrolment, clientDataOf, type EnrolledKey } from './ceremony.ts';
import { makeChallenge, takeChallenge } from './challenges.ts';
import { hasHadOfficer, inviteOf, useInvite } from './invites.ts';
import { rpIdOf } from './origins.ts';
import { ACCOUNT, accountOf } from './people.ts';
import { beginSession } from './sessions.ts';
import { type Account, type AccountsOptions, CHALLENGE_MS, type NewSession } from './types.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const bytes = (base64url: string): Uint8Array => new Uint8Array(Buffer.from(base64url, 'base64url'));
const isOfficer = ({ roles }: Pick<Account, 'roles'>): boolean => roles.includes('officer');

/** Authenticators of an account that are in force. */
export async function keysOf(
  session: Session,
  accountId: string,
): Promise<readonly { credentialId: Uint8Array; transports: readonly string[] }[]> {
  const { rows } = await session.query<{ credentialId: Uint8Array; transports: readonly string[] }>(
    `SELECT credential_id AS "credentialId", transports FROM passkey
     WHERE account_id = $1 AND ended_ms IS NULL ORDER BY added_ms, credential_id`,
    [accountId],
  );
  return rows;
}

/** The two ceremonies of a body's passkeys, each in two calls. */
export class Passkeys {
  constructor(private readonly options: AccountsOptions) {}

  /** What `navigator.credentials.create` is asked, for the account of an invite or the one that is signed in. */
  async enrolOptions(by: { readonly code: string } | { readonly accountId: string }) {
    const { db, body, origins, realMs } = this.options;
    const at = realMs();
    const { account, inviteId } =
      'code' in by
        ? await inviteOf(db, by.code, at)
        : { account: await accountOf(db, by.accountId), inviteId: null };
    const known = await keysOf(db, account.accountId);
    const challenge = await makeChallenge(
      db,
      { purpose: 'enrol', accountId: account.accountId, inviteId },
      at,
    );
    return generateRegistrationOptions({
      rpName: `Munjigi ${body}`,
      rpID: rpIdOf(origins),
      userName: account.name,
      userDisplayName: account.name,
      userID: bytes(account.accountId) as Uint8Array<ArrayBuffer>,
      challenge: challenge as Uint8Array<ArrayBuffer>,
      timeout: CHALLENGE_MS,
      attestationType: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: algorithmsOf(isOfficer(account)),
      excludeCredentials: known.map((key) => ({
        id: text(key.credentialId),
        transports: [...key.transports],
      })),
    });
  }

  /** Adds the authenticator that answered, uses the invite up, and signs in. Throws `accounts.*`. */
  async enrol(response: RegistrationResponseJSON): Promise<NewSession> {
    const { db, origins, realMs, clock } = this.options;
    const at = realMs();
    const { challenge, origin } = clientDataOf(response.response.clientDataJSON, origins);
    const made = await takeChallenge(db, 'enrol', challenge, at);
    const account = await accountOf(db, made.accountId!);
    const officer = isOfficer(account);
    const key = await checkEnrolment(response, { challenge, origin, origins, officer });
    return db.tx(async (session) => {
      // Two who are both the first officer must not both be it.
      if (officer) await session.script('LOCK TABLE passkey IN SHARE ROW EXCLUSIVE MODE');
      // The account may have ended while the authenticator was being asked.
      await accountOf(session, account.accountId);
      if (made.inviteId) {
        if (officer) await this.approved(session, made.inviteId);
        await useInvite(session, made.inviteId, at);
      }
      await insertKey(session, account, key, made.inviteId, clock.nowMs());
      const begun = await beginSession(session, account.accountId, key.credentialId, at);
      return { ...begun, account, secure: origin.startsWith('https:') };
    });
  }

  private async approved(session: Session, inviteId: string): Promise<void> {
    const { rows } = await session.query(
      'SELECT 1 FROM invite WHERE invite_id = $1 AND approved_by IS NOT NULL',
      [inviteId],
    );
    if (rows.length === 0 && (await hasHadOfficer(session))) throw new ApiError('accounts.invite-waits');
  }

  /** What `navigator.credentials.get` is asked. The authenticator itself knows which account it holds. */
  async signInOptions() {
    const { db, origins, realMs } = this.options;
    const challenge = await makeChallenge(
      db,
      { purpose: 'sign-in', accountId: null, inviteId: null },
      realMs(),
    );
    return generateAuthenticationOptions({
      rpID: rpIdOf(origins),
      challenge: challenge as Uint8Array<ArrayBuffer>,
      timeout: CHALLENGE_MS,
      userVerification: 'required',
    });
  }

  /** Signs in. Throws `accounts.passkey` for every key that is unknown, ended, copied or wrong: it tells them not apart. */
  async signIn(response: AuthenticationResponseJSON): Promise<NewSession> {
    const { db, origins, realMs } = this.options;
    const at = realMs();
    const { challenge, origin } = clientDataOf(response.response.clientDataJSON, origins);
    await takeChallenge(db, 'sign-in', challenge, at);
    const { rows } = await db.query<Account & EnrolledKey>(
      `SELECT ${ACCOUNT}, p.credential_id AS "credentialId", p.public_key AS "publicKey", p.counter, p.transports
       FROM passkey p JOIN account a USING (account_id)
       WHERE p.credential_id = $1 AND p.ended_ms IS NULL AND a.ended_ms IS NULL`,
      [bytes(response.id)],
    );
    const [row] = rows;
    if (!row) throw new ApiError('accounts.passkey');
    const { credentialId, publicKey, counter, transports, ...account } = row;
    const { userHandle } = response.response;
    if (userHandle !== undefined && userHandle !== account.accountId) throw new ApiError('accounts.passkey');
    const key = { credentialId, publicKey, counter, transports };
    const newCounter = await checkAssertion(response, key, {
      challenge,
      origin,
      origins,
      officer: isOfficer(account),
    });
    return db.tx(async (session) => {
      // A counter that does not grow is a copied authenticator; the database decides between two at once.
      const { count } = await session.query(
        `UPDATE passkey SET counter = $2 WHERE credential_id = $1 AND ended_ms IS NULL
         AND (counter < $2 OR (counter = 0 AND $2 = 0))`,
        [credentialId, newCounter],
      );
      if (count === 0) throw new ApiError('accounts.passkey');
      const begun = await beginSession(session, account.accountId, credentialId, at);
      return { ...begun, account, secure: origin.startsWith('https:') };
    });
  }
}

async function insertKey(
  session: Session,
  account: Account,
  key: EnrolledKey,
  inviteId: string | null,
  nowMs: number,
): Promise<void> {
  try {
    await session.query(
      `INSERT INTO passkey (credential_id, account_id, public_key, counter, transports, added_ms, invite_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        key.credentialId,
        account.accountId,
        key.publicKey,
        key.counter,
        JSON.stringify(key.transports),
        nowMs,
        inviteId,
      ],
    );
  } catch (error) {
    if (isStatementFailed(error, SQLSTATE.uniqueViolation)) throw new ApiError('accounts.key-known');
    throw error;
  }
}
