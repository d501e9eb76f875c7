import { mkdir } from 'node:fs/promises';
import http, { type Server } from 'node:http';
import type { Socket } from 'node:net';
import path from 'node:path';
import { readOptions, type StartOptions, USAGE, UsageError } from './options.ts';
import { packFolder, ROOT } from './places.ts';
import { PortBusy, takePort } from './port.ts';
import { openStage, type Stage } from './stage.ts';
import { plain } from './static-apps.ts';
import { openTls } from './tls/index.ts';
import { openedText } from './words.ts';

const say = (line: string) => void process.stderr.write(`${line}\n`);

/**
 * `munjigi start`: one port with everything under it, and the service behind it as a process of its own. Resolves to
 * the exit code when it was told to end (0), when it could not begin (1), or when the arguments are wrong (2).
 */
export async function start(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args, ROOT);
    if (options === null) {
      process.stdout.write(USAGE);
      return 0;
    }
    return await run(options);
  } catch (error) {
    if (error instanceof UsageError) {
      say(`munjigi start: ${error.message}`);
      return 2;
    }
    say(`munjigi start: ${error instanceof PortBusy ? error.message : sentenceOf(error)}`);
    return 1;
  }
}

const sentenceOf = (error: unknown): string => {
  const { code, path: file, message } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `The folder ${file ?? ''} may not be written by this user. Name another one with --data FOLDER.`;
  }
  return message;
};

async function run(options: StartOptions): Promise<number> {
  const began = Date.now();
  const ended = endOfRun();
  const pack = packFolder(options.policy);
  await mkdir(options.data, { recursive: true, mode: 0o700 });
  const tls = options.tls ? await openTls(path.join(options.data, 'keys', 'tls')) : null;
  let front: http.RequestListener = (_, response) => plain(response, 503, 'This is being started.');

  const hosts = options.host ? [options.host] : options.tls ? ['::'] : ['127.0.0.1', '::1'];
  const sockets = new Set<Socket>();
  const { port, servers: listeners } = await takePort(options.port, hosts, () => {
    const listener: http.RequestListener = (request, response) => front(request, response);
    const server = tls ? tls.server(listener) : http.createServer({ keepAliveTimeout: 65_000 }, listener);
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    return server;
  });
  let stage: Stage | null = null;
  try {
    const opened = await openStage({ options, pack, ...(tls ? { before: tls.answer } : {}) }, say);
    stage = opened;
    front = opened.front;
    await Promise.race([
      opened.director.begin().then(async (setup) => {
        const invited = await opened.staff.invited();
        process.stdout.write(
          openedText({
            port,
            asked: options.port,
            secure: tls !== null,
            everyone: options.tls || options.host !== null,
            story: opened.story !== null,
            data: options.data,
            alone: opened.alone,
            ...setup,
            invited,
            firstMs: Date.now() - began,
          }),
        );
      }),
      ended,
    ]);
    await ended;
    return 0;
  } finally {
    for (const server of listeners) (server as Server).close();
    for (const socket of sockets) socket.destroy();
    await stage?.end();
  }
}

/** Resolves when somebody asks the program to end; a second time ends it at once. */
function endOfRun(): Promise<void> {
  return new Promise((done) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(130);
        asked = true;
        done();
      });
    }
    process.once('disconnect', done);
  });
}
