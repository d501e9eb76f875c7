import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder, openPostgres, type Programs, postgresPrograms } from '@munjigi/service/db';

const DESKS = ['issuer', 'register', 'authority'] as const;
const USER = 'postgres';
const START_MS = 60_000;
const AGAIN_MS = 1000;
/** A server whose parent was killed needs a moment to end. */
const STILL_THERE = /postmaster\.pid/;
const TRIES = 12;

/** Why there is one server and not three. */
export type Alone =
  /** It was asked for. */
  | 'asked'
  /** The data folder was begun with the embedded database, which one process alone can open. */
  | 'begun'
  /** No PostgreSQL is installed, or none that this user may run. */
  | 'missing'
  /** The one that is installed could not keep its folder there. */
  | 'refused';

/** A PostgreSQL that belongs to this run alone, in the data folder, behind a socket that no other user reaches. */
export interface OwnPostgres {
  /** Arguments of `munjigi serve`: a database for each desk. */
  readonly flags: readonly string[];
  /** Asks it to end and waits. */
  stop(): Promise<void>;
}

/**
 * Waits for its first child, and ends it when the parent's end of the pipe is gone: then the parent has ended, however it did.
 * The folder of the socket goes with it.
 */
const KEEPER = `sockets=$1; shift
exec 3<&0
"$@" 3<&- </dev/null &
server=$!
(read -r _ <&3; kill -INT "$server") 2>/dev/null &
reader=$!
wait "$server"
code=$?
kill "$reader" 2>/dev/null
rm -rf "$sockets"
exit $code`;

/** Arguments of `munjigi serve`, pair by pair: each desk's database. */
export const databaseFlags = (address: (database: string) => string): string[] =>
  DESKS.flatMap((desk) => [`--database-${desk}`, address(desk)]);

/** The address of a database behind a socket in that folder. */
export const ownAddress = (sockets: string, database: string): string =>
  `postgres://${USER}@localhost/${database}?host=${encodeURIComponent(sockets)}`;

/**
 * Opens the PostgreSQL of a data folder, made where there is none yet; or says why one server has to do.
 * @param embedded true where the embedded database was asked for
 * @param say told of what an operator should know
 * Throws where the folder is PostgreSQL's and cannot be opened, or is in use.
 */
export async function openOwnPostgres(
  data: string,
  embedded: boolean,
  say: (line: string) => void,
): Promise<OwnPostgres | Alone> {
  const cluster = join(data, 'postgres');
  const version = versionOf(cluster);
  if (version === null) {
    if (embedded) return 'asked';
    if (existsSync(join(data, 'register'))) return 'begun';
  } else if (embedded) {
    throw new Error(`The data in ${data} belongs to a PostgreSQL: name another folder with --data.`);
  }
  const found = postgresPrograms(version);
  if ('reason' in found) {
    if (version === null) return 'missing';
    throw new Error(`The data in ${data} belongs to PostgreSQL ${version}, and ${found.reason}.`);
  }
  const programs = ownerOf(found, version === null ? null : cluster);
  const lock = await lockFolder(data);
  if (version === null) {
    try {
      await makeCluster(programs, data, cluster);
    } catch (error) {
      await lock.release();
      say(`PostgreSQL could not make its folder ${cluster}: ${lastLine((error as Error).message)}`);
      return 'refused';
    }
  }
  const server = await openCluster(programs, cluster, say);
  try {
    await makeDatabases(server.address);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    flags: databaseFlags(server.address),
    async stop() {
      await server.stop();
      await lock.release();
    },
  };
}

function versionOf(cluster: string): string | null {
  const file = join(cluster, 'PG_VERSION');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
}

/** Root runs a cluster as whoever owns it: servers refuse root, and they refuse a folder of somebody else. */
function ownerOf(programs: Programs, cluster: string | null): Programs {
  if (cluster === null || programs.as.uid === undefined) return programs;
  const { uid, gid } = statSync(cluster);
  return uid === 0 ? programs : { ...programs, as: { uid, gid }, own: (path) => chownSync(path, uid, gid) };
}

