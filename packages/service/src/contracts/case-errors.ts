import type { CaseProblem } from '@munjigi/core/case';

/** What is said of a case that does not stand: one sentence for each rule of `core/case`. */
const PROBLEMS = {
  'case.structure': [400, 'A document of the case is not as docs/protocol/case.cddl describes it.'],
  'case.approval-missing': [
    403,
    'A case needs two signatures: its opener and an approver of the other body.',
  ],
  'case.same-body': [
    403,
    'Opener and approver are officers of two bodies. Ask an officer of the other body.',
  ],
  'case.same-credential': [403, 'Two signatures come from two passkeys. One was used twice.'],
  'case.officer-unknown': [403, 'The bundle in use lists no such passkey of an officer of this body.'],
  'case.officer-ended': [403, 'This officer is not in force. Another officer signs the case.'],
  'case.algorithm': [403, 'Officers sign with ES256 alone. Enrol another passkey.'],
  'case.type': [403, 'The signature is not a passkey assertion.'],
  'case.challenge': [
    403,
    'The signature belongs to another case, to another role, or to this case before it was changed.',
  ],
  'case.origin': [403, "The signature was not made in this body's own console."],
  'case.cross-origin': [403, 'The signature was made inside a page of somebody else.'],
  'case.rp-id': [403, 'The signature belongs to another passkey domain.'],
  'case.user-present': [403, 'The authenticator saw nobody there. Touch it when it asks.'],
  'case.user-verified': [403, 'The authenticator did not verify who was there. Use its PIN or fingerprint.'],
  'case.backup-eligible': [403, 'A passkey that can be copied to another device does not sign cases.'],
  'case.signature': [403, 'The signature does not match.'],
  'case.not-yet': [409, 'The case or its signature lies in the future. Set the clocks right.'],
  'case.expired': [410, 'The case has expired. Open a new one.'],
  'case.expiry-too-long': [400, 'A case ends at most 72 hours after it was opened.'],
  'case.window': [400, 'The window begins before it ends.'],
  'case.window-not-past': [
    400,
    'The window ends before the case is opened: nobody is followed into the future.',
  ],
  'case.window-outside-retention': [400, 'The window begins before the oldest day that is kept.'],
  'case.cap': [400, 'The cap is at least one subject.'],
  'case.policy': [409, 'The case names another policy than the one in force here.'],
  'case.bundle': [409, 'The case names a bundle that is not known here. Let this desk fetch the newest one.'],
} as const satisfies Record<`case.${CaseProblem}`, readonly [number, string]>;

export const CASE_ERRORS = {
  ...PROBLEMS,
  'case.unknown': [404, 'There is no such case here. It may have ended.'],
  'case.signed-already': [409, 'This signature is there already.'],
  'case.not-released': [
    409,
    'The register has not released this case. An officer of its body approves it first.',
  ],
  'case.not-opened': [409, 'The boxes of this case have not been opened yet.'],
  'case.release': [409, 'The release does not fit the case, or the entries do not fit the release.'],
  'case.outside': [409, 'An entry that was released lies outside the venue or the window of the case.'],
  'case.over-cap': [
    409,
    'More subjects than the cap of the case allows. Open a case with a narrower window.',
  ],
  'case.opening': [409, 'The opening does not fit the release.'],
  'case.handles': [409, 'The handles are not those that the logged opening names for this issuer.'],
  'case.log': [409, 'The public log does not prove this step.'],
  'case.log-fork': [409, 'The public log proves this step in a tree that no witness has signed.'],
  'case.resolved-already': [409, 'This issuer has answered this case. It answers once.'],
  'case.quota': [429, 'This officer has reached the number of cases for today. Another officer may sign.'],
  'case.other-account': [
    403,
    'This passkey belongs to another account of this body. Sign with your own, or sign in as its owner.',
  ],
  'case.on-call': [400, 'On call are officers of this body who have a passkey. One of the accounts is not.'],
  'case.not-ready': [
    503,
    'This desk has no bundle with officers and line keys yet. Try again as Retry-After says.',
  ],
  'case.desk-away': [503, 'The desk of another body does not answer. Nothing was lost; try again.'],
} as const satisfies Record<string, readonly [status: number, message: string]>;
