import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, readMigrations, sqlFolderOf } from '@munjigi/service/db';
import { dayTables } from '@munjigi/service/register';
import { type Check, type DeskName, type Finding, found } from './types.ts';

const DAY_MS = 86_400_000;
const OLDEST_MAJOR = 15;

/** Whether each database can be opened, is of a major version that serves, and stands at this version's schema. */
export const databases: Check = async ({ config, databases: open, notOpened }) => {
  const findings: Finding[] = [];
  for (const desk of config.desks) {
    const db = open.get(desk);
    if (db) {
      findings.push(await major(desk, db), await migrations(desk, db));
      continue;
    }
    const why = notOpened.get(desk) ?? '';
    if (!config.databases[desk] && !existsSync(join(config.data, desk)))
      findings.push(
        found(
          'database',
          desk,
          'warn',
          `There is no database yet at ${join(config.data, desk)}.`,
          'Start the service, which makes it, or name the right folder with --data.',
        ),
      );
    else if (why.includes('in use by'))
      findings.push(
        found(
          'database',
          desk,
          'unknown',
          `${why.split('. ')[0]}.`,
          'Stop the service to look into its embedded database.',
        ),
      );
    else
      findings.push(
        found('database', desk, 'bad', why, 'Start the database, or name its address or folder.'),
      );
  }
  return findings;
};

async function major(desk: DeskName, db: Database): Promise<Finding> {
  const { rows } = await db.query<{ number: number }>(
    "SELECT current_setting('server_version_num')::int AS number",
  );
  const number = Math.floor(rows[0]!.number / 10_000);
  return number >= OLDEST_MAJOR
    ? found(
        'database',
        desk,
        'ok',
        `The database answers: ${db.engine === 'pglite' ? 'embedded' : 'PostgreSQL'} ${number}.`,
      )
    : found(
        'database',
        desk,
        'bad',
        `The database is PostgreSQL ${number}.`,
        `Move it to PostgreSQL ${OLDEST_MAJOR} or newer.`,
      );
}

async function migrations(desk: DeskName, db: Database): Promise<Finding> {
  const known = readMigrations(sqlFolderOf(desk)).length;
  const { rows: there } = await db.query<{ there: boolean }>(
    "SELECT to_regclass('schema_migration') IS NOT NULL AS there",
  );
  const at = there[0]!.there
    ? (await db.query<{ at: number }>('SELECT coalesce(max(number), 0) AS at FROM schema_migration')).rows[0]!
        .at
    : 0;
  if (at === known)
    return found('migrations', desk, 'ok', `The schema stands at migration ${at}, the newest.`);
  return at < known
    ? found(
        'migrations',
        desk,
        'warn',
        `The schema stands at migration ${at} of ${known}.`,
        'Start the service: it brings the schema up to date.',
      )
    : found(
        'migrations',
        desk,
        'bad',
        `The schema stands at migration ${at}, and this version knows ${known}.`,
        'Start the version that wrote it, or a newer one.',
      );
}

/** Days ahead that have a place for their entries. */
export const partitions: Check = async ({ databases: open, today }) => {
  const db = open.get('register');
  if (!db || !(await has(db, 'entry'))) return [];
  const ahead = (await dayTables(db)).filter(({ day, state }) => state === 'attached' && day > today).length;
  return [
    ahead >= 3
      ? found('partitions', 'register', 'ok', `Entries of the next ${ahead} days have their place.`)
      : found(
          'partitions',
          'register',
          ahead === 0 ? 'bad' : 'warn',
          `Only the next ${ahead} days have a place for their entries; there should be 7.`,
          'Start the service, which makes them; where it runs, look in its log why it could not.',
        ),
  ];
};

/** When a verified backup last moved the safe mark. */
export const backups: Check = async ({ databases: open, nowMs }) => {
  const db = open.get('register');
  if (!db || !(await has(db, 'safe_mark'))) return [];
  const { rows } = await db.query<{ newest: Date | null; heads: number; marked: number }>(
    `SELECT (SELECT max(taken_at) FROM safe_mark) AS newest, (SELECT count(*) FROM gate_head WHERE counter > 0) AS heads,
            (SELECT count(*) FROM safe_mark) AS marked`,
  );
  const { newest, heads } = rows[0]!;
  const todo =
    'Run munjigi backup --desk register every night: gates keep everything until a backup holds it.';
  if (newest === null)
    return [
      heads === 0
        ? found('backups', 'register', 'ok', 'There is nothing to back up yet.')
        : found(
            'backups',
            'register',
            'warn',
            'No backup of the register was ever verified: no safe mark is given.',
            todo,
          ),
    ];
  const days = (nowMs - newest.getTime()) / DAY_MS;
  return [
    days > 2
      ? found(
          'backups',
          'register',
          'warn',
          `The newest verified backup of the register is ${Math.floor(days)} days old.`,
          todo,
        )
      : found(
          'backups',
          'register',
          'ok',
          'A backup of the last two days was verified, and gave the safe mark.',
        ),
  ];
};

/** Whether the others have signed the newest head of the public log. */
export const logHead: Check = async ({ databases: open }) => {
  const db = open.get('authority');
  if (!db || !(await has(db, 'log_head'))) return [];
  const { rows } = await db.query<{ size: number; signed: number }>(
    `SELECT h.size, (SELECT count(*) FROM log_cosignature c WHERE c.size = h.size) AS signed
     FROM log_head h ORDER BY h.size DESC LIMIT 1`,
  );
  const head = rows[0];
  if (!head) return [found('log-head', 'authority', 'ok', 'The public log has no line yet.')];
  return [
    head.signed >= 2
      ? found(
          'log-head',
          'authority',
          'ok',
          `Two other bodies signed the newest head of the public log (${head.size} lines).`,
        )
      : found(
          'log-head',
          'authority',
          'warn',
          `${head.signed} of two other bodies signed the newest head of the public log.`,
          'Reach the register and the issuer: gates and wallets want two signatures beside the log’s own.',
        ),
  ];
};

const has = async (db: Database, table: string): Promise<boolean> =>
  (await db.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [table])).rows[0]!.there;

export const DATABASES: readonly Check[] = [databases, partitions, backups, logHead];
