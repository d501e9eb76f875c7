import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseRefused } from '../errors.ts';
import { startEngine } from './engine.ts';
import { lockFolder } from './folder-lock.ts';

/** Major version of the embedded engine; a folder belongs to one. */
export const ENGINE_MAJOR = '18';

const CARRY_OVER =
  'Write it out with the version that wrote it (munjigi backup --desk DESK --to FOLDER), then read it into a new data folder with this one (munjigi restore --desk DESK --from FOLDER).';

/** The cluster of a desk: `<desk folder>/pg18`. */
export const clusterOf = (deskFolder: string): string => join(deskFolder, `pg${ENGINE_MAJOR}`);

/** Refuses a cluster that another major version wrote, before the engine touches it. */
export function checkVersion(deskFolder: string): void {
  const cluster = clusterOf(deskFolder);
  const file = join(cluster, 'PG_VERSION');
  if (existsSync(file)) {
    const found = readFileSync(file, 'utf8').trim();
    if (found === ENGINE_MAJOR) return;
    throw new DatabaseRefused(
      'database.version',
      `The data folder ${cluster} was written by PostgreSQL ${found}, and this version works with ${ENGINE_MAJOR}. Nothing was changed. ${CARRY_OVER}`,
    );
  }
  if (existsSync(cluster) && readdirSync(cluster).length > 0) {
    throw new DatabaseRefused(
      'database.folder',
      `The folder ${cluster} holds files but no database. Nothing was changed. Name an empty folder with --data.`,
    );
  }
  const other = existsSync(deskFolder)
    ? readdirSync(deskFolder).find((name) => /^pg\d+$/.test(name) && name !== `pg${ENGINE_MAJOR}`)
    : undefined;
  if (other !== undefined && !existsSync(cluster)) {
    throw new DatabaseRefused(
      'database.version',
      `The data folder ${deskFolder} holds a database of PostgreSQL ${other.slice(2)}, and this version works with ${ENGINE_MAJOR}. Nothing was changed. ${CARRY_OVER}`,
    );
  }
}

/**
 * Puts a fresh cluster into the desk's folder where there is none. Making one takes seconds and much memory, so a
 * pristine one is made once and copied. Both steps end in a rename: a crash leaves no half folder behind.
 */
export async function prepareCluster(deskFolder: string, pristine: string): Promise<void> {
  const cluster = clusterOf(deskFolder);
  if (existsSync(join(cluster, 'PG_VERSION'))) return;
  const source = await pristineCluster(pristine);
  const part = `${cluster}.part`;
  rmSync(part, { recursive: true, force: true });
  rmSync(cluster, { recursive: true, force: true });
  mkdirSync(dirname(cluster), { recursive: true, mode: 0o700 });
  cpSync(source, part, { recursive: true, preserveTimestamps: true });
  renameSync(part, cluster);
}

async function pristineCluster(pristine: string): Promise<string> {
  const cluster = clusterOf(pristine);
  if (existsSync(join(cluster, 'PG_VERSION'))) return cluster;
  const lock = await waitForLock(pristine);
  try {
    if (existsSync(join(cluster, 'PG_VERSION'))) return cluster;
    const part = `${cluster}.part`;
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true, mode: 0o700 });
    const engine = await startEngine(part, { fsync: 'off' });
    await engine.close();
    renameSync(part, cluster);
    return cluster;
  } finally {
    await lock.release();
  }
}

/** Another process making the same pristine folder is no conflict: wait for it. */
async function waitForLock(folder: string): Promise<{ release(): Promise<void> }> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await lockFolder(folder);
    } catch (error) {
      if (!(error instanceof DatabaseRefused) || attempt >= 300) throw error;
      await new Promise((done) => setTimeout(done, 200));
    }
  }
}
