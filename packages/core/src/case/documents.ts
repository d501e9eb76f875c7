import { decodeDeterministic, encodeDeterministic, sha256 } from '../encoding/index.ts';
import { fieldReader } from '../trust/fields.ts';
import { APPROVAL_ROLES, type Approval, BODIES, type Case } from './types.ts';

const read = fieldReader('case.structure', 'case');
const LIMITS = { maxBytes: 8192, maxDepth: 3 };
const readApproval = fieldReader('case.structure', 'case approval');

/** Longest legal basis, reason and issuer name, in characters. */
export const LONGEST_BASIS = 200;
export const LONGEST_REASON = 500;
const LONGEST_ISSUER = 64;
const MOST_ISSUERS = 16;
/** Most subjects that any case may ask for. */
export const LARGEST_CAP = 100_000;
export const LONGEST_DWELL_MINUTES = 1440;

/** The exact bytes that both officers sign (docs/protocol/case.cddl). Issuers are put in order. */
export function encodeCase(one: Case): Uint8Array {
  const bytes = encodeDeterministic([
    1,
    one.id,
    one.venueId,
    [one.from, one.until],
    one.basis,
    one.reason,
    [...one.issuers].sort(),
    one.cap,
    [one.openedAt, one.expiresAt],
    one.dwellMinutes,
    one.policy,
    [one.bundle.rootVersion, one.bundle.sequence],
  ]);
  decodeCase(bytes);
  return bytes;
}

/** Reads a case. Throws `case.structure` or an encoding error. */
export function decodeCase(bytes: Uint8Array): Case {
  const fields = read.array(decodeDeterministic(bytes, LIMITS), 'twelve fields', 12);
  read.version(fields[0]);
  const [from, until] = read.array(fields[3], 'window', 2);
  const [openedAt, expiresAt] = read.array(fields[8], 'times', 2);
  const [rootVersion, sequence] = read.array(fields[11], 'bundle', 2);
  const issuers = read
    .array(fields[6], 'issuers', 0, MOST_ISSUERS)
    .map((name) => words(name, 'name of an issuer', LONGEST_ISSUER));
  if (issuers.some((name, i) => i > 0 && !(issuers[i - 1]! < name)))
    throw read.wrong('issuers are in order, each once');
  return {
    id: read.bytes(fields[1], 'id', 16),
    venueId: read.uint(fields[2], 'venue-id', 1),
    from: read.uint(from, 'from'),
    until: read.uint(until, 'until'),
    basis: words(fields[4], 'basis', LONGEST_BASIS),
    reason: words(fields[5], 'reason', LONGEST_REASON),
    issuers,
    cap: read.uint(fields[7], 'cap', 0, LARGEST_CAP),
    openedAt: read.uint(openedAt, 'opened-at'),
    expiresAt: read.uint(expiresAt, 'expires-at'),
    dwellMinutes: read.uint(fields[9], 'dwell-minutes', 0, LONGEST_DWELL_MINUTES),
    policy: words(fields[10], 'policy', 64),
    bundle: {
      rootVersion: read.uint(rootVersion, 'root-version', 1),
      sequence: read.uint(sequence, 'sequence', 1),
    },
  };
}

function words(value: Parameters<typeof read.text>[0], what: string, most: number): string {
  const text = read.text(value, what, most);
  if (text.trim() === '') throw read.wrong(`${what} is not empty`);
  return text;
}

/** The hash by which everything after it names a case. */
export const caseHash = (bytes: Uint8Array): Uint8Array => sha256(bytes);

/** An approval as it is kept and passed on. */
export const encodeApproval = (one: Approval): Uint8Array =>
  encodeDeterministic([
    1,
    one.role,
    one.body,
    one.credentialId,
    one.authenticatorData,
    one.clientDataJson,
    one.signature,
    one.at,
  ]);

/** Reads an approval; nothing is verified. Throws `case.structure` or an encoding error. */
export function decodeApproval(bytes: Uint8Array): Approval {
  const r = readApproval;
  const fields = r.array(decodeDeterministic(bytes, LIMITS), 'eight fields', 8);
  r.version(fields[0]);
  return {
    role: r.word(fields[1], 'role', APPROVAL_ROLES),
    body: r.word(fields[2], 'body', BODIES),
    credentialId: r.bytes(fields[3], 'credential-id', 1, 1023),
    authenticatorData: r.bytes(fields[4], 'authenticator-data', 37, 1024),
    clientDataJson: r.bytes(fields[5], 'client-data-json', 2, 2048),
    signature: r.bytes(fields[6], 'signature', 8, 72),
    at: r.uint(fields[7], 'at'),
  };
}
