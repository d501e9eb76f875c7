import { createHash, createPublicKey, type JsonWebKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { FormatName } from '@munjigi/core/gate';
import { usageOf } from '@munjigi/core/hcert';
import type { Algorithm } from '@munjigi/core/signing';
import type { TrustedKey } from '@munjigi/core/trust';

/** Stands for every key id: a bare key given by hand names none. */
export const ANY_KEY_ID = '*';

/** How a certificate or key was given, and for whom it speaks. */
export interface KeyContext {
  /** The issuer that a bare key speaks for. */
  readonly issuer: string | null;
}

function algorithmOf(key: KeyObject): Algorithm | null {
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256';
  return key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'rsa-pss' ? 'PS256' : null;
}

/** A plain Uint8Array of its own: keys are cached by the identity of this array. */
const spkiOf = (key: KeyObject): Uint8Array => new Uint8Array(key.export({ type: 'spki', format: 'der' }));

function trusted(
  format: FormatName,
  keyId: string,
  key: KeyObject,
  rest: Partial<Pick<TrustedKey, 'issuer' | 'usage' | 'from' | 'until'>>,
): TrustedKey | null {
  const algorithm = algorithmOf(key);
  if (algorithm === null || (format === 'entry-pass' && algorithm !== 'ES256')) return null;
  const { issuer = 'given by hand', usage = null, from = null, until = null } = rest;
  return { format, keyId, publicKey: spkiOf(key), algorithm, issuer, usage, from, until, withdrawn: false };
}

const kept = (keys: readonly (TrustedKey | null)[]): TrustedKey[] => keys.filter((key) => key !== null);

/**
 * The key of an X.509 certificate (DER). Its id is the first 8 bytes of SHA-256 over the certificate, in base64; its
 * extended key usage says which events it may sign. Throws where the bytes are no certificate.
 */
export function keysOfCertificate(der: Uint8Array): TrustedKey[] {
  const certificate = new X509Certificate(der);
  const keyId = createHash('sha256').update(certificate.raw).digest().subarray(0, 8).toString('base64');
  const country = /^C=(.+)$/m.exec(certificate.subject)?.[1];
  const key = trusted('hcert', keyId, certificate.publicKey, {
    issuer: country ?? certificate.subject.replaceAll('\n', ', '),
    usage: usageOf(certificate.keyUsage ?? []),
    from: Math.floor(Date.parse(certificate.validFrom) / 1000),
    until: Math.floor(Date.parse(certificate.validTo) / 1000),
  });
  return kept([key]);
}

/** A bare public key (SubjectPublicKeyInfo, DER): trusted for any key id of the formats that name keys by certificate. */
export function keysOfSpki(
  der: Uint8Array,
  keyId = ANY_KEY_ID,
  usage: readonly string[] | null = null,
  context?: KeyContext,
): TrustedKey[] {
  const key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
  return kept([
    trusted('hcert', keyId, key, { usage, ...(context?.issuer ? { issuer: context.issuer } : {}) }),
  ]);
}

/** A certificate or a bare key, in base64 of DER. */
export function keysOfBase64(text: string, context: KeyContext): TrustedKey[] {
  const der = Buffer.from(text, 'base64');
  return isCertificate(der) ? keysOfCertificate(der) : keysOfSpki(der, ANY_KEY_ID, null, context);
}

/** True where the DER is a certificate: a sequence that starts with a sequence that does not start with an object id. */
export function isCertificate(der: Uint8Array): boolean {
  try {
    return new X509Certificate(der).raw.length > 0;
  } catch {
    return false;
  }
}

const IS_HEX_KID = /^(?:[0-9a-f]{2}){1,2}$/i;

/**
 * A JWK. One whose "kid" is one or two bytes in hex is the key of an entry pass; any other names its key as EU certificates
 * do, in base64, and one without "kid" stands for any id. "use" of ours: "specimen".
 */
export function keysOfJwk(jwk: Readonly<Record<string, unknown>>, context: KeyContext): TrustedKey[] {
  const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  const issuer = context.issuer ? { issuer: context.issuer } : {};
  const kid = typeof jwk.kid === 'string' ? jwk.kid : null;
  if (kid === null) return kept([trusted('hcert', ANY_KEY_ID, key, issuer)]);
  const usage = [jwk.use === 'specimen' ? 'specimen' : 'pass'];
  const own = IS_HEX_KID.test(kid)
    ? trusted('entry-pass', kid.toLowerCase(), key, { ...issuer, usage })
    : null;
  return kept([own, trusted('hcert', Buffer.from(kid, 'base64').toString('base64'), key, issuer)]);
}
