import { Worker } from 'node:worker_threads';
import { DatabaseUnavailable, StatementFailed } from '../errors.ts';
import type { Answer } from '../types.ts';

/** An answer with the command that gave it: a COMMIT may turn out to be a ROLLBACK. */
export type EngineAnswer = Answer<never> & { readonly command: string };

/** One running engine in its worker thread. */
export interface Engine {
  ask(kind: 'query' | 'script', sql: string, values: readonly unknown[]): Promise<EngineAnswer>;
  /** False once the engine has stopped: a full disk makes it stop rather than lose what it promised. */
  readonly running: boolean;
  /** Flushes (fsync) since the start, as the engine's file system counted them. */
  readonly flushes: number;
  close(): Promise<void>;
  /** Ends the thread without closing the database, as a crash would. */
  kill(): Promise<void>;
}

/** The engine's settings. Flushing is what makes a commit survive a power cut; the rest keeps a small machine small. */
const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_sync_method: 'fsync',
  max_wal_size: '256MB',
  min_wal_size: '32MB',
  wal_recycle: 'on',
  shared_buffers: '32MB',
  jit: 'off',
} as const;

interface Told {
  readonly opened?: boolean;
  readonly id?: number;
  readonly answer?: EngineAnswer & { readonly flushes: number };
  readonly error?: {
    readonly name: string;
    readonly message: string;
    readonly sqlState: string | null;
    readonly said: string;
  };
}

/** The worker is plain JavaScript and is run from the source folder, whether this file was compiled or not. */
const WORKER = new URL('../../../src/db/embedded/worker.mjs', import.meta.url);

/** SQLSTATEs after which the engine's own state is not to be trusted: internal and system errors. */
const FATAL = /^(XX|58|57P)/;
/** Longest time that opening a folder may take; recovery after a crash is part of it. */
const OPEN_MS = 120_000;
/** The disk is full, or memory is. */
const OUT_OF_ROOM = /^53/;

/** Starts an engine on a folder that this process has locked. `extra` settings are for tests. */
export function startEngine(folder: string, extra: Readonly<Record<string, string>> = {}): Promise<Engine> {
  return new Promise((ready, refuse) => {
    const worker = new Worker(WORKER, {
      workerData: { folder, settings: { ...SETTINGS, ...extra } },
      // Flags of the parent (loaders, inspectors) are none of the engine's business.
      execArgv: [],
    });
    const waiting = new Map<number, { done: (answer: EngineAnswer) => void; fail: (error: Error) => void }>();
    let next = 1;
    let opened = false;
    let running = true;
    let flushes = 0;

    const stop = (why: string, cause?: unknown) => {
      if (!running) return;
      running = false;
      clearTimeout(tooLong);
      const error = new DatabaseUnavailable('database.down', `The embedded database stopped: ${why}`, {
        cause,
      });
      if (!opened) refuse(error);
      for (const { fail } of waiting.values()) fail(error);
      waiting.clear();
      void worker.terminate();
    };

    const tooLong = setTimeout(() => stop('it did not open its folder in time.'), OPEN_MS);
    worker.on('error', (error) => stop('its thread failed.', error));
    worker.on('exit', () => stop('its thread ended.'));
    worker.on('message', (told: Told) => {
      if (told.opened === true) {
        opened = true;
        clearTimeout(tooLong);
        ready(engine);
        return;
      }
      if (told.opened === false) return stop('it could not open its folder.', told.error);
      const asked = waiting.get(told.id!);
      if (asked === undefined) return;
      if (told.answer !== undefined) {
        waiting.delete(told.id!);
        flushes += told.answer.flushes;
        asked.done(told.answer);
        return;
      }
      const { sqlState, message } = told.error!;
      if (sqlState !== null && !FATAL.test(sqlState)) {
        waiting.delete(told.id!);
        asked.fail(
          OUT_OF_ROOM.test(sqlState)
            ? new DatabaseUnavailable('database.down', 'The embedded database is out of room.', {
                cause: told.error,
              })
            : new StatementFailed(sqlState, message),
        );
        return;
      }
      stop('a statement broke it.', told.error);
    });

    const post = (kind: string, sql: string, values: readonly unknown[]): Promise<EngineAnswer> =>
      new Promise((done, fail) => {
        if (!running) {
          fail(new DatabaseUnavailable('database.down', 'The embedded database has stopped.'));
          return;
        }
        const id = next++;
        waiting.set(id, { done, fail });
        worker.postMessage({ id, kind, sql, values });
      });

    const engine: Engine = {
      ask: post,
      get running() {
        return running;
      },
      get flushes() {
        return flushes;
      },
      async close() {
        if (!running) return;
        await post('close', '', []);
        running = false;
        await worker.terminate();
      },
      async kill() {
        stop('it was ended.');
        await worker.terminate();
      },
    };
  });
}