const within = ({ as }: Programs) => ({ ...as, cwd: '/', env: { ...process.env, LC_ALL: 'C.UTF-8' } });

/** Makes the cluster beside its place and renames it: a run that is cut off leaves no half of one. */
async function makeCluster(programs: Programs, data: string, cluster: string): Promise<void> {
  const part = `${cluster}.part`;
  rmSync(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true, mode: 0o700 });
  programs.own(part);
  // Another user may pass through the folder, and read nothing of it.
  if (programs.as.uid !== undefined) await chmod(data, 0o711);
  execFileSync(
    join(programs.bin, 'initdb'),
    ['-D', part, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--no-locale'],
    { ...within(programs), stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' },
  );
  renameSync(part, cluster);
}

/** Starts the server of a cluster; one that ends by itself is started again. */
async function openCluster(programs: Programs, cluster: string, say: (line: string) => void) {
  // A socket's path may have 107 bytes, and a data folder may lie deep.
  const sockets = mkdtempSync(join(tmpdir(), 'munjigi-'));
  const settings = {
    listen_addresses: '',
    unix_socket_directories: sockets,
    unix_socket_permissions: '0700',
    max_connections: '120',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let child: ChildProcess | null = null;
  let gone: Promise<void> = Promise.resolve();
  let wanted = true;
  const begin = async (): Promise<void> => {
    await mkdir(sockets, { recursive: true, mode: 0o700 });
    chmodSync(sockets, 0o700);
    programs.own(sockets);
    const started = spawn(
      '/bin/sh',
      ['-c', KEEPER, 'sh', sockets, join(programs.bin, 'postgres'), '-D', cluster, ...flags],
      // A group of its own: Ctrl-C in a terminal reaches the servers first, and their database after them.
      { ...within(programs), stdio: ['pipe', 'ignore', 'pipe'], detached: true },
    );
    child = started;
    started.stdin!.on('error', () => {});
    gone = new Promise((done) => started.once('exit', () => done()));
    await isReady(started);
    void gone.then(() => {
      if (!wanted) return;
      say('the database ended by itself and is started again.');
      setTimeout(() => wanted && begin().catch((error: Error) => say(error.message)), AGAIN_MS);
    });
  };
  for (let tries = 1; ; tries++) {
    try {
      await begin();
      break;
    } catch (error) {
      await gone;
      rmSync(sockets, { recursive: true, force: true });
      if (tries === TRIES || !STILL_THERE.test((error as Error).message)) throw error;
      await new Promise((done) => setTimeout(done, AGAIN_MS / 2));
    }
  }
  return {
    address: (database: string) => ownAddress(sockets, database),
    async stop() {
      wanted = false;
      child?.stdin?.end();
      await gone;
    },
  };
}

function isReady(child: ChildProcess): Promise<void> {
  return new Promise((done, fail) => {
    let said = '';
    const late = setTimeout(() => fail(new Error('PostgreSQL did not come up in time.')), START_MS);
    child.once('error', fail);
    child.once('exit', (code) => {
      clearTimeout(late);
      fail(new Error(`PostgreSQL ended with ${code}: ${said.trim().split('\n').slice(-2).join(' ')}`));
    });
    child.stderr!.on('data', (part: Buffer) => {
      if (said.length < 20_000) said += part.toString();
      if (!said.includes('database system is ready to accept connections')) return;
      clearTimeout(late);
      done();
    });
  });
}

async function makeDatabases(address: (database: string) => string): Promise<void> {
  const db = openPostgres({ url: address('postgres'), connections: 1, deadlineMs: 60_000 });
  try {
    const { rows } = await db.query<{ datname: string }>('SELECT datname FROM pg_database');
    for (const desk of DESKS)
      if (!rows.some(({ datname }) => datname === desk)) await db.query(`CREATE DATABASE "${desk}"`);
  } finally {
    await db.close();
  }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
