import { createHash } from 'node:crypto';
import type { FormatName } from '@munjigi/core/gate';
import type { WithdrawnLists } from '@munjigi/core/trust';
import { UsageError } from './usage.ts';

type Lists = Partial<Record<FormatName, string[]>>;
const READ: readonly FormatName[] = ['entry-pass', 'hcert'];
const HASH = /^[0-9a-f]{32,128}$/i;

/** A line of a list: a hash in hex, or an identifier that is hashed here as the lists of the EU do. */
const nameOf = (item: string): string =>
  HASH.test(item)
    ? item.toLowerCase().slice(0, 32)
    : createHash('sha256').update(item).digest('hex').slice(0, 32);

const strings = (list: readonly unknown[]): string[] =>
  list.filter((item) => typeof item === 'string').map(nameOf);

/**
 * Reads a list of withdrawn passes: one identifier or hash a line; a JSON array of them; `{format: […]}`; a batch of the EU
 * (`{entries: [{hash}]}`, base64); or a national list (`{revokedCerts: […]}`). A list that names no format holds for all.
 * Throws a `UsageError`.
 */
export function readRevokedFile(name: string, bytes: Uint8Array): WithdrawnLists {
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim();
  const forAll = (list: string[]): Lists => Object.fromEntries(READ.map((format) => [format, list]));
  if (!text.startsWith('{') && !text.startsWith('[')) {
    return forAll(
      text
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map(nameOf),
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UsageError(`--revoked ${name}: it is no JSON and no list of lines`);
  }
  if (Array.isArray(json)) return forAll(strings(json));
  const fields = json as Readonly<Record<string, unknown>>;
  if (Array.isArray(fields.entries)) {
    const hashes = fields.entries.flatMap((item: unknown) => {
      const hash = (item as { hash?: unknown } | null)?.hash;
      return typeof hash === 'string' ? [Buffer.from(hash, 'base64').toString('hex').slice(0, 32)] : [];
    });
    return { hcert: hashes };
  }
  if (Array.isArray(fields.revokedCerts)) return { hcert: strings(fields.revokedCerts) };
  const lists = Object.entries(fields).filter(
    ([format, list]) => READ.includes(format as FormatName) && Array.isArray(list),
  );
  if (lists.length === 0)
    throw new UsageError(`--revoked ${name}: no list of a format that is read here (${READ.join(', ')})`);
  return Object.fromEntries(lists.map(([format, list]) => [format, strings(list as unknown[])]));
}
