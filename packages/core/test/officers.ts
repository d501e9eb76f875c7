import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import {
  type Approval,
  type ApprovalRole,
  approvalChallenge,
  BODY_OF_ROLE,
  type Case,
  type CaseContext,
  encodeApproval,
  encodeCase,
  type OfficerKey,
} from '../src/case/index.ts';
import { concatBytes, toBase64url, utf8Encode } from '../src/encoding/index.ts';
import { type TestKey, testKey } from './test-keys.ts';

export const CONSOLES = {
  authority: { origins: ['https://authority.example'], rpId: 'authority.example' },
  register: { origins: ['https://register.example'], rpId: 'register.example' },
} as const;
export const NOW = 1_641_450_000;
const DAY = 86_400;

export const CASE: Case = {
  id: new Uint8Array(16).fill(7),
  venueId: 7,
  from: NOW - 7200,
  until: NOW - 3600,
  basis: 'Act 76-2',
  reason: 'One confirmed guest',
  issuers: ['kr-2022'],
  cap: 200,
  openedAt: NOW - 600,
  expiresAt: NOW + DAY,
  dwellMinutes: 120,
  policy: 'kr-2022',
  bundle: { rootVersion: 1, sequence: 4 },
};

export const OFFICER_KEYS: Record<ApprovalRole, TestKey> = {
  opener: testKey('mj1 test officer authority'),
  approver: testKey('mj1 test officer register'),
};
export const credentialOf = (role: ApprovalRole) => new Uint8Array(16).fill(role === 'opener' ? 1 : 2);
export const OFFICERS: readonly OfficerKey[] = (['opener', 'approver'] as const).map((role) => ({
  body: BODY_OF_ROLE[role],
  role: 'officer',
  credentialId: credentialOf(role),
  publicKey: OFFICER_KEYS[role].publicKey,
  from: NOW - 30 * DAY,
  until: null,
}));
export const CONTEXT: CaseContext = {
  now: NOW,
  oldest: NOW - 27 * DAY,
  policy: 'kr-2022',
  bundle: { rootVersion: 1, sequence: 4 },
  officers: OFFICERS,
  consoles: CONSOLES,
};

const hash = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());

/** What an authenticator or a browser may be made to say wrong. */
export interface Wrong {
  readonly over?: Uint8Array;
  readonly challengeRole?: ApprovalRole;
  readonly type?: string;
  readonly origin?: string;
  readonly rpId?: string;
  readonly flags?: number;
  readonly client?: Record<string, unknown>;
  readonly key?: TestKey;
  readonly credentialId?: Uint8Array;
  readonly body?: Approval['body'];
  readonly extra?: number;
  readonly at?: number;
}

/** DER of a raw signature, by the platform itself. */
export function derSigned(key: TestKey, data: Uint8Array): Uint8Array {
  const raw = key.sign(data) as Uint8Array;
  const integer = (bytes: Uint8Array) => {
    let at = 0;
    while (at < 31 && bytes[at] === 0) at += 1;
    const digits = bytes.subarray(at);
    return concatBytes(
      digits[0]! > 0x7f ? Uint8Array.of(2, digits.length + 1, 0) : Uint8Array.of(2, digits.length),
      digits,
    );
  };
  const body = concatBytes(integer(raw.subarray(0, 32)), integer(raw.subarray(32)));
  return concatBytes(Uint8Array.of(0x30, body.length), body);
}

/** An approval as a genuine authenticator makes it, or wrong in one named way. */
export function approve(role: ApprovalRole, caseBytes = encodeCase(CASE), wrong: Wrong = {}): Uint8Array {
  const body = wrong.body ?? BODY_OF_ROLE[role];
  const console = CONSOLES[body as 'register'];
  const clientDataJson = utf8Encode(
    JSON.stringify({
      type: wrong.type ?? 'webauthn.get',
      challenge: toBase64url(approvalChallenge(wrong.challengeRole ?? role, wrong.over ?? caseBytes)),
      origin: wrong.origin ?? console.origins[0],
      crossOrigin: false,
      ...wrong.client,
    }),
  );
  const authenticatorData = concatBytes(
    hash(utf8Encode(wrong.rpId ?? console.rpId)),
    Uint8Array.of(wrong.flags ?? 0x05, 0, 0, 0, 9),
    new Uint8Array(wrong.extra ?? 0),
  );
  return encodeApproval({
    role,
    body,
    credentialId: wrong.credentialId ?? credentialOf(role),
    authenticatorData,
    clientDataJson,
    signature: derSigned(
      wrong.key ?? OFFICER_KEYS[role],
      concatBytes(authenticatorData, hash(clientDataJson)),
    ),
    at: wrong.at ?? NOW - 300,
  });
}

/** A key that is no P-256 key, as Windows Hello may make one, with its signature. */
export function rsaKey() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    spki: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
    sign: (data: Uint8Array) => new Uint8Array(sign('sha256', data, privateKey)),
  };
}
