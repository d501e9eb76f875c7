import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import type { Database, Session } from '../types.ts';
import { type BackupManifest, BackupRefused, type BackupTable, fileOf, MANIFEST } from './manifest.ts';

const PAGE = 2_000;
/** A backup of a large database reads for hours. */
const LONGEST_MS = 24 * 3_600_000;

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

/**
 * Writes every table of a desk's database into an empty folder: one consistent moment, readable without a database, the same
 * from either engine. Ingest goes on meanwhile on PostgreSQL; an embedded database does nothing else. Keys are in no table, so
 * they are in no backup. The manifest is written last: a folder without one is no backup.
 * Throws `BackupRefused` where the folder is not empty.
 */
export async function exportDatabase(
  db: Database,
  folder: string,
  desk: string,
  takenAtMs: number,
): Promise<BackupManifest> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0)
    throw new BackupRefused(`The folder ${folder} is not empty. Name an empty one for each backup.`);
  return db.apart(async (session) => {
    await session.script("SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'");
    await session.script('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const migrations = await session.query<{ name: string }>(
      `SELECT lpad(number::text, 3, '0') || '-' || name AS name FROM schema_migration ORDER BY number`,
    );
    const tables: BackupTable[] = [];
    for (const table of await tablesOf(session)) tables.push(await writeTable(session, folder, table));
    const manifest: BackupManifest = {
      format: 1,
      desk,
      takenAtMs,
      engine: db.engine,
      migrations: migrations.rows.map(({ name }) => name),
      tables,
      sequences: await sequencesOf(session),
    };
    await session.script('COMMIT');
    await writeFile(join(folder, `${MANIFEST}.part`), `${JSON.stringify(manifest, null, 2)}\n`, {
      mode: 0o600,
    });
    await flush(join(folder, `${MANIFEST}.part`));
    await rename(join(folder, `${MANIFEST}.part`), join(folder, MANIFEST));
    return manifest;
  }, LONGEST_MS);
}

/** Tables and their columns. Partitions are read through their parent: what was taken off it is past retention and stays out. */
async function tablesOf(session: Session): Promise<readonly Table[]> {
  const { rows } = await session.query<Table>(
    `SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relname <> 'schema_migration' AND c.relname !~ '^entry_[0-9]{4}_[0-9]{2}_[0-9]{2}$'
     GROUP BY c.relname ORDER BY c.relname COLLATE "C"`,
  );
  return rows;
}

async function writeTable(session: Session, folder: string, table: Table): Promise<BackupTable> {
  const path = join(folder, fileOf(table.name));
  const packed = createGzip({ level: 4 });
  const file = createWriteStream(path, { mode: 0o600, flags: 'wx' });
  const hash = createHash('sha256');
  packed.on('data', (chunk: Buffer) => hash.update(chunk));
  packed.pipe(file);
  const failed = new Promise<never>((_, fail) => {
    packed.on('error', fail);
    file.on('error', fail);
  });
  failed.catch(() => {});
  let written = 0;
  const columns = table.columns.map((column) => `"${column}"::text`).join(', ');
  await session.script(
    `DECLARE backup CURSOR FOR SELECT json_build_array(${columns})::text AS line FROM "${table.name}"`,
  );
  for (;;) {
    const { rows } = await session.query<{ line: string }>(`FETCH ${PAGE} FROM backup`);
    if (rows.length === 0) break;
    written += rows.length;
    if (!packed.write(`${rows.map(({ line }) => line.replaceAll('\n', ' ')).join('\n')}\n`))
      await Promise.race([once(packed, 'drain'), failed]);
  }
  await session.script('CLOSE backup');
  const closed = once(file, 'close');
  packed.end();
  await Promise.race([closed, failed]);
  await flush(path);
  return { ...table, rows: written, sha256: hash.digest('hex') };
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sequencesOf(session: Session): Promise<BackupManifest['sequences']> {
  const { rows } = await session.query<{ table: string; column: string; sequence: string }>(
    `SELECT c.relname AS table, a.attname AS column, pg_get_serial_sequence(quote_ident(c.relname), a.attname) AS sequence
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL ORDER BY 1, 2`,
  );
  const out: { table: string; column: string; last: number }[] = [];
  for (const { table, column, sequence } of rows) {
    const { rows: last } = await session.query<{ last: number }>(
      `SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last FROM ${sequence}`,
    );
    out.push({ table, column, last: last[0]!.last });
  }
  return out;
}
