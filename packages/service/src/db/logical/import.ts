import type { Database, Session } from '../types.ts';
import { type BackupManifest, BackupRefused, rowsOf, verifyBackup } from './manifest.ts';

const PAGE = 1_000;
const LONGEST_MS = 24 * 3_600_000;
/** Numbers that may have been given out after the backup was taken: they are not given out a second time. */
const SKIP = 100_000;
/**
 * What counts once, or ends soon, may have been used or ended since the backup was taken: it does not come back to life.
 * Sessions and challenges go; codes that were open then are over.
 */
const OVER: Readonly<Record<string, string>> = {
  session: 'DELETE FROM session',
  challenge: 'DELETE FROM challenge',
  invite: 'UPDATE invite SET ends_ms = made_ms WHERE used_ms IS NULL',
  enrolment_code: 'UPDATE enrolment_code SET ends_at = made_at WHERE used_by IS NULL',
  // Numbers of the queue are not in the backup: it begins anew, and whoever waited takes a new one.
  issue_queue: 'UPDATE issue_queue SET serving = 0, moved_at = NULL, per_second = NULL',
  enrolment:
    'UPDATE enrolment SET queue_work = NULL, queue_number = NULL, queue_seen_at = NULL WHERE queue_work IS NOT NULL',
};
/** Tables that a migration puts a first row into, and by what one sees that the row was used since. */
const STARTED: Readonly<Record<string, string>> = {
  log_state: 'size > 0',
  issue_queue: 'serving > 0',
};

/**
 * Puts a backup into a migrated, empty database of this version or a newer one, all of it or nothing. Checks the backup first.
 * Throws `BackupRefused`.
 * @param prepare makes what rows need to be put in (partitions), before they are
 */
export async function importDatabase(
  db: Database,
  folder: string,
  desk: string,
  prepare: (manifest: BackupManifest) => Promise<void> = async () => {},
): Promise<BackupManifest> {
  const manifest = await verifyBackup(folder);
  if (manifest.desk !== desk)
    throw new BackupRefused(`This is a backup of the ${manifest.desk} desk, and not of the ${desk} desk.`);
  await db.apart(async (session) => {
    await checkMigrations(session, manifest);
    await checkEmpty(session, manifest);
  }, LONGEST_MS);
  await prepare(manifest);
  await db.apart(async (session) => {
    await session.script("SET TimeZone = 'UTC'; SET DateStyle = 'ISO'");
    await session.script('BEGIN');
    try {
      for (const name of await inOrder(session, manifest)) {
        if (STARTED[name] !== undefined) await session.script(`DELETE FROM "${name}"`);
        await loadTable(session, folder, manifest, name);
      }
      // Later than all tables: a challenge names an invite.
      for (const { name } of manifest.tables) if (OVER[name] !== undefined) await session.script(OVER[name]);
      for (const { table, column, last } of manifest.sequences) {
        await session.query(
          `SELECT setval(pg_get_serial_sequence($1, $2), greatest($3::int8 + ${SKIP}, COALESCE((SELECT max("${column}") FROM "${table}"), 0) + ${SKIP}))`,
          [`"${table}"`, column, last],
        );
      }
      await session.script('COMMIT');
    } catch (error) {
      await session.script('ROLLBACK').catch(() => {});
      throw error;
    }
  }, LONGEST_MS);
  return manifest;
}

async function checkMigrations(session: Session, manifest: BackupManifest): Promise<void> {
  const { rows } = await session.query<{ name: string }>(
    `SELECT lpad(number::text, 3, '0') || '-' || name AS name FROM schema_migration ORDER BY number`,
  );
  const here = rows.map(({ name }) => name);
  const strange = manifest.migrations.find((name, i) => here[i] !== name);
  if (strange !== undefined)
    throw new BackupRefused(
      `The backup was taken at the migration ${strange}, which this version does not know. Restore it with the version that wrote it, or a newer one.`,
    );
}

async function checkEmpty(session: Session, manifest: BackupManifest): Promise<void> {
  for (const { name } of manifest.tables) {
    const there = await session.query<{ table: string | null }>(`SELECT to_regclass($1)::text AS table`, [
      `public."${name}"`,
    ]);
    if (there.rows[0]!.table === null)
      throw new BackupRefused(`The backup has a table ${name}, which this version does not know.`);
    const used = STARTED[name] === undefined ? '' : `WHERE ${STARTED[name]}`;
    if ((await session.query(`SELECT 1 FROM "${name}" ${used} LIMIT 1`)).rows.length > 0)
      throw new BackupRefused(
        `The database is not empty: ${name} has rows. A backup is restored into an empty database only.`,
      );
  }
}

/** Tables that others refer to come first. */
async function inOrder(session: Session, manifest: BackupManifest): Promise<readonly string[]> {
  const { rows } = await session.query<{ child: string; parent: string }>(
    `SELECT c.relname AS child, p.relname AS parent FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
     JOIN pg_class p ON p.oid = k.confrelid WHERE k.contype = 'f' AND k.conrelid <> k.confrelid`,
  );
  const names = manifest.tables.map(({ name }) => name);
  const out: string[] = [];
  const visit = (name: string, above: readonly string[]): void => {
    if (out.includes(name) || above.includes(name) || !names.includes(name)) return;
    for (const { child, parent } of rows) if (child === name) visit(parent, [...above, name]);
    out.push(name);
  };
  for (const name of names) visit(name, []);
  return out;
}

async function loadTable(
  session: Session,
  folder: string,
  manifest: BackupManifest,
  name: string,
): Promise<void> {
  const table = manifest.tables.find((one) => one.name === name)!;
  const { rows: types } = await session.query<{ name: string; type: string }>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
    [`public."${name}"`],
  );
  const typeOf = (column: string): string => {
    const found = types.find((one) => one.name === column);
    if (!found)
      throw new BackupRefused(`The backup has a column ${name}.${column}, which this version does not know.`);
    return found.type;
  };
  const columns = table.columns.map((column) => `"${column}"`).join(', ');
  const values = table.columns.map((column, i) => `(r.line ->> ${i})::${typeOf(column)}`).join(', ');
  const insert = `INSERT INTO "${name}" (${columns}) OVERRIDING SYSTEM VALUE
    SELECT ${values} FROM json_array_elements($1::json) WITH ORDINALITY r (line, i) ORDER BY r.i`;
  let page: (readonly (string | null)[])[] = [];
  const flush = async () => {
    if (page.length > 0) await session.query(insert, [JSON.stringify(page)]);
    page = [];
  };
  for await (const row of rowsOf(folder, name)) {
    page.push(row);
    if (page.length >= PAGE) await flush();
  }
  await flush();
}
