import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceConfig } from '../config/index.ts';
import {
  type Database,
  DatabaseRefused,
  isPooled,
  migrate,
  openEmbedded,
  openPostgres,
  takesWrites,
} from '../db/index.ts';
import type { DeskName } from '../lib/desk.ts';

/**
 * Opens and migrates the database of one desk: a PostgreSQL by its address, else an embedded one in the data folder. Throws
 * `database.pooled` where the register's retention would have only a pooler to hold a lock through.
 */
export async function openDeskDatabase(
  config: ServiceConfig,
  desk: DeskName,
  nowMs: number,
): Promise<Database> {
  const url = config.databases[desk];
  const folder = join(config.data, desk);
  if (!url) await mkdir(folder, { recursive: true, mode: 0o700 });
  const directUrl = desk === 'register' ? config.registerDirect : null;
  const db = url
    ? openPostgres({ url, ...(directUrl !== null && { directUrl }), applicationName: `munjigi-${desk}` })
    : await openEmbedded({ folder });
  try {
    // Before anything is changed in it.
    if (url && desk === 'register' && directUrl === null && (await isPooled(url)))
      throw new DatabaseRefused(
        'database.pooled',
        "A pooler stands before the register's database. Name PostgreSQL itself with --database-register-direct: retention holds a connection.",
      );
    await migrate(db, desk, nowMs);
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** How a database stands, as this server sees it. `broken`: it works for others, and our own pool does not. */
export type DatabaseState = 'up' | 'down' | 'broken';

export interface DatabaseWatch {
  state(): DatabaseState;
  /** Of one of the databases, by its place. */
  stateOf(place: number): DatabaseState;
  look(): Promise<void>;
  close(): void;
}

const FALL = 3;

/**
 * Watches databases in the background. One failed look says nothing; after three in a row a database that takes the write of a
 * fresh connection means that our own pool is broken, and one that does not is gone for everyone.
 */
export function watchDatabases(
  watched: readonly { readonly db: Database; readonly url: string | undefined }[],
  everyMs = 2000,
): DatabaseWatch {
  const failures = watched.map(() => 0);
  const states: DatabaseState[] = watched.map(() => 'up');
  let looking: Promise<void> | null = null;

  const lookAt = async ({ db, url }: (typeof watched)[number], i: number): Promise<void> => {
    try {
      await db.query('SELECT 1');
      failures[i] = 0;
      states[i] = 'up';
    } catch {
      failures[i] = failures[i]! + 1;
      if (failures[i]! < FALL) return;
      states[i] = url && (await takesWrites(url)) ? 'broken' : 'down';
    }
  };
  const look = (): Promise<void> => {
    looking ??= Promise.all(watched.map(lookAt)).then(() => {
      looking = null;
    });
    return looking;
  };
  const timer = setInterval(() => void look(), everyMs).unref();
  return {
    look,
    stateOf: (place) => states[place]!,
    state: () => (states.includes('broken') ? 'broken' : states.includes('down') ? 'down' : 'up'),
    close: () => clearInterval(timer),
  };
}
