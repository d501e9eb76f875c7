import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type NoPostgres, type Programs, postgresPrograms } from '@munjigi/service/db';
import pg from 'pg';
import { childrenOf } from './children.ts';
import { freePort } from './ports.ts';

export type { NoPostgres } from '@munjigi/service/db';

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
  readonly port: number;
  readonly version: number;
  /** Stops the server; `immediate` is a crash. */
  stop(how?: 'fast' | 'immediate'): Promise<void>;
  start(): Promise<void>;
  /** A signal to the server and every process of it. */
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void;
  /** Copies the cluster as it is now, while it runs, as a nightly backup does. */
  backup(): Promise<void>;
  /** Puts that copy in the cluster's place: what was written since is gone. */
  putBack(): Promise<void>;
  /** Stops and deletes everything. */
  remove(): Promise<void>;
}

type Settings = Readonly<Record<string, string>>;

const WHERE = { host: '127.0.0.1', user: 'postgres' } as const;

/** Starts a private PostgreSQL: the system's (as user postgres where we are root), else the npm package's. */
export async function startPostgres(settings: Settings = {}): Promise<PrivatePostgres | NoPostgres> {
  const programs = postgresPrograms();
  if ('reason' in programs) return programs;
  const folder = folderFor(programs);
  try {
    runIn(programs, folder, 'initdb', [
      ...['-D', join(folder, 'data'), '-U', WHERE.user],
      ...['-A', 'trust', '-E', 'UTF8', '--no-locale'],
    ]);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return {
      reason: `the PostgreSQL in ${programs.bin} could not make a database folder (${(error as Error).message.split('\n')[0]})`,
    };
  }
  return openCluster(programs, folder, settings);
}

/**
 * Starts a standby that follows another server under a name, from a copy of it. Until it is promoted (`SELECT pg_promote()`) it can
 * only be read.
 */
export async function startStandby(
  primary: PrivatePostgres,
  name: string,
  settings: Settings = {},
): Promise<PrivatePostgres> {
  const programs = postgresPrograms();
  if ('reason' in programs) throw new Error(programs.reason);
  const folder = folderFor(programs);
  await copyOf(programs, folder, primary.port, join(folder, 'data'), [
    ...['--write-recovery-conf', '-d', `application_name=${name}`],
  ]);
  return openCluster(programs, folder, settings);
}

function folderFor(programs: Programs): string {
  const folder = mkdtempSync(join(tmpdir(), 'munjigi-pg-'));
  programs.own(folder);
  chmodSync(folder, 0o700);
  return folder;
}

/** How its programs run: a password file or a socket in /tmp is nothing that every machine allows. */
const within = (programs: Programs, folder: string) => ({
  ...programs.as,
  env: { ...process.env, TMPDIR: folder, LC_ALL: 'C.UTF-8', HOME: folder },
  cwd: folder,
});

const runIn = (programs: Programs, folder: string, program: string, args: readonly string[]): string =>
  execFileSync(join(programs.bin, program), args, {
    ...within(programs, folder),
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });

/** Copies a running server's cluster into a folder. */
async function copyOf(
  programs: Programs,
  folder: string,
  port: number,
  to: string,
  more: readonly string[] = [],
): Promise<void> {
  const child = spawn(
    join(programs.bin, 'pg_basebackup'),
    ['-D', to, '-h', WHERE.host, '-p', String(port), '-U', WHERE.user, '-c', 'fast', '-X', 'stream', ...more],
    { ...within(programs, folder), stdio: 'ignore' },
  );
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`The copy of the cluster ended with ${String(code)}.`);
}

async function openCluster(programs: Programs, folder: string, settings: Settings): Promise<PrivatePostgres> {
  const data = join(folder, 'data');
  const version = Number(/\d+/.exec(runIn(programs, folder, 'postgres', ['--version']))?.[0]);
  const port = await freePort();
  const options = {
    listen_addresses: WHERE.host,
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
      const child = spawn(join(programs.bin, 'postgres'), ['-D', data, ...flags], {
        ...within(programs, folder),
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      const early = (code: number | null) =>
        fail(new Error(`PostgreSQL ended with ${code}: ${said.slice(-600)}`));
      child.once('exit', early);
      child.stderr!.on('data', (chunk: Buffer) => {
        if (said.length < 20_000) said += chunk.toString();
        if (!/database system is ready to accept (read-only )?connections/.test(said)) return;
        child.off('exit', early);
        server = child;
        done();
      });
    });
  const signal = (name: NodeJS.Signals): void => {
    const pid = server?.pid;
    if (pid === undefined || server?.exitCode !== null || server.signalCode !== null) return;
    for (const one of [pid, ...childrenOf(pid)])
      try {
        process.kill(one, name);
      } catch {
        // It has ended meanwhile.
      }
  };
  const stop = (how: 'fast' | 'immediate' = 'fast') =>
    new Promise<void>((done) => {
      if (server === null || server.exitCode !== null || server.signalCode !== null) return done();
      server.once('exit', () => done());
      // What was stopped for a while hears nothing.
      signal('SIGCONT');
      server.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
      server = null;
    });
  await start();
  // A test run that is broken off must not leave a server behind.
  const atExit = () => {
    signal('SIGCONT');
    server?.kill('SIGQUIT');
  };
  process.once('exit', atExit);

  const ask = async (sql: string) => {
    const client = new pg.Client({ ...WHERE, port, database: 'postgres' });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  const addressOf = (name: string) => `postgres://${WHERE.user}@${WHERE.host}:${port}/${name}`;
  return {
    run: ask,
    folder,
    port,
    version,
    start,
    stop,
    signal,
    address: addressOf,
    async database(name) {
      await ask(`CREATE DATABASE "${name}"`);
      return addressOf(name);
    },
    async backup() {
      rmSync(`${data}.backup`, { recursive: true, force: true });
      await copyOf(programs, folder, port, `${data}.backup`);
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
