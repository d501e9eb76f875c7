import {
  type Approval,
  type ApprovalRole,
  approvalChallenge,
  BODY_OF_ROLE,
  type Case,
  type Completeness,
  caseHash,
  decodeApproval,
  decodeCase,
  encodeCase,
  type TraceRow,
} from '@munjigi/core/case';
import { fromBase64, toBase64url, toHex } from '@munjigi/core/encoding';
import type { Console } from './console.ts';
import { type CredentialJson, signChallenge } from './passkeys.ts';

/** Where a case stands. */
export type CaseState = 'waiting' | 'approved' | 'released' | 'opened' | 'closed' | 'expired';

/** A case as the desk hands it over: its exact bytes, and what was signed and logged since. */
export interface CaseFile {
  readonly case: string;
  readonly state: CaseState;
  readonly approvals: readonly string[];
  /** Lines of the public log about it, each with its receipt. */
  readonly lines: readonly { readonly line: string; readonly receipt: string | null }[];
  /** Whom it waits for now, and when the next one is asked. */
  readonly asked: { readonly name: string; readonly sinceMs: number; readonly nextMs: number | null } | null;
}

/** The same, read in this page from those bytes. */
export interface ReadCase {
  readonly bytes: Uint8Array;
  readonly terms: Case;
  /** As an address names it. */
  readonly id: string;
  readonly hash: string;
  readonly approvals: readonly Approval[];
  readonly file: CaseFile;
}

/** Reads what a desk handed over. Everything that is shown comes from the bytes that are signed. Throws `case.structure`. */
export function readCase(file: CaseFile): ReadCase {
  const bytes = fromBase64(file.case);
  const terms = decodeCase(bytes);
  return {
    bytes,
    terms,
    id: toBase64url(terms.id),
    hash: toHex(caseHash(bytes)),
    approvals: file.approvals.map((approval) => decodeApproval(fromBase64(approval))),
    file,
  };
}

/** What an officer fills in. Instants are seconds. */
export interface NewCase {
  readonly venueId: number;
  readonly from: number;
  readonly until: number;
  readonly basis: string;
  readonly reason: string;
  readonly issuers: readonly string[];
  readonly cap: number;
  readonly hours: number;
  readonly dwellMinutes: number;
}

/** The bytes of a new case, made in this page. Throws `case.structure`. */
export function composeCase(app: Console, asked: NewCase, random: (count: number) => Uint8Array): Uint8Array {
  const { bundle, policy, now } = app.world.value;
  const openedAt = Math.floor(now() / 1000);
  const { hours, ...terms } = asked;
  return encodeCase({
    id: random(16),
    ...terms,
    openedAt,
    expiresAt: openedAt + hours * 3600,
    policy: policy?.id ?? '',
    bundle: { rootVersion: bundle?.rootVersion ?? 1, sequence: bundle?.sequence ?? 1 },
  });
}

/** The role in which an officer of this page's body signs. */
export const roleHere = (app: Console): ApprovalRole =>
  app.desk.body === BODY_OF_ROLE.opener ? 'opener' : 'approver';

/**
 * Has the officer's passkey sign a case. The challenge is computed here, from the bytes that the screen shows; the desk has
 * no say in it. Throws `PasskeyRefused`.
 */
export const signCase = (app: Console, role: ApprovalRole, bytes: Uint8Array): Promise<CredentialJson> =>
  signChallenge(app.authenticator, approvalChallenge(role, bytes), { rpId: location.hostname });

/** The hash in groups that two people can compare over the telephone. */
export const inGroups = (hex: string): string => hex.replace(/(.{4})(?=.)/g, '$1 ');

export interface TraceList {
  readonly rows: readonly TraceRow[];
  readonly completeness: Completeness;
  readonly dwellMinutes: number;
}
