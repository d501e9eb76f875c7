import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, realpathSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseRefused } from '../errors.ts';

/** Held while a process may write to a folder. */
export interface FolderLock {
  release(): Promise<void>;
}

const STALE_MS = 10_000;

/**
 * Where a folder's lock listens: a name that the kernel gives back when the process ends, however it ends. On Linux an
 * abstract socket, on Windows a named pipe, elsewhere a socket file. Two containers that share a folder but no network
 * namespace do not see each other's lock.
 */
function addressOf(realPath: string): string {
  const name = `munjigi-${createHash('sha256').update(realPath).digest('hex').slice(0, 32)}`;
  if (process.platform === 'linux') return `\0${name}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), `${name}.sock`);
}

function listen(address: string): Promise<Server | 'taken'> {
  return new Promise((done, fail) => {
    const server = createServer((peer) => {
      peer.on('error', () => {});
      peer.end(`${process.pid}\n`);
    });
    server.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? done('taken') : fail(error),
    );
    server.listen(address, () => {
      server.unref();
      done(server);
    });
  });
}

/** The process id that the holder names, '' where it names none, null where nobody listens. */
function holder(address: string): Promise<string | null> {
  return new Promise((done) => {
    let said = '';
    const socket = connect(address);
    socket.setTimeout(2_000, () => {
      socket.destroy();
      done(said.trim());
    });
    socket.on('data', (data) => {
      said += data.toString('latin1');
    });
    socket.on('error', () => done(null));
    socket.on('close', () => done(said.trim()));
  });
}

/** Socket files outlive their process: takes a dead one's place, one taker at a time. */
async function takeOver(address: string): Promise<Server | 'taken'> {
  const guard = `${address}.taking`;
  try {
    if (Date.now() - statSync(guard).mtimeMs > STALE_MS) rmSync(guard, { force: true });
  } catch {
    // No one is taking it.
  }
  try {
    closeSync(openSync(guard, 'wx'));
  } catch {
    return 'taken';
  }
  try {
    if ((await holder(address)) !== null) return 'taken';
    rmSync(address, { force: true });
    return await listen(address);
  } finally {
    rmSync(guard, { force: true });
  }
}

/**
 * Locks a folder (made where there is none) for this process. Take it before anything in the folder is opened.
 * Throws `DatabaseRefused` with `database.locked`, naming the holder.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const real = realpathSync.native(folder);
  const address = addressOf(process.platform === 'win32' ? real.toLowerCase() : real);
  let server = await listen(address);
  if (server === 'taken' && process.platform !== 'linux' && process.platform !== 'win32')
    server = await takeOver(address);
  if (server === 'taken') {
    const pid = await holder(address);
    const who = pid ? `the process ${pid}` : 'another process';
    throw new DatabaseRefused(
      'database.locked',
      `The data folder ${folder} is in use by ${who}. Stop that one first, or name another folder with --data: two processes on one folder lose entries.`,
    );
  }
  const held = server;
  return { release: () => new Promise((done) => held.close(() => done())) };
}
