import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { databaseFlags, openOwnPostgres, ownAddress } from './postgres.ts';

const say = (line: string) => void process.stderr.write(`munjigi: ${line}\n`);

/** The folder of the socket of a server that runs there, as its own file says; null where none does. */
function runningSockets(cluster: string): string | null {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return null;
  // One line each: process, folder, start, port, folder of the socket.
  const [pid, , , , sockets] = readFileSync(file, 'utf8').split('\n');
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  return sockets || null;
}

/** `--data FOLDER` or `--data=FOLDER`, as every command takes it. */
function folderOf(args: readonly string[]): string {
  const at = args.findIndex((word) => word === '--data' || word.startsWith('--data='));
  const said = at < 0 ? undefined : args[at] === '--data' ? args[at + 1] : args[at]!.slice('--data='.length);
  return resolve(said ?? process.env.MUNJIGI_DATA ?? 'data');
}

/**
 * Lets a command find the databases of a folder that `munjigi start` has begun with a PostgreSQL of its own: of the server that runs
 * there, or of one that runs as long as the command does. They stand beneath what the arguments and the environment name.
 */
export async function withFolderDatabases(
  args: readonly string[],
  work: () => Promise<number>,
): Promise<number> {
  const data = folderOf(args);
  const cluster = join(data, 'postgres');
  if (!existsSync(join(cluster, 'PG_VERSION')) || args.includes('--help')) return work();
  const sockets = runningSockets(cluster);
  const own = sockets === null ? await openOwnPostgres(data, false, say) : null;
  const flags =
    own === null || typeof own === 'string' ? databaseFlags((name) => ownAddress(sockets!, name)) : own.flags;
  for (let i = 0; i < flags.length; i += 2)
    process.env[`MUNJIGI_${flags[i]!.slice(2).toUpperCase().replaceAll('-', '_')}`] ??= flags[i + 1]!;
  try {
    return await work();
  } finally {
    if (own !== null && typeof own !== 'string') await own.stop();
  }
}
