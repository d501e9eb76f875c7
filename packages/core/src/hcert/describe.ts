import { type CborValue, sha256, toHex, utf8Encode } from '../encoding/index.ts';
import type { Described } from '../formats/types.ts';
import type { CertificateParts } from './parse.ts';
import { eventOf } from './schema.ts';

const MAX_IDENTIFIER = 80;

const text = (value: CborValue | undefined): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : null;

/** CBOR as the JSON that it stands for; byte strings become hex. */
export function toJson(value: CborValue | undefined): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, inner]) => [String(key), toJson(inner)]));
  if (Array.isArray(value)) return (value as CborValue[]).map(toJson);
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === 'bigint') return value.toString();
  return value ?? null;
}

/**
 * What a certificate says that a door may use, and its whole content for reports. The name is for the comparison with an
 * identity card, in memory; nobody keeps it. An identifier of more than 80 characters is replaced by its SHA-256.
 */
export function describeCertificate({ envelope, cwt }: CertificateParts, whole: boolean): Described {
  const certificate = cwt?.certificate;
  if (!certificate) return { claim: null, payload: null };
  const event = eventOf(certificate);
  const named = text(event?.fields.get('ci')) ?? toHex(sha256(envelope.payload));
  const identifier = named.length > MAX_IDENTIFIER ? toHex(sha256(utf8Encode(named))) : named;
  const name = certificate.get('nam');
  const names = name instanceof Map ? (name as ReadonlyMap<number | string, CborValue>) : null;
  return {
    claim: {
      kind: 'foreign',
      format: 'hcert',
      identifier,
      familyName: text(names?.get('fn')) ?? text(names?.get('fnt')),
      birthDate: text(certificate.get('dob')),
      country: text(event?.fields.get('co')) ?? cwt.issuer,
      subject: { kind: 'foreign', format: 'hcert', identifier },
    },
    payload: whole ? toJson(certificate) : null,
  };
}
