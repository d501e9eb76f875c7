import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64, toBase64url, toHex, utf8Encode } from '@munjigi/core/encoding';
import type { Database } from '@munjigi/service/db';

/** A value that must stand nowhere, as text or bytes, and its other spellings. */
export interface Planted {
  readonly what: string;
  readonly spellings: readonly string[];
  readonly bytes: Uint8Array;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '');

/** The ways in which bytes get into a text by accident. */
const spelled = (bytes: Uint8Array): string[] => [
  toHex(bytes),
  toBase64url(bytes),
  base64(bytes),
  [...bytes].join(','),
];

/** A text to be looked for: as it is, without its dashes, as JSON and addresses write it, and as bytes. */
export function plantedText(what: string, text: string): Planted {
  const bytes = utf8Encode(text);
  const escaped = [...text].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  const plain = [text, text.replaceAll('-', ''), encodeURIComponent(text), escaped];
  return { what, bytes, spellings: [...new Set([...plain, ...spelled(bytes)])] };
}

/** Bytes to be looked for, however they are spelled. A text of base64url is the same bytes. */
export function plantedBytes(what: string, value: Uint8Array | string): Planted {
  const bytes = typeof value === 'string' ? fromBase64(value) : value;
  return { what, bytes, spellings: spelled(bytes) };
}

/** What of the planted stands in a text, by name. */
export const foundIn = (text: string, planted: readonly Planted[]): string[] => {
  const lower = text.toLowerCase();
  return planted
    .filter(({ spellings }) =>
      spellings.some((one) => text.includes(one) || lower.includes(one.toLowerCase())),
    )
    .map(({ what }) => what);
};

/** Every row of every table of a database, as its own text: bytes in hexadecimal. */
export async function everyRow(db: Database): Promise<{ table: string; text: string }[]> {
  const { rows: tables } = await db.query<{ name: string }>(
    `SELECT quote_ident(nspname) || '.' || quote_ident(relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE relkind IN ('r', 'p') AND nspname !~ '^(pg_|information_schema)' AND NOT relispartition ORDER BY 1`,
  );
  const all: { table: string; text: string }[] = [];
  for (const { name } of tables) {
    const { rows } = await db.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`);
    all.push(...rows.map(({ text }) => ({ table: name, text })));
  }
  return all;
}

/** Every file under a folder, as its bytes. */
export function everyFile(folder: string): { file: string; bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => statSync(file).isFile())
    .map((file) => ({ file, bytes: readFileSync(file) }));
}
