import {
  type ApprovalRole,
  approvalChallenge,
  BODY_OF_ROLE,
  type Case,
  type Completeness,
  caseHash,
  decodeCase,
} from '@munjigi/core/case';
import { fromBase64, toBase64url, toHex } from '@munjigi/core/encoding';
import type { Console } from './console.ts';
import { signChallenge } from './passkeys.ts';

/** Where a case stands, as its desk says it; `expired` is this page's own word. */
export type CaseState = 'draft' | 'waiting' | 'approved' | 'released' | 'opened' | 'listed' | 'expired';

/** Terms of a case in plain data, as the desk lists them. */
export interface TermsJson {
  readonly venueId: number;
  readonly from: number;
  readonly until: number;
  readonly basis: string;
  readonly reason: string;
  readonly issuers: readonly string[];
  readonly cap: number;
  readonly dwellMinutes: number;
}

/** What is to be signed, as the desk hands it over. Its hash and challenge are not used: this page computes its own. */
export interface ToSignJson {
  readonly id: string;
  readonly case: string;
  readonly credentialIds: readonly string[];
}

/** A case as it stands in a list. */
export interface CaseLine extends TermsJson {
  readonly id: string;
  readonly state: CaseState;
  readonly openedAt: number;
  readonly expiresAt: number;
  readonly venueName: string | null;
}

/** An officer on call who was asked to sign. */
export interface AskedOfficer {
  readonly name: string;
  readonly atMs: number;
}

/** A case read in this page from the exact bytes that are signed. */
export interface ReadCase {
  readonly bytes: Uint8Array;
  readonly terms: Case;
  /** As an address names it. */
  readonly id: string;
  /** Of the bytes, hexadecimal. */
  readonly hash: string;
  readonly state: CaseState;
  readonly credentialIds: readonly string[];
  readonly venueName: string | null;
  readonly asked: readonly AskedOfficer[];
  readonly completeness: Completeness | null;
}

/** How long an officer on call has before the next one is asked. */
export const ANSWER_MS = 15 * 60_000;

/** Reads the bytes that a desk handed over: everything that is shown of them comes from here. Throws `case.structure`. */
export function readBytes({ case: text, credentialIds }: ToSignJson) {
  const bytes = fromBase64(text);
  const terms = decodeCase(bytes);
  return { bytes, terms, id: toBase64url(terms.id), hash: toHex(caseHash(bytes)), credentialIds };
}

/** The terms that the bytes say otherwise than they were typed: none, or there is nothing to sign. */
export function changedTerms(typed: TermsJson, terms: Case): readonly (keyof TermsJson)[] {
  const list = (names: readonly string[]) => [...names].sort().join('\n');
  const names = ['venueId', 'from', 'until', 'basis', 'reason', 'cap', 'dwellMinutes'] as const;
  return [
    ...names.filter((name) => typed[name] !== terms[name]),
    ...(list(typed.issuers) === list(terms.issuers) ? [] : (['issuers'] as const)),
  ];
}

/** The role in which an officer of this page's body signs. */
export const roleHere = (app: Console): ApprovalRole =>
  app.desk.body === BODY_OF_ROLE.opener ? 'opener' : 'approver';

/** An assertion as the desks take it. */
export interface AssertionJson {
  readonly credentialId: string;
  readonly authenticatorData: string;
  readonly clientDataJSON: string;
  readonly signature: string;
}

/**
 * Has the officer's passkey sign a case. The challenge is computed here, from the bytes that the screen shows; the desk has
 * no say in it. Throws `PasskeyRefused`.
 */
export async function signBytes(
  app: Console,
  bytes: Uint8Array,
  credentialIds: readonly string[],
): Promise<AssertionJson> {
  const { id, response } = await signChallenge(
    app.authenticator,
    approvalChallenge(roleHere(app), bytes),
    { rpId: location.hostname },
    credentialIds.map((one) => ({ type: 'public-key', id: fromBase64(one) as Uint8Array<ArrayBuffer> })),
  );
  return {
    credentialId: id,
    authenticatorData: String(response.authenticatorData),
    clientDataJSON: String(response.clientDataJSON),
    signature: String(response.signature),
  };
}

/** The hash in groups that two people can compare over the telephone. */
export const inGroups = (hex: string): readonly string[] => hex.match(/.{1,4}/g) ?? [];
