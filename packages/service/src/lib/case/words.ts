import { type ApprovalRole, approvalChallenge, BODY_OF_ROLE, caseHash, decodeCase } from '@munjigi/core/case';
import { toBase64url } from '@munjigi/core/encoding';
import { nowSeconds } from '../../clock/index.ts';
import type { CaseJudge } from './judge.ts';

/** What a console shows of a case. */
export function summaryOf(caseBytes: Uint8Array) {
  const { venueId, from, until, basis, reason, issuers, cap, dwellMinutes, openedAt, expiresAt } =
    decodeCase(caseBytes);
  const terms = { venueId, from, until, basis, reason, issuers: [...issuers], cap, dwellMinutes };
  return { ...terms, openedAt, expiresAt };
}

/** What a console asks the passkey of an officer for: the exact bytes, and which credentials may sign them. */
export async function toSign(judge: CaseJudge, role: ApprovalRole, caseBytes: Uint8Array) {
  const body = BODY_OF_ROLE[role];
  const { officers } = await judge.trust();
  const now = nowSeconds(judge.parts.clock);
  const inForce = officers.filter(
    (officer) =>
      officer.body === body &&
      officer.role === 'officer' &&
      officer.from <= now &&
      (officer.until === null || now < officer.until),
  );
  return {
    id: toBase64url(decodeCase(caseBytes).id),
    case: toBase64url(caseBytes),
    hash: toBase64url(caseHash(caseBytes)),
    challenge: toBase64url(approvalChallenge(role, caseBytes)),
    rpId: judge.parts.consoles[body]?.rpId ?? '',
    credentialIds: inForce.map(({ credentialId }) => toBase64url(credentialId)),
  };
}
