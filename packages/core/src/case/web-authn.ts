import { concatBytes, equalBytes, sha256, toBase64url, utf8Decode, utf8Encode } from '../encoding/index.ts';
import { type Crypto, pointFromSpki, spkiFromPoint } from '../signing/index.ts';
import type { Approval, ApprovalRole, CaseProblem, Console } from './types.ts';

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const BACKUP_ELIGIBLE = 0x08;
const BACKED_UP = 0x10;

/** What an officer's passkey signs for a case: 32 bytes. The role is in it, so that no signature serves twice. */
export const approvalChallenge = (role: ApprovalRole, caseBytes: Uint8Array): Uint8Array =>
  sha256(
    concatBytes(
      utf8Encode('mj1-case-approval'),
      Uint8Array.of(0),
      utf8Encode(role),
      Uint8Array.of(0),
      caseBytes,
    ),
  );

/** The 65-byte point of an officer's key, or null for any other kind of key: approvals are ES256 alone. */
export const officerPoint = (publicKey: Uint8Array): Uint8Array | null =>
  publicKey.length === 65 && publicKey[0] === 4 ? publicKey : pointFromSpki(publicKey);

/**
 * The offline check of an assertion (WebAuthn level 3, section 7.2, steps 10 to 21, without what the session of a server
 * would add): type, challenge, exact origin, rpId, presence, verification, no synced key, signature. Answers the first rule
 * that is broken, or null. The signature counter is advisory and not looked at.
 */
export async function assertionProblem(
  approval: Approval,
  caseBytes: Uint8Array,
  publicKey: Uint8Array,
  home: Console,
  crypto: Crypto,
): Promise<CaseProblem | null> {
  const point = officerPoint(publicKey);
  if (point === null) return 'algorithm';
  const said = clientData(approval.clientDataJson);
  if (said === null || said.type !== 'webauthn.get') return 'type';
  if (said.challenge !== toBase64url(approvalChallenge(approval.role, caseBytes))) return 'challenge';
  if (!isOrigin(home, said.origin)) return 'origin';
  if ((said.crossOrigin ?? false) !== false || said.topOrigin !== undefined) return 'cross-origin';
  const data = approval.authenticatorData;
  // No extension is asked for and no credential is made: exactly hash, flags and counter.
  if (data.length !== 37) return 'structure';
  if (!equalBytes(data.subarray(0, 32), sha256(utf8Encode(home.rpId)))) return 'rp-id';
  const flags = data[32]!;
  if ((flags & USER_PRESENT) === 0) return 'user-present';
  if ((flags & USER_VERIFIED) === 0) return 'user-verified';
  if ((flags & (BACKUP_ELIGIBLE | BACKED_UP)) !== 0) return 'backup-eligible';
  const signature = rawSignature(approval.signature);
  if (signature === null) return 'signature';
  const signed = concatBytes(data, sha256(approval.clientDataJson));
  return (await crypto.verify('ES256', spkiFromPoint(point), signed, signature)) ? null : 'signature';
}

/** Exactly one of the console's origins. Any port is taken only where an origin of this very machine says so. */
function isOrigin({ origins }: Console, origin: unknown): boolean {
  if (typeof origin !== 'string') return false;
  return origins.some((allowed) => {
    if (!allowed.endsWith('.localhost:*')) return allowed === origin;
    const host = allowed.slice(0, -1);
    return origin.startsWith(host) && /^[0-9]{1,5}$/.test(origin.slice(host.length));
  });
}

function clientData(bytes: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(utf8Decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** r and s of 32 bytes each from a DER ECDSA signature (RFC 3279 section 2.2.3), in its one strict form; null for anything else. */
export function rawSignature(der: Uint8Array): Uint8Array | null {
  if (der.length < 8 || der.length > 72 || der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const out = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1];
    if (der[at] !== 0x02 || length === undefined || length < 1 || length > 33) return null;
    const start = at + 2;
    if (start + length > der.length) return null;
    const first = der[start]!;
    if (first > 0x7f || (first === 0 && length > 1 && der[start + 1]! < 0x80)) return null;
    const digits = der.subarray(first === 0 ? start + 1 : start, start + length);
    if (digits.length > 32) return null;
    out.set(digits, end - digits.length);
    at = start + length;
  }
  return at === der.length ? out : null;
}
