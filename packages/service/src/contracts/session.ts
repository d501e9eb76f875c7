import { type Static, Type } from 'typebox';
import { ROLES } from './access.ts';
import type { Operation } from './operation.ts';
import { Bytes, exact, Milliseconds, Name, VenueId } from './shapes.ts';

const Id = Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' });
const Code = Type.String({ pattern: '^[A-Za-z0-9_-]{22}$', description: 'One-time code of an invite' });
const RoleWord = Type.Enum([...ROLES]);
const VenueIds = Type.Array(VenueId, { maxItems: 1000 });
const CredentialId = Bytes(1, 1023, 'Credential id');
const Roles = Type.Array(RoleWord, { minItems: 1, maxItems: ROLES.length, uniqueItems: true });
const Transports = Type.Optional(Type.Array(Type.String({ maxLength: 32 }), { maxItems: 8 }));

/** What the browser says of extensions; nothing of it is believed or kept. */
const Extensions = Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), { maxProperties: 16 });
const Attachment = Type.Optional(Type.Union([Type.String({ maxLength: 32 }), Type.Null()]));

/** `PublicKeyCredential.toJSON()` of a new authenticator (WebAuthn Level 3 §5.1.8, RegistrationResponseJSON). */
const Registration = Type.Object(
  {
    id: CredentialId,
    rawId: CredentialId,
    type: Type.Literal('public-key'),
    response: Type.Object(
      {
        clientDataJSON: Bytes(1, 4096, 'Client data'),
        attestationObject: Bytes(1, 16_384, 'Attestation object'),
        authenticatorData: Type.Optional(Bytes(1, 4096, 'Authenticator data')),
        transports: Transports,
        publicKeyAlgorithm: Type.Optional(Type.Integer()),
        publicKey: Type.Optional(Bytes(0, 4096, 'Public key')),
      },
      exact,
    ),
    authenticatorAttachment: Attachment,
    clientExtensionResults: Extensions,
  },
  exact,
);

/** The same of a known one (AuthenticationResponseJSON). */
const Assertion = Type.Object(
  {
    id: CredentialId,
    rawId: CredentialId,
    type: Type.Literal('public-key'),
    response: Type.Object(
      {
        clientDataJSON: Bytes(1, 4096, 'Client data'),
        authenticatorData: Bytes(37, 4096, 'Authenticator data'),
        signature: Bytes(1, 1024, 'Signature'),
        userHandle: Type.Optional(Type.Union([Bytes(0, 64, 'User handle'), Type.Null()])),
      },
      exact,
    ),
    authenticatorAttachment: Attachment,
    clientExtensionResults: Extensions,
  },
  exact,
);

/** Options for `navigator.credentials`, in the JSON form of WebAuthn Level 3 §5.1. */
const Options = Type.Object({ options: Type.Unknown() }, exact);

const SignedIn = Type.Object(
  {
    accountId: Id,
    name: Name,
    roles: Type.Array(RoleWord),
    venueIds: Type.Array(VenueId),
    passkeys: Type.Integer({ minimum: 0 }),
    endsMs: Milliseconds,
    advice: Type.Array(Type.Enum(['second-authenticator'])),
  },
  exact,
);

const NewAccount = {
  name: Name,
  roles: Roles,
  venueIds: Type.Optional(VenueIds),
};

