import { accessSync, constants, cpSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Database, type EmbeddedDatabase, openEmbedded, openPostgres } from '@munjigi/service/db';
import { isThere, type PrivatePostgres, startPostgres } from './postgres.ts';

/** A fresh, empty database of one engine, and a way to open it once more. */
export interface TestDatabase {
  readonly db: Database;
  /** A second handle on the same database; null where the engine allows one only. */
  again(): Promise<Database | null>;
  /** Closes and opens it. */
  reopen(): Promise<Database>;
  /** Keeps a copy of the database as it is now, to be put back later. The handle is closed and opened again. */
  keepCopy(): Promise<Database>;
  /** Replaces the database by the copy, as a restored backup does. */
  putBack(): Promise<Database>;
  /** Gives it back; an embedded one is emptied and lent again, since opening one takes long. */
  done(): Promise<void>;
}

export interface TestEngine {
  readonly name: 'PGlite' | 'PostgreSQL';
  /** Why it cannot be tried here, or null. */
  missing(): string | null;
  start(): Promise<void>;
  fresh(): Promise<TestDatabase>;
  stop(): Promise<void>;
}

const temporary: string[] = [];
process.once('exit', () => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true });
});

/** A folder of one's own under the system's temporary folder, gone when this process ends. */
export function tempFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `munjigi-${name}-`));
  temporary.push(folder);
  return folder;
}

/** One pristine cluster for all tests: making one takes seconds. */
export function pristineFolder(): string {
  const folder = fileURLToPath(new URL('../../node_modules/.cache/munjigi/pristine', import.meta.url));
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    return join(tmpdir(), `munjigi-pristine-${process.getuid?.() ?? 0}`);
  }
}

export const openTestEmbedded = (folder: string): Promise<EmbeddedDatabase> =>
  openEmbedded({ folder, pristine: pristineFolder() });

function embeddedEngine(): TestEngine {
  const folders: string[] = [];
  const open = new Set<Database>();
  const spare: TestDatabase[] = [];
  return {
    name: 'PGlite',
    missing: () => null,
    start: async () => {},
    async fresh() {
      const emptied = spare.pop();
      if (emptied) return emptied;
      const folder = tempFolder('pglite');
      folders.push(folder);
      let db: Database = await openTestEmbedded(folder);
      open.add(db);
      const test: TestDatabase = {
        get db() {
          return db;
        },
        again: async () => null,
        async keepCopy() {
          await db.close();
          open.delete(db);
          cpSync(folder, `${folder}.copy`, { recursive: true });
          folders.push(`${folder}.copy`);
          return test.reopen();
        },
        async putBack() {
          await db.close();
          rmSync(folder, { recursive: true });
          renameSync(`${folder}.copy`, folder);
          return test.reopen();
        },
        async done() {
          await db.script('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
          spare.push(test);
        },
        async reopen() {
          await db.close();
          open.delete(db);
          db = await openTestEmbedded(folder);
          open.add(db);
          return db;
        },
      };
      return test;
    },
    async stop() {
      for (const db of open) await db.close();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function postgresEngine(): TestEngine {
  let server: PrivatePostgres | null = null;
  let reason: string | null = null;
  let made = 0;
  const open = new Set<Database>();
  const openOne = (url: string) => {
    const db = openPostgres({ url, connections: 4 });
    open.add(db);
    return db;
  };
  return {
    name: 'PostgreSQL',
    missing: () => reason,
    async start() {
      const started = await startPostgres();
      if (isThere(started)) server = started;
      else reason = started.reason;
    },
    async fresh() {
      const name = `t${++made}`;
      const url = await server!.database(name);
      let db = openOne(url);
      const closeAll = async () => {
        for (const one of open) await one.close();
        open.clear();
      };
      const test: TestDatabase = {
        get db() {
          return db;
        },
        again: async () => openOne(url),
        async keepCopy() {
          await closeAll();
          await server!.run(`CREATE DATABASE ${name}_copy TEMPLATE ${name}`);
          return test.reopen();
        },
        async putBack() {
          await closeAll();
          await server!.run(`DROP DATABASE ${name}`);
          await server!.run(`ALTER DATABASE ${name}_copy RENAME TO ${name}`);
          return test.reopen();
        },
        done: () => db.close(),
        async reopen() {
          await db.close();
          open.delete(db);
          db = openOne(url);
          return db;
        },
      };
      return test;
    },
    async stop() {
      for (const db of open) await db.close();
      await server?.remove();
    },
  };
}

/** Both engines: the same storage contract holds on either. */
export const testEngines = (): TestEngine[] => [embeddedEngine(), postgresEngine()];
