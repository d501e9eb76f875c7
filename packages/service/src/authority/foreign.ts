import { createHash, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ForeignEntry } from '@munjigi/core/trust';

/** What a signer certificate of the EU may sign (extended key usage). */
const USAGES: Readonly<Record<string, string>> = {
  '1.3.6.1.4.1.1847.2021.1.1': 't',
  '1.3.6.1.4.1.1847.2021.1.2': 'v',
  '1.3.6.1.4.1.1847.2021.1.3': 'r',
  '1.3.6.1.4.1.0.1847.2021.1.1': 't',
  '1.3.6.1.4.1.0.1847.2021.1.2': 'v',
  '1.3.6.1.4.1.0.1847.2021.1.3': 'r',
};

/** Certificates that were read, and files of the folder that were not. */
export interface ForeignFolder {
  readonly entries: readonly ForeignEntry[];
  readonly unreadable: readonly string[];
}

/**
 * Signer certificates of other countries, from a folder of PEM or DER files (.pem, .crt, .cer, .der). The key id is the
 * first 8 bytes of the certificate's SHA-256, as EU certificates name it. A missing folder is an empty one.
 */
export function readForeign(folder: string): ForeignFolder {
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => /\.(pem|crt|cer|der)$/i.test(name))
      .sort();
  } catch {
    return { entries: [], unreadable: [] };
  }
  const entries: ForeignEntry[] = [];
  const unreadable: string[] = [];
  for (const name of names) {
    const certificates = certificatesOf(readFileSync(join(folder, name)));
    const found = certificates.flatMap((certificate) => entryOf(certificate) ?? []);
    if (found.length === 0) unreadable.push(name);
    entries.push(...found);
  }
  const unique = new Map(
    entries.map((entry) => [`${entry.keyId} ${Buffer.from(entry.spki).toString('base64')}`, entry]),
  );
  return { entries: [...unique.values()], unreadable };
}

function certificatesOf(content: Buffer): X509Certificate[] {
  const text = content.toString('latin1');
  const pems = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g);
  return (pems ?? [content]).flatMap((one) => {
    try {
      return [new X509Certificate(one)];
    } catch {
      return [];
    }
  });
}

function entryOf(certificate: X509Certificate): ForeignEntry | null {
  const { publicKey } = certificate;
  const curve = publicKey.asymmetricKeyDetails?.namedCurve;
  const algorithm =
    publicKey.asymmetricKeyType === 'ec' && curve === 'prime256v1'
      ? 'ES256'
      : publicKey.asymmetricKeyType === 'rsa'
        ? 'PS256'
        : null;
  if (!algorithm) return null;
  const usage = (certificate.keyUsage ?? []).flatMap((oid) => USAGES[oid] ?? []);
  return {
    format: 'hcert',
    keyId: createHash('sha256').update(certificate.raw).digest().subarray(0, 8).toString('base64'),
    algorithm,
    spki: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
    country:
      /(?:^|\n)C=([^\n]+)/.exec(certificate.subject)?.[1] ??
      /(?:^|\n)C=([^\n]+)/.exec(certificate.issuer)?.[1] ??
      '',
    usage: usage.length === 0 ? null : usage,
    from: Math.floor(Date.parse(certificate.validFrom) / 1000),
    until: Math.floor(Date.parse(certificate.validTo) / 1000),
  };
}
