import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

/** What a logical backup says of itself; the file `manifest.json` of its folder, written last. */
export interface BackupManifest {
  readonly format: 1;
  readonly desk: string;
  readonly takenAtMs: number;
  readonly engine: string;
  /** Migrations that the database stood at, in order. */
  readonly migrations: readonly string[];
  readonly tables: readonly BackupTable[];
  /** Numbers that were given out last: none is given out twice, restored or not. */
  readonly sequences: readonly { readonly table: string; readonly column: string; readonly last: number }[];
}

export interface BackupTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** Of the file, hexadecimal. */
  readonly sha256: string;
}

/** A backup that must not be used. The message is a sentence for the operator. */
export class BackupRefused extends Error {
  override readonly name = 'BackupRefused';
}

export const MANIFEST = 'manifest.json';
/** Rows of a table: gzip of one JSON array of texts and nulls a line, in the order of `columns`. */
export const fileOf = (table: string): string => `${table}.ndjson.gz`;
const NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** Reads a manifest and checks its form: a name in it becomes part of a statement. Throws `BackupRefused`. */
export async function readManifest(folder: string): Promise<BackupManifest> {
  let manifest: BackupManifest;
  try {
    manifest = JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')) as BackupManifest;
  } catch {
    throw new BackupRefused(
      `The folder ${folder} holds no whole backup: its ${MANIFEST} is missing or unreadable.`,
    );
  }
  const named = (name: unknown) => typeof name === 'string' && NAME.test(name);
  const listOf = (value: unknown, fits: (one: Readonly<Record<string, unknown>>) => boolean) =>
    Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null && fits(one));
  const good =
    manifest?.format === 1 &&
    typeof manifest.desk === 'string' &&
    Number.isSafeInteger(manifest.takenAtMs) &&
    Array.isArray(manifest.migrations) &&
    manifest.migrations.every((name) => typeof name === 'string') &&
    listOf(
      manifest.tables,
      ({ name, columns, rows, sha256 }) =>
        named(name) &&
        Array.isArray(columns) &&
        columns.every(named) &&
        Number.isSafeInteger(rows) &&
        typeof sha256 === 'string',
    ) &&
    listOf(
      manifest.sequences,
      ({ table, column, last }) => named(table) && named(column) && Number.isSafeInteger(last),
    );
  if (!good)
    throw new BackupRefused(
      `The ${MANIFEST} in ${folder} does not have the form of a backup that this version reads.`,
    );
  return manifest;
}

/** The rows of a table in a backup, as texts. */
export async function* rowsOf(folder: string, table: string): AsyncGenerator<readonly (string | null)[]> {
  const file = createReadStream(join(folder, fileOf(table)));
  const unpacked = createGunzip();
  file.on('error', (error) => unpacked.destroy(error));
  const lines = createInterface({ input: file.pipe(unpacked), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) yield JSON.parse(line) as readonly (string | null)[];
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/**
 * Checks a backup from its files alone: every table there, its hash and its number of rows as the manifest says.
 * Throws `BackupRefused`.
 */
export async function verifyBackup(folder: string): Promise<BackupManifest> {
  const manifest = await readManifest(folder);
  for (const { name, rows, sha256, columns } of manifest.tables) {
    const refuse = (why: string) =>
      new BackupRefused(`The backup in ${folder} is damaged: ${fileOf(name)} ${why}. Do not restore it.`);
    const digest = await digestOf(join(folder, fileOf(name))).catch(() => null);
    if (digest === null) throw refuse('is missing');
    if (digest !== sha256) throw refuse('was changed');
    let found = 0;
    for await (const row of rowsOf(folder, name)) {
      if (row.length !== columns.length) throw refuse('has rows of another width');
      found += 1;
    }
    if (found !== rows) throw refuse(`has ${found} rows where ${rows} were written`);
  }
  return manifest;
}
