// @ts-check
// The embedded PostgreSQL lives in this worker thread, because a statement blocks the thread it runs on. Plain
// JavaScript, because Node starts a worker from a file.
//
// The engine never flushes by itself: it starts with -F, and the file system it is compiled with answers fsync without
// doing it. Here fsync is given to that file system, -F is left out, and the log is flushed by fsync. This leans on the
// engine's inside; its exact version is pinned, and a test counts the flushes.
import { fsyncSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** Flushes asked for and done since the start. */
let flushes = 0;

/** Errors of flushing a directory where the platform has no such thing (Windows; some network file systems). */
const NO_DIRECTORY_FLUSH = new Set(['EISDIR', 'EINVAL', 'EPERM', 'EBADF', 'ENOTSUP']);

class DurableFS extends NodeFS {
  /** @param {any} pg @param {any} options */
  async init(pg, options) {
    const { emscriptenOpts } = await super.init(pg, options);
    const preRun = [...(emscriptenOpts.preRun ?? [])];
    preRun.push((/** @type {any} */ mod) => {
      mod.NODEFS.stream_ops.fsync = (/** @type {any} */ stream) => {
        try {
          fsyncSync(stream.nfd);
          flushes += 1;
        } catch (error) {
          const code = /** @type {NodeJS.ErrnoException} */ (error).code ?? '';
          if (mod.FS.isDir(stream.node.mode) && NO_DIRECTORY_FLUSH.has(code)) return 0;
          throw new mod.FS.ErrnoError(29); // EIO: the engine then stops rather than promise what is not on disk
        }
        return 0;
      };
    });
    return { emscriptenOpts: { ...emscriptenOpts, preRun } };
  }
}

const { folder, settings } = /** @type {{ folder: string, settings: Record<string, string> }} */ (workerData);
const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);

const identity = (/** @type {unknown} */ x) => x;
/** Values come encoded as text or binary (encode-value.ts); nothing is left to do for any type. */
const asTheyCome = /** @type {any} */ (new Proxy({}, { get: () => identity }));
const parsers = {
  17: (/** @type {string} */ text) => new Uint8Array(Buffer.from(text.slice(2), 'hex')),
  20: (/** @type {string} */ text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value)) throw new RangeError('A whole number of the database is beyond 2^53.');
    return value;
  },
  1082: identity,
};

/** The last lines that the engine wrote about itself: a PANIC names its cause here. */
const said = /** @type {string[]} */ ([]);
const hear = (/** @type {string} */ line) => {
  said.push(line);
  if (said.length > 20) said.shift();
  return false;
};

/** @param {unknown} error */
function plain(error) {
  const { message, code, name } = /** @type {any} */ (error);
  const sqlState = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
  return {
    name: String(name),
    message: String(message),
    sqlState,
    said: sqlState === null ? said.join('\n') : '',
  };
}

/** @type {PGlite} */
let db;
try {
  db = await PGlite.create({
    fs: new DurableFS(folder),
    parsers,
    // Small log segments: a new cluster is 27 MB instead of 39, and a fresh segment is written in a moment.
    initDbStartParams: ['--wal-segsize=4'],
    onStderr: hear,
    onStdout: hear,
    startParams: [
      ...PGlite.defaultStartParams.filter((p) => p !== '-F'),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
  });
} catch (error) {
  port.postMessage({ opened: false, error: plain(error) });
  process.exit(1);
}
port.postMessage({ opened: true });

/** @param {{ id: number, kind: string, sql: string, values: any[] }} ask */
async function answer(ask) {
  const before = flushes;
  switch (ask.kind) {
    case 'query': {
      const result = await db.query(ask.sql, ask.values, { serializers: asTheyCome });
      return {
        command: result.command ?? '',
        rows: result.rows,
        count: result.affectedRows || result.rows.length,
        flushes: flushes - before,
      };
    }
    case 'script':
      await db.exec(ask.sql);
      return { command: '', rows: [], count: 0, flushes: flushes - before };
    case 'close':
      await db.close();
      return { command: '', rows: [], count: 0, flushes: flushes - before };
    default:
      throw new Error('An unknown request.');
  }
}

// One after another: the engine has one session.
let turn = Promise.resolve();
port.on('message', (ask) => {
  turn = turn.then(async () => {
    try {
      port.postMessage({ id: ask.id, answer: await answer(ask) });
    } catch (error) {
      port.postMessage({ id: ask.id, error: plain(error) });
    }
    if (ask.kind === 'close') port.close();
  });
});
