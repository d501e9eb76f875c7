import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatabaseRefused, isStatementFailed, SQLSTATE } from './errors.ts';
import type { Database, Session } from './types.ts';

/** One step of a schema: `NNN-name.sql` in the desk's folder under `packages/service/sql`. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

const SQL_FOLDER = fileURLToPath(new URL('../../sql/', import.meta.url));
const FILE = /^(\d{3})-([a-z0-9]+(?:-[a-z0-9]+)*)\.sql$/;
const LOCK_TIMEOUT = '200ms';
const PATIENCE_MS = 60_000;

/** Where the SQL of a desk stands. */
export const sqlFolderOf = (desk: string): string => join(SQL_FOLDER, desk);

/** The steps of a folder in order; numbers start at 1 and leave none out. */
export function readMigrations(folder: string): Migration[] {
  const found = readdirSync(folder)
    .map((file) => ({ file, match: FILE.exec(file) }))
    .filter(({ match }) => match !== null)
    .map(({ file, match }) => ({
      number: Number(match![1]),
      name: match![2]!,
      sql: readFileSync(join(folder, file), 'utf8'),
    }))
    .sort((a, b) => a.number - b.number);
  found.forEach(({ number, name }, i) => {
    if (number !== i + 1)
      throw new DatabaseRefused(
        'database.migration',
        `The migrations of ${folder} leave out or repeat a number at ${number}-${name}.`,
      );
  });
  return found;
}

const TABLE = `CREATE TABLE IF NOT EXISTS schema_migration (
  number int PRIMARY KEY,
  name text NOT NULL,
  applied_at timestamptz NOT NULL
)`;

/** A number that stands for the desk, for the lock that only one process at a time may migrate under. */
function lockNumber(desk: string): number {
  let n = 0x4d4a;
  for (const char of desk) n = (n * 31 + char.charCodeAt(0)) % 0x7fffffff;
  return n;
}

interface Applied {
  readonly number: number;
  readonly name: string;
}

function check(desk: string, known: readonly Migration[], applied: readonly Applied[]): void {
  const newest = applied.at(-1);
  if (newest !== undefined && newest.number > known.length) {
    throw new DatabaseRefused(
      'database.newer',
      `The ${desk} database is at migration ${newest.number} (${newest.name}), and this version knows ${known.length}. To go on could lose data: start the version that wrote it, or a newer one.`,
    );
  }
  for (const { number, name } of applied) {
    const ours = known[number - 1];
    if (ours?.name === name) continue;
    throw new DatabaseRefused(
      'database.migration',
      `Migration ${number} of the ${desk} database is called ${name}, and here ${ours?.name ?? 'nothing'}: the database belongs to another product or branch. Name another database.`,
    );
  }
}

/**
 * Brings a desk's database to this version's schema, one transaction a step. Safe when several processes start at once:
 * they take turns, and each step is recorded in the transaction that makes it. A lock that a reader holds is waited for
 * in short tries, so that nobody queues behind us. Throws `DatabaseRefused` for a database that is newer or foreign.
 *
 * @param nowMs when the steps are said to be applied
 * @param folder only for tests
 */
export async function migrate(
  db: Database,
  desk: string,
  nowMs: number,
  folder: string = sqlFolderOf(desk),
): Promise<readonly Migration[]> {
  const known = readMigrations(folder);
  const done: Migration[] = [];
  for (;;) {
    const step = await patiently(() => db.tx((session) => nextStep(session, desk, known, nowMs)));
    if (step === null) return done;
    done.push(step);
  }
}

async function nextStep(
  session: Session,
  desk: string,
  known: readonly Migration[],
  nowMs: number,
): Promise<Migration | null> {
  await session.script(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
  await session.query('SELECT pg_advisory_xact_lock($1)', [lockNumber(desk)]);
  await session.script(TABLE);
  const { rows } = await session.query<Applied>('SELECT number, name FROM schema_migration ORDER BY number');
  check(desk, known, rows);
  const step = known[rows.length];
  if (step === undefined) return null;
  await session.script(step.sql);
  await session.query('INSERT INTO schema_migration (number, name, applied_at) VALUES ($1, $2, $3)', [
    step.number,
    step.name,
    new Date(nowMs),
  ]);
  return step;
}

/** Runs DDL again while a lock is held against it, for a minute at most. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (let wait = 20; ; wait = Math.min(wait * 2, 1000)) {
    try {
      return await work();
    } catch (error) {
      const again = isStatementFailed(error, SQLSTATE.lockNotAvailable, SQLSTATE.deadlock);
      if (!again || performance.now() > until) throw error;
      await new Promise((go) => setTimeout(go, wait));
    }
  }
}