/** The operations of one desk's accounts: the same for each, under the desk's own address. */
function operationsOf<const D extends string>(desk: D) {
  const name = <const S extends string>(what: S) => `${desk}${what}` as `${D}${S}`;
  const at = <const S extends string>(path: S) => `/api/${desk}/${path}` as `/api/${D}/${S}`;
  return {
    invite: {
      operationId: name('Invite'),
      method: 'POST',
      url: at('session/invite'),
      summary: 'A one-time code for a new account, or for one that is there',
      body: Type.Union([Type.Object(NewAccount, exact), Type.Object({ accountId: Id }, exact)]),
      answer: Type.Object(
        {
          inviteId: Id,
          accountId: Id,
          code: Code,
          endsMs: Milliseconds,
          needsApproval: Type.Boolean({ description: 'True where another officer must approve it first' }),
        },
        exact,
      ),
    },
    approveInvite: {
      operationId: name('ApproveInvite'),
      method: 'POST',
      url: at('session/approve'),
      summary: "Approve another officer's invite",
      body: Type.Object({ inviteId: Id }, exact),
      answer: Type.Object({ approved: Type.Literal(true) }, exact),
    },
    enrolOptions: {
      operationId: name('EnrolOptions'),
      method: 'POST',
      url: at('session/enrol-options'),
      summary: 'What a new authenticator is asked: by a code, or for one more while signed in',
      body: Type.Object({ code: Type.Optional(Code) }, exact),
      answer: Options,
    },
    enrol: {
      operationId: name('Enrol'),
      method: 'POST',
      url: at('session/enrol'),
      summary: 'Enrol the authenticator that answered, and sign in',
      body: Type.Object({ response: Registration }, exact),
      answer: SignedIn,
    },
    signInOptions: {
      operationId: name('SignInOptions'),
      method: 'POST',
      url: at('session/options'),
      summary: 'What an authenticator is asked to sign in',
      body: Type.Object({}, exact),
      answer: Options,
    },
    signIn: {
      operationId: name('SignIn'),
      method: 'POST',
      url: at('session/sign-in'),
      summary: 'Sign in with a passkey',
      body: Type.Object({ response: Assertion }, exact),
      answer: SignedIn,
    },
    signOut: {
      operationId: name('SignOut'),
      method: 'POST',
      url: at('session/sign-out'),
      summary: 'End this session',
      body: Type.Object({}, exact),
      answer: Type.Object({ signedOut: Type.Literal(true) }, exact),
    },
    session: {
      operationId: name('Session'),
      method: 'GET',
      url: at('session'),
      summary: 'Who is signed in; null where nobody is',
      answer: Type.Object({ account: Type.Union([SignedIn, Type.Null()]) }, exact),
    },
    accounts: {
      operationId: name('Accounts'),
      method: 'GET',
      url: at('accounts'),
      summary: 'Accounts of this body and invites that wait; an owner sees staff of their own venues',
      querystring: Type.Object({ role: Type.Optional(RoleWord) }, exact),
      answer: Type.Object(
        {
          accounts: Type.Array(
            Type.Object(
              {
                accountId: Id,
                name: Name,
                roles: Type.Array(RoleWord),
                venueIds: Type.Array(VenueId),
                passkeys: Type.Array(
                  Type.Object({ credentialId: CredentialId, addedMs: Milliseconds }, exact),
                ),
              },
              exact,
            ),
          ),
          invites: Type.Array(
            Type.Object(
              {
                inviteId: Id,
                accountId: Id,
                madeMs: Milliseconds,
                endsMs: Milliseconds,
                approved: Type.Boolean(),
              },
              exact,
            ),
          ),
        },
        exact,
      ),
    },
    endAccount: {
      operationId: name('EndAccount'),
      method: 'POST',
      url: at('accounts/end'),
      summary: 'End an account, its authenticators and its sessions',
      body: Type.Object({ accountId: Id }, exact),
      answer: Type.Object({ ended: Type.Literal(true) }, exact),
    },
    endPasskey: {
      operationId: name('EndPasskey'),
      method: 'POST',
      url: at('accounts/end-passkey'),
      summary: 'End one authenticator and what was signed in with it',
      body: Type.Object({ credentialId: CredentialId }, exact),
      answer: Type.Object({ ended: Type.Literal(true) }, exact),
    },
  } as const satisfies Record<string, Operation>;
}

export type SessionOperations = ReturnType<typeof operationsOf<string>>;

/** By desk, as `mountAccounts` takes them. */
export const sessionOperationsOf = {
  issuer: operationsOf('issuer'),
  register: operationsOf('register'),
  authority: operationsOf('authority'),
} as const;

type Named<T extends Record<string, Operation>> = {
  readonly [K in keyof T as T[K]['operationId']]: T[K];
};

const named = <const T extends Record<string, Operation>>(all: T): Named<T> =>
  Object.fromEntries(Object.values(all).map((one) => [one.operationId, one])) as Named<T>;

/** By name: `registerSignIn`, `authorityInvite`, … */
export const sessionOperations = {
  ...named(sessionOperationsOf.issuer),
  ...named(sessionOperationsOf.register),
  ...named(sessionOperationsOf.authority),
};

export type SignedInBody = Static<typeof SignedIn>;
