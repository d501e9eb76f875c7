import { equalBytes } from '../encoding/index.ts';
import { isMunjigiError } from '../errors.ts';
import type { Crypto } from '../signing/index.ts';
import { caseHash, decodeApproval, decodeCase } from './documents.ts';
import {
  APPROVAL_ROLES,
  type Approval,
  type ApprovalRole,
  BODY_OF_ROLE,
  type Body,
  type Case,
  type CaseProblem,
  type Console,
  type OfficerKey,
} from './types.ts';
import { assertionProblem } from './web-authn.ts';

/** Longest life of a case. */
export const MOST_SECONDS = 72 * 3600;
/** How far the clocks of two bodies may differ. */
const CLOCK_SECONDS = 120;

/** What the body that checks knows by itself. */
export interface CaseContext {
  /** Seconds of its own clock. */
  readonly now: number;
  /** First second of the oldest day that is kept. */
  readonly oldest: number;
  readonly policy: string;
  /** The bundle in use. */
  readonly bundle: { readonly rootVersion: number; readonly sequence: number };
  readonly officers: readonly OfficerKey[];
  readonly consoles: Readonly<Partial<Record<Body, Console>>>;
}

export type CaseVerdict<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: CaseProblem };
const no = (problem: CaseProblem) => ({ ok: false, problem }) as const;

/** A case that stands, with what it was read from. */
export interface StandingCase {
  readonly case: Case;
  readonly hash: Uint8Array;
  readonly approvals: Readonly<Record<ApprovalRole, Approval>>;
}

/** Judges the terms of a case alone, without who signed it. Answers the first rule that is broken, or null. */
export function termsProblem(one: Case, context: CaseContext): CaseProblem | null {
  const { now } = context;
  if (one.openedAt > now + CLOCK_SECONDS) return 'not-yet';
  if (one.expiresAt <= one.openedAt || one.expiresAt - one.openedAt > MOST_SECONDS) return 'expiry-too-long';
  if (now >= one.expiresAt) return 'expired';
  if (one.from >= one.until) return 'window';
  // Nobody is followed into the future: a case looks at what was.
  if (one.until > one.openedAt) return 'window-not-past';
  if (one.from < context.oldest) return 'window-outside-retention';
  if (one.cap < 1) return 'cap';
  if (one.policy !== context.policy) return 'policy';
  const { rootVersion, sequence } = one.bundle;
  const known = context.bundle;
  if (rootVersion > known.rootVersion || (rootVersion === known.rootVersion && sequence > known.sequence))
    return 'bundle';
  return null;
}

/** The bundle's entry for a credential; none where it is listed twice, since then it is not clear which one counts. */
function officerOf(
  { body, credentialId }: Pick<Approval, 'body' | 'credentialId'>,
  context: Pick<CaseContext, 'officers'>,
): OfficerKey | undefined {
  const listed = context.officers.filter(
    (officer) =>
      officer.body === body && officer.role === 'officer' && equalBytes(officer.credentialId, credentialId),
  );
  return listed.length === 1 ? listed[0] : undefined;
}

/** Judges one approval: the body of its role, an officer in force when it was given and still now, a genuine assertion. */
export async function verifyApproval(
  approval: Approval,
  caseBytes: Uint8Array,
  context: CaseContext,
  crypto: Crypto,
): Promise<CaseProblem | null> {
  const { role, body, at } = approval;
  if (body !== BODY_OF_ROLE[role]) return 'same-body';
  const officer = officerOf(approval, context);
  if (officer === undefined) return 'officer-unknown';
  if (at > context.now + CLOCK_SECONDS) return 'not-yet';
  // The time is the body's word, not the authenticator's: who has left approves nothing, not even with an earlier date.
  const inForce = (seconds: number) =>
    seconds >= officer.from && (officer.until === null || seconds < officer.until);
  if (!inForce(at) || !inForce(context.now)) return 'officer-ended';
  const home = context.consoles[body];
  if (home === undefined) return 'origin';
  return assertionProblem(approval, caseBytes, officer.publicKey, home, crypto);
}

/**
 * Judges a case with its approvals, as everybody who acts on it must: terms, one signature of each role, two bodies, two
 * credentials. Pure and total: broken bytes are a verdict, not an error.
 * @param approvals encoded, in any order
 */
export async function checkCase(
  caseBytes: Uint8Array,
  approvals: readonly Uint8Array[],
  context: CaseContext,
  crypto: Crypto,
): Promise<CaseVerdict<StandingCase>> {
  let one: Case;
  let given: readonly Approval[];
  try {
    one = decodeCase(caseBytes);
    given = approvals.map(decodeApproval);
  } catch (error) {
    if (isMunjigiError(error)) return no('structure');
    throw error;
  }
  const wrong = termsProblem(one, context);
  if (wrong !== null) return no(wrong);
  if (given.length < APPROVAL_ROLES.length) return no('approval-missing');
  if (given.length > APPROVAL_ROLES.length) return no('structure');
  const [first, second] = given as [Approval, Approval];
  if (first.body === second.body) return no('same-body');
  if (equalBytes(first.credentialId, second.credentialId)) return no('same-credential');
  const opener = given.find(({ role }) => role === 'opener');
  const approver = given.find(({ role }) => role === 'approver');
  if (!opener || !approver) return no('approval-missing');
  const keyOf = (approval: Approval) => officerOf(approval, context)?.publicKey;
  const [openerKey, approverKey] = [keyOf(opener), keyOf(approver)];
  if (openerKey && approverKey && equalBytes(openerKey, approverKey)) return no('same-credential');
  for (const approval of [opener, approver]) {
    if (approval.at < one.openedAt - CLOCK_SECONDS) return no('not-yet');
    const problem = await verifyApproval(approval, caseBytes, context, crypto);
    if (problem !== null) return no(problem);
  }
  return { ok: true, value: { case: one, hash: caseHash(caseBytes), approvals: { opener, approver } } };
}
