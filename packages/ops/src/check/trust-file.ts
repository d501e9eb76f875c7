import type { Crypto } from '@munjigi/core/signing';
import {
  compileTrust,
  openBundle,
  openRoot,
  type Root,
  type Trust,
  type TrustedKey,
} from '@munjigi/core/trust';
import { readVouchedBundle } from '@munjigi/core/trust/publish';
import { type KeyContext, keysOfBase64, keysOfCertificate, keysOfJwk, keysOfSpki } from './keys.ts';
import { UsageError } from './usage.ts';

type Json = Readonly<Record<string, unknown>>;

/** What one `--trust` file holds. */
export type TrustFile =
  | { readonly kind: 'keys'; readonly keys: readonly TrustedKey[] }
  | { readonly kind: 'signed'; readonly bytes: Uint8Array };

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/g;
const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Detects what a `--trust` file is and reads its keys. Throws a `UsageError` that says what it may be, or that its format is
 * not read yet.
 */
export function readTrustFile(name: string, bytes: Uint8Array, context: KeyContext): TrustFile {
  try {
    return detect(bytes, context);
  } catch (error) {
    const why =
      error instanceof UsageError
        ? error.message
        : 'it is no trust bundle, certificate, key set or JWK that can be read';
    throw new UsageError(`--trust ${name}: ${why}.`);
  }
}

function detect(bytes: Uint8Array, context: KeyContext): TrustFile {
  if (bytes[0] === 0x84) return { kind: 'signed', bytes };
  if (bytes[0] === 0x30)
    return { kind: 'keys', keys: keysOfBase64(Buffer.from(bytes).toString('base64'), context) };
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim();
  if (text.startsWith('{') || text.startsWith('['))
    return { kind: 'keys', keys: keysOfJson(JSON.parse(text) as unknown, context) };
  const armoured = [...text.matchAll(PEM)].flatMap(([, label, body]) => {
    const der = Buffer.from(body!, 'base64');
    return label === 'CERTIFICATE'
      ? keysOfCertificate(der)
      : label === 'PUBLIC KEY'
        ? keysOfSpki(der, undefined, null, context)
        : [];
  });
  if (armoured.length > 0) return { kind: 'keys', keys: armoured };
  if (BASE64.test(text)) return { kind: 'keys', keys: keysOfBase64(text, context) };
  throw new UsageError('it holds no certificate or key that can be used');
}

function keysOfJson(json: unknown, context: KeyContext): TrustedKey[] {
  if (Array.isArray(json)) return json.flatMap((item) => entry(item, context));
  if (!isObject(json)) throw new UsageError('it is no JSON object');
  if ('issuerInfo' in json)
    throw new UsageError('a VCI snapshot names keys of SMART Health Cards, which are not read yet');
  if ('verificationMethod' in json || 'assertionMethod' in json) {
    throw new UsageError('a DID document names keys of a format that is not read yet');
  }
  if (Array.isArray(json.keys)) return json.keys.flatMap((item) => entry(item, context));
  if (typeof json.kty === 'string') return keysOfJwk(json, context);
  const table = isObject(json.eu_keys) ? json.eu_keys : json;
  return Object.entries(table).flatMap(([kid, list]) => {
    if (!Array.isArray(list)) throw new UsageError('each key id stands for a list of {subjectPk, keyUsage}');
    return list.flatMap((item: unknown) => {
      if (!isObject(item) || typeof item.subjectPk !== 'string')
        throw new UsageError('each key id stands for a list of {subjectPk, keyUsage}');
      const usage =
        Array.isArray(item.keyUsage) && item.keyUsage.length > 0 ? (item.keyUsage as string[]) : null;
      return keysOfSpki(Buffer.from(item.subjectPk, 'base64'), kid, usage, context);
    });
  });
}

/** One entry of a list: a JWK, or base64 of a certificate or a bare key. Throws a `UsageError` for anything else. */
export function entry(item: unknown, context: KeyContext): TrustedKey[] {
  try {
    if (typeof item === 'string') return keysOfBase64(item, context);
    if (isObject(item)) return keysOfJwk(item, context);
  } catch {
    // Falls through to the sentence below: what the platform says of a broken key helps nobody.
  }
  throw new UsageError('a key is base64 of a certificate or of a SubjectPublicKeyInfo, or a JWK');
}

/** Several sources of trust as one: a key counts when any of them has it; a list of withdrawn passes, when any of them names it. */
export function joinTrust(sources: readonly Trust[]): Trust {
  return {
    keys: (format, keyId) => sources.flatMap((trust) => trust.keys(format, keyId)),
    revocation(format, identifiers) {
      const states = sources.map((trust) => trust.revocation(format, identifiers));
      return (
        states.find((state) => state === 'failed') ?? states.find((state) => state === 'ok') ?? 'unknown'
      );
    },
    grid: sources.find((trust) => trust.grid !== null)?.grid ?? null,
    issuedAt: sources.find((trust) => trust.issuedAt !== null)?.issuedAt ?? null,
  };
}

/**
 * The trust of the signed documents that were given. With a root document beside them, bundles must verify under it; without
 * one, whoever names a bundle vouches for it. Throws a `UsageError`.
 */
export async function trustOfSigned(
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
  crypto: Crypto,
): Promise<Trust[]> {
  const roots: Root[] = [];
  const others: (typeof files)[number][] = [];
  for (const file of files) {
    try {
      roots.push(await openRoot(file.bytes, crypto));
    } catch {
      others.push(file);
    }
  }
  const trusts: Trust[] = [];
  for (const { name, bytes } of others) {
    try {
      const [root] = roots;
      trusts.push(
        compileTrust(root ? (await openBundle(bytes, root, crypto)).bundle : readVouchedBundle(bytes)),
      );
    } catch (error) {
      throw new UsageError(
        `--trust ${name}: ${error instanceof Error ? error.message : 'it is no trust bundle'}`,
      );
    }
  }
  return trusts;
}
