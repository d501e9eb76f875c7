import { CASE_ERRORS } from './case-errors.ts';

/**
 * Every error an operation answers with: one table of status and sentence. A message states the rule and what to do; it
 * never repeats what was sent.
 */
export const API_ERRORS = {
  'request.schema': [400, 'The request does not have the form that the contract asks for.'],
  'request.syntax': [400, 'The body is not JSON.'],
  'request.media-type': [415, 'Send JSON, with the content type application/json.'],
  'request.encoding': [415, 'Send the body as it is, or packed with the content encoding gzip.'],
  'request.too-large': [413, 'The body is larger than this operation reads.'],
  'request.headers-too-large': [431, 'The headers of the request are larger than 8 KiB.'],
  'request.too-slow': [408, 'The request did not arrive in time.'],
  'request.not-http': [400, 'This is no HTTP request.'],
  'request.not-found': [404, 'There is no such operation here.'],
  'request.rate': [
    429,
    'Too many requests of this kind came from this network or account. Wait as long as Retry-After says.',
  ],
  'operator.token': [401, 'This operation is for operators: send the operator token as a bearer token.'],
  'session.needed': [401, 'Sign in at the console of this body first.'],
  'session.role': [403, 'This operation is not for the role that is signed in.'],
  'session.elsewhere': [403, "A signed-in request must come from this body's own console."],

  'accounts.roles': [
    400,
    'These roles do not go together, or this body has no such accounts. An officer is nothing else beside.',
  ],
  'accounts.venues': [400, 'Only owners and staff act for venues.'],
  'accounts.unknown': [404, 'There is no such account, or it has ended.'],
  'accounts.not-yours': [403, 'This is not yours to decide: another person of this body must.'],
  'accounts.invite-unknown': [
    404,
    'The code does not fit, was used, or has ended. Ask for a new one where you got it.',
  ],
  'accounts.invite-waits': [403, 'Another officer of this body must approve this invite first.'],
  'accounts.not-fresh': [403, 'Sign in again: an authenticator is added within ten minutes of signing in.'],
  'accounts.challenge': [409, 'The question was answered before, or five minutes have passed. Begin again.'],
  'accounts.origin': [403, "The passkey was asked for at another place than this body's own console."],
  'accounts.passkey': [
    401,
    'The passkey was not accepted. Use one that is enrolled here, with its PIN or fingerprint.',
  ],
  'accounts.key-kind': [400, 'An officer needs an authenticator that signs with ES256.'],
  'accounts.key-synced': [
    400,
    "An officer's key must stay in one device. Use a security key, or a platform key that is not synchronised.",
  ],
  'accounts.key-known': [409, 'This authenticator is enrolled here already.'],
  'accounts.key-unknown': [404, 'There is no such authenticator, or it has ended.'],
  'accounts.last-officer': [
    409,
    'This is the last officer who can sign for this body. Enrol another one first.',
  ],

  'service.database-down': [
    503,
    'The database does not answer. Nothing was lost; try again as Retry-After says.',
  ],
  'service.full': [503, 'The service is busy. Try again as Retry-After says.'],
  'service.draining': [503, 'The service is closing. Try again as Retry-After says.'],
  'service.pool-broken': [503, "This server's own connections to its database are broken. Others may serve."],
  'service.not-here': [404, 'This desk is not open on this server.'],
  'service.day-ended': [
    503,
    'The clock of this server stands on a day whose keys were destroyed. Nothing was lost; its operator has to set the clock.',
  ],
  'service.failed': [500, 'The service failed. The failure is in its log under the request id.'],

  'issuer.provider-unknown': [400, 'There is no identity provider of that name.'],
  'issuer.person-unknown': [404, 'The identity provider does not know this person.'],
  'issuer.provider-away': [
    503,
    'The identity provider does not answer. Nothing was lost: sign in again as Retry-After says.',
  ],
  'issuer.sign-in-unknown': [409, 'This sign-in was used, or its minutes are over. Sign in again.'],
  'issuer.sign-in-refused': [
    403,
    'What came back from the identity provider did not pass the checks. Sign in again from the wallet.',
  ],
  'issuer.claims': [
    403,
    'The identity provider does not say name, family name and date of birth. Its operator has to release them.',
  ],
  'issuer.key-unknown': [404, 'The issuer has no key of that id.'],
  'issuer.queue': [
    503,
    'Many people are being served. There is a place in the queue for this enrolment: ask for it, and come back when it says go.',
  ],
  'issuer.issued-at': [403, 'An earlier moment of issuing may be named in an exercise only.'],
  'issuer.enrolment-unknown': [404, 'There is no such enrolment. Enrol again.'],
  'issuer.nonce': [409, 'The nonce was used or replaced. Ask for a new one and prove the keys over it.'],
  'issuer.possession': [
    400,
    'A key came without a valid proof that its holder has it. Sign the nonce with each key.',
  ],
  'issuer.key-used': [409, 'A key was certified before. A key is certified once, ever: make new ones.'],
  'issuer.ended': [503, 'This issuer has ended, and its keys were destroyed. No passes are issued any more.'],
  'issuer.paper-unknown': [404, 'There is no such paper pass. Ask for a new one.'],

  'register.ended': [
    503,
    'Recording has ended here, and the keys were destroyed. Nothing is taken in any more.',
  ],
  'register.venue-unknown': [404, 'There is no such venue.'],
  'register.venue-kind': [400, 'The policy does not know this kind of venue or this region.'],
  'register.enrolment-code': [
    403,
    'The enrolment code does not fit this venue. Ask the operator for a new one.',
  ],
  'register.possession': [400, 'The gate key came without a valid proof that the gate has it.'],
  'register.gate-unknown': [
    404,
    'This gate is not enrolled at this venue. Enrol it with a code of the venue.',
  ],
  'register.signature': [400, 'The batch is not signed by its gate key.'],
  'register.structure': [400, 'The batch is not as its contract describes it.'],
  'register.delegation': [
    400,
    'The delegation is not as its contract describes it. Ask the owner for a new code.',
  ],
  'register.delegation-key': [
    403,
    'No device of this venue signed the delegation. Ask the owner to let this device in with their own.',
  ],
  'register.successor': [
    400,
    'The successor is not as its contract describes it, or the old key did not sign it.',
  ],
  'register.successors': [
    429,
    'The gates of this venue have shown more new keys today than a day takes. Come again as late as Retry-After says, and have the devices looked at.',
  ],
  'register.business-number': [
    400,
    'This is no business number. Compare it with the registration certificate, or register without one and wait for approval.',
  ],
  'register.approval-needed': [
    400,
    'This policy checks no business numbers. Register without one; the local government then approves it.',
  ],
  'register.registration-unknown': [404, 'There is no such registration that waits for approval.'],
  'register.not-yours': [403, 'This venue is not among those you may act for.'],
  'register.trouble': [
    400,
    'The report is not signed by its gate key, or is not as its contract describes it.',
  ],
  'register.head': [400, 'The entries of the batch do not lead to the head that the gate signed.'],

  'register.channel-rules': [
    503,
    'The rules or the key of that day are not here yet. Nothing was kept; tell of it again as Retry-After says.',
  ],
  'register.call-provider': [404, 'No telephone provider of that name is known here.'],
  'register.call-signature': [
    400,
    'The delivery is not signed by this provider: webhook-signature is base64 over "<webhook-timestamp>.<body>".',
  ],
  'register.call-stale': [400, 'The delivery was signed more than five minutes away from now. Sign it anew.'],
  'register.call-number': [404, 'The number that was called is of no venue here, or was not at that time.'],
  'register.call-caller': [
    400,
    'The caller withheld the number, or it is none. Nothing was kept: have the caller told to come in another way.',
  ],
  'register.call-time': [400, 'The call lies in the future, or before the oldest day that is kept.'],
  'register.call-limit': [
    429,
    'More calls came from this number or for this venue than are taken. Tell of this one again as Retry-After says.',
  ],
  'register.call-number-form': [
    400,
    'This policy gives venues no such number. Compare it with the contract of the telephone provider.',
  ],
  'register.call-number-taken': [
    409,
    'Another venue has this number. Ask the telephone provider whose it is.',
  ],
  'register.sheets-none': [404, 'This policy has no sheets of paper.'],
  'register.sheet-unknown': [
    404,
    'This venue has no sheet of that number. It stands at the head of the sheet.',
  ],
  'register.sheet-used': [
    409,
    'The sheet lay at the door on another day. Compare the day that is written on it.',
  ],
  'register.sheet-day': [
    400,
    'The day is before the oldest that is kept, or does not fit. Compare what is written on it.',
  ],
  'register.sheet-destroyed': [
    409,
    'The destruction of this sheet was confirmed. Compare the number at its head.',
  ],
  'register.sheet-not-typed': [
    409,
    'A sheet that was used is destroyed once it is typed, or once its time is over. Type it first.',
  ],
  'register.poster-none': [404, 'This venue has no poster, or this register makes none. Make one first.'],
  'register.poster-code': [400, 'The code is of no poster that this register signed. Scan the poster again.'],
  'register.poster-ended': [
    409,
    'A newer poster has taken the place of this one, or the venue gave it up. Nothing was kept.',
  ],
  'register.poster-time': [400, 'The visit lies before the oldest day that is kept.'],
  'register.poster-early': [
    425,
    'The visit lies in the future. Nothing was kept; tell of it again as Retry-After says.',
  ],
  'register.poster-limit': [
    429,
    'More visits came by this poster than are taken. Tell of this one again as Retry-After says.',
  ],

  ...CASE_ERRORS,

  'authority.document-missing': [404, 'This document has not been published.'],
  'authority.notice-unknown': [400, 'The policy has no notice of that name.'],
  'authority.obligation-unknown': [400, 'The policy has no obligation of that code.'],
  'authority.no-root': [
    503,
    'No root has been published yet. Hold the ceremony (munjigi bundle ceremony) and publish what it signed.',
  ],
  'authority.delegates-ended': [
    503,
    'The delegates of the root have ended and its shares are not here. Hold a ceremony that names new ones.',
  ],
  'authority.root-refused': [
    400,
    'This root is not signed by the threshold of the old one and of its own, or is not well made. See munjigi bundle verify.',
  ],
  'authority.root-order': [
    409,
    'A root is followed by the very next version: propose again from the root in force.',
  ],
  'authority.delegate-missing': [
    409,
    'None of the delegates of this root serves now with a key of this key store. Make delegates here, and propose them.',
  ],
  'authority.too-large': [
    400,
    'The notice does not fit into the 1 kB of the small document. Shorten its parameters.',
  ],
  'authority.observation': [400, 'This is no observation of a canary. See docs/protocol/observation.cddl.'],
  'authority.observation-key': [
    403,
    'The observation is signed by no key that is listed for its canary. Add its line to the file of --canary-keys.',
  ],
  'authority.observation-old': [
    409,
    'This observation was taken before, is out of its order, or is too far from the clock here.',
  ],
  'authority.incident-unknown': [404, 'There is no such incident.'],
  'authority.incident-closed': [409, 'The incident is closed. What comes after it is another incident.'],
  'authority.incident-lasts': [409, 'The component does not work yet. Close the incident when it does.'],
  'authority.incident-speaks': [
    409,
    'The notice of this incident still counts. Say first what counts now, then close it.',
  ],
  'authority.incident-terms': [400, 'An incident is closed with its cause, and every measure has an owner.'],
  'log.unknown': [404, 'This log is not followed here.'],
  'log.fork': [
    409,
    'Another tree of this size was signed here: the log tells two stories. It is not signed.',
  ],
  'log.rollback': [409, 'A smaller tree at a later time is not signed: the log took something back.'],
  'log.unproved': [409, 'The proof does not show that this head grew out of the last one signed here.'],
  'log.away': [503, 'The body that keeps or signs the public log does not answer. Try again later.'],
  'log.no-line': [404, 'The log has no such line, or no head of that size.'],
  'log.notified-count': [409, 'More tags than the log says were resolved on that day are not published.'],

  'desk.message': [400, 'This is no message of another body to this desk. See docs/protocol/message.cddl.'],
  'desk.unknown-key': [
    403,
    'The message is signed by no line key that is known here for its body. Carry its line key to this desk first.',
  ],
  'desk.not-yours': [403, 'A message of this kind is not for this body to send.'],
  'desk.clock': [409, 'The message was signed more than ten minutes away from now. Set the clocks right.'],

  'authority.not-an-exercise': [403, 'The clock is set in an exercise only.'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type ApiErrorCode = keyof typeof API_ERRORS;

/** An error that an operation answers with on purpose. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(
    readonly code: ApiErrorCode,
    options: { readonly cause?: unknown; readonly retryAfterSeconds?: number } = {},
  ) {
    super(API_ERRORS[code][1], 'cause' in options ? { cause: options.cause } : undefined);
    this.status = API_ERRORS[code][0];
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }

  readonly retryAfterSeconds: number | null;
}
