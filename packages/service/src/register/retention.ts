import { type Database, isStatementFailed, type Session, SQLSTATE } from '../db/index.ts';
import { dayOf } from './partitions.ts';
import { recordGone } from './pruning.ts';

/** A table that holds a day, and how it stands: part of `entry`, on its way out, or by itself and to be dropped. */
export interface DayTable {
  readonly name: string;
  readonly day: string;
  readonly state: 'attached' | 'detaching' | 'detached';
}

/** What one run of retention came to. */
export interface DroppedDays {
  readonly dropped: readonly string[];
  /** Days past retention that are still there: somebody reads them, and the next run tries again. */
  readonly left: readonly string[];
}

/** Every table that holds a day. A view from outside sees those that were taken off and not dropped, too. */
export async function dayTables(session: Pick<Session, 'query'>): Promise<readonly DayTable[]> {
  const { rows } = await session.query<{ name: string; attached: boolean; pending: boolean }>(
    `SELECT c.relname AS name, i.inhrelid IS NOT NULL AS attached, COALESCE(i.inhdetachpending, false) AS pending
     FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND i.inhparent = 'entry'::regclass
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname LIKE 'entry\\_%' ORDER BY c.relname`,
  );
  return rows.flatMap(({ name, attached, pending }) => {
    const day = dayOf(name);
    if (day === null) return [];
    return [{ name, day, state: pending ? 'detaching' : attached ? 'attached' : 'detached' } as const];
  });
}

/** The tables of days before `oldest` (the first day that is kept), for a report on what is still there. */
export async function oldTables(db: Database, oldest: string): Promise<readonly DayTable[]> {
  return (await dayTables(db)).filter(({ day }) => day < oldest);
}

export interface Patience {
  /** How long a day is waited for that somebody reads. */
  readonly patienceMs?: number;
  /** True where the service is closing: what was begun is finished, and nothing more is begun. */
  readonly stopped?: () => boolean;
}

const LOCK_TIMEOUT = '200ms';
const LOCK = 0x4d4a0003;
/** Dropping a day first writes down which counters went with it: that reads the day once. */
const LONGEST_MS = 3_600_000;
/** What a lock that others hold, or a detachment that is not finished yet, is answered with. */
const BUSY = [SQLSTATE.lockNotAvailable, SQLSTATE.deadlock, '55000'] as const;

/**
 * Drops the days before `oldest`, without ever making ingest wait: a plain DROP queues behind a long reader for the lock of
 * the whole table, and every insert queues behind it. On PostgreSQL the day is first taken off with DETACH … CONCURRENTLY
 * (one that was broken off is finished); where that does not exist (the embedded engine, Citus) it is taken off under a lock
 * timeout. A day that somebody still reads is left for `patienceMs` and then for the next run. Safe on several nodes at once.
 */
export async function dropDays(
  db: Database,
  oldest: string,
  { patienceMs = 20_000, stopped = () => false }: Patience = {},
): Promise<DroppedDays> {
  return db.apart(async (session) => {
    const held = await session.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [LOCK]);
    const past = async () => (await dayTables(session)).filter(({ day }) => day < oldest);
    if (!held.rows[0]!.mine) return { dropped: [], left: (await past()).map(({ day }) => day) };
    await session.script(`SET lock_timeout = '${LOCK_TIMEOUT}'`);
    const concurrently = db.engine === 'postgresql' && !(await isCitus(session));
    const dropped: string[] = [];
    const until = performance.now() + patienceMs;
    for (let wait = 50; ; wait = Math.min(2 * wait, 1000)) {
      const tables = await past();
      // Only one table at a time can be on its way out: it goes first.
      for (const table of [...tables].sort((a) => (a.state === 'detaching' ? -1 : 0)))
        if (await unlessBusy(() => dropDay(session, table, concurrently))) dropped.push(table.day);
      const left = tables.map(({ day }) => day).filter((day) => !dropped.includes(day));
      if (left.length === 0 || stopped() || performance.now() > until) return { dropped, left };
      await new Promise((go) => setTimeout(go, wait));
    }
  }, LONGEST_MS);
}

/** True where the tables may be spread over machines: there, some statements do not exist and groups do not pay. */
export async function isCitus(session: Pick<Session, 'query'>): Promise<boolean> {
  return (await session.query("SELECT 1 FROM pg_extension WHERE extname = 'citus'")).rows.length > 0;
}

async function unlessBusy(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isStatementFailed(error, ...BUSY)) return false;
    throw error;
  }
}

async function dropDay(session: Session, { name, state }: DayTable, concurrently: boolean): Promise<void> {
  if (state === 'attached')
    await session.script(`ALTER TABLE entry DETACH PARTITION ${name}${concurrently ? ' CONCURRENTLY' : ''}`);
  if (state === 'detaching') await session.script(`ALTER TABLE entry DETACH PARTITION ${name} FINALIZE`);
  await session.script('BEGIN');
  try {
    await session.script(`LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE`);
    await recordGone(session, name);
    await session.script(`DROP TABLE ${name}; COMMIT`);
  } catch (error) {
    await session.script('ROLLBACK');
    throw error;
  }
}
