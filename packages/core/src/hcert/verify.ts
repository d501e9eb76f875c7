import { sha256, toHex, utf8Encode } from '../encoding/index.ts';
import type { KeySteps, Parsed, Verified } from '../formats/types.ts';
import { type Algorithm, type Crypto, toBeSigned } from '../signing/index.ts';
import type { Trust, TrustedKey } from '../trust/types.ts';
import type { Envelope } from './cwt.ts';
import type { CertificateParts } from './parse.ts';
import { eventOf } from './schema.ts';

const NO_AAD = new Uint8Array(0);
const isAlgorithm = (name: string | null): name is Algorithm => name === 'ES256' || name === 'PS256';

/**
 * Judges `issuer`, `signature`, `keyUsage` and `revocation` with the keys of the certificate's key id. The algorithm that the
 * header names must be the key's own; a key of another kind never verifies.
 */
export async function verifyCertificate(
  parts: CertificateParts,
  parsed: Parsed<CertificateParts>,
  trust: Trust,
  crypto: Crypto,
): Promise<Verified> {
  const { envelope, kind } = parts;
  const candidates = parsed.keyId === null ? [] : trust.keys('hcert', parsed.keyId);
  const first = candidates[0];
  if (first === undefined) {
    const steps: KeySteps = {
      issuer: 'unknown',
      signature: 'unknown',
      keyUsage: kind ? 'unknown' : 'not-reached',
      revocation: withdrawal(parts, trust),
    };
    return { steps, broken: false, reason: null, key: null };
  }
  const { algorithm } = envelope;
  let key: TrustedKey = first;
  let genuine = false;
  if (isAlgorithm(algorithm)) {
    const signed = signedBytes(envelope);
    for (const candidate of candidates) {
      if (candidate.algorithm !== null && candidate.algorithm !== algorithm) continue;
      if (await crypto.verify(algorithm, candidate.publicKey, signed, envelope.signature)) {
        key = candidate;
        genuine = true;
        break;
      }
    }
  }
  const { usage, withdrawn } = key;
  const steps: KeySteps = {
    issuer: withdrawn ? 'failed' : 'ok',
    signature: genuine ? 'ok' : 'failed',
    keyUsage: kind === null ? 'not-reached' : usage === null || usage.includes(kind) ? 'ok' : 'failed',
    revocation: withdrawn ? 'failed' : withdrawal(parts, trust),
  };
  return { steps, broken: false, reason: withdrawn ? 'withdrawn' : null, key };
}

/** What the issuer signed. A protected header without fields is signed as no bytes at all (RFC 9052 §4.4). */
export function signedBytes({ header, payload }: Pick<Envelope, 'header' | 'payload'>): Uint8Array {
  const isEmpty = header.length === 1 && header[0] === 0xa0;
  return toBeSigned(isEmpty ? NO_AAD : header, NO_AAD, payload);
}

const hash16 = (bytes: Uint8Array) => toHex(sha256(bytes).subarray(0, 16));

/** Asks the lists of withdrawn certificates; the hashes are worked out only where there is a list. */
function withdrawal(parts: CertificateParts, trust: Trust) {
  const unlisted = trust.revocation('hcert', []);
  return unlisted === 'unknown' ? unlisted : trust.revocation('hcert', revocationIdentifiers(parts));
}

/**
 * The names under which a certificate may stand on a list (EU revocation, hash types UCI, COUNTRYCODEUCI and SIGNATURE):
 * first 16 bytes of SHA-256 over the certificate identifier, over country and identifier, and over the signature (of ES256
 * only its first half). Lower-case hex.
 */
export function revocationIdentifiers({ envelope, cwt }: CertificateParts): string[] {
  const event = cwt?.certificate ? eventOf(cwt.certificate) : null;
  const identifier = event?.fields.get('ci');
  const country = cwt?.issuer ?? event?.fields.get('co');
  const signature =
    envelope.algorithm === 'ES256'
      ? envelope.signature.subarray(0, envelope.signature.length / 2)
      : envelope.signature;
  const names = [hash16(signature)];
  if (typeof identifier === 'string') {
    names.push(hash16(utf8Encode(identifier)));
    if (typeof country === 'string') names.push(hash16(utf8Encode(country + identifier)));
  }
  return names;
}
