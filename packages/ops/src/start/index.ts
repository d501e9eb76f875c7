import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import http, { type Server } from 'node:http';
import type { Socket } from 'node:net';
import path from 'node:path';
import { DemoControl } from './demo-control.ts';
import { Director } from './director.ts';
import { frontOf } from './front.ts';
import { LoadMeter } from './load-meter.ts';
import { Mirror } from './mirror.ts';
import { DEFAULT_PORT, readOptions, type StartOptions, USAGE, UsageError } from './options.ts';
import { appFolder, PROGRAM, packFolder, ROOT } from './places.ts';
import { PortBusy, takePort } from './port.ts';
import { readRecord } from './record.ts';
import { ServiceCalls } from './service-calls.ts';
import { ServiceChild } from './service-child.ts';
import { ServiceProxy } from './service-proxy.ts';
import { staffOf } from './staff.ts';
import { StaticApps } from './static-apps.ts';
import { anyVenue, readStory } from './story.ts';
import { openTls } from './tls/index.ts';
import { lanAddresses, openedText } from './words.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

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

/** Where the posters of this machine lead: its own wallet; on every address, the one by which phones of its network reach it. */
function walletAddress({ tls, host, port }: StartOptions): string {
  const name = host ?? (tls ? lanAddresses()[0] : undefined) ?? 'localhost';
  return `${tls ? 'https' : 'http'}://${name}:${port || DEFAULT_PORT}/wallet/`;
}

async function run(options: StartOptions): Promise<number> {
  const began = Date.now();
  const pack = packFolder(options.policy);
  const told = await readStory(pack);
  const story = options.now ? null : told;
  const record = await readRecord(pack);
  await mkdir(options.data, { recursive: true, mode: 0o700 });
  const clockFile = path.join(options.data, 'clock.json');

  const service = new ServiceChild({
    program: PROGRAM,
    args: [
      '--desks',
      'issuer,register,authority',
      '--data',
      options.data,
      '--policy',
      pack,
      '--host',
      '127.0.0.1',
      '--port',
      '0',
      '--log',
      'warn',
      '--behind-proxy',
      // The proxy is this process, and ends with it.
      '--drain-seconds',
      '0',
      '--exercise',
      // The story's guests all come from this page: they wait for nobody.
      '--limit-first',
      '64',
      '--wallet-address',
      walletAddress(options),
      ...(story ? ['--clock-file', clockFile] : []),
    ],
    say: (line) => say(`service: ${line}`),
    beforeStart: async (clock) => {
      if (clock) await writeFile(clockFile, JSON.stringify(clock));
    },
  });
  const token = () => readFileSync(path.join(options.data, 'keys', 'operator-token.key'), 'utf8').trim();
  const calls = new ServiceCalls(
    () => (service.port === null ? null : `http://127.0.0.1:${service.port}`),
    token,
  );
  const mirror = new Mirror(path.join(options.data, 'mirror'));
  const venue = told ? { ...told.venue, name: told.venue.name.ko } : await anyVenue(pack);
  const staff = staffOf(calls);
  const director = new Director({ service, calls, mirror, story, venue, owner: staff.owner });
  const load = new LoadMeter();
  const proxy = new ServiceProxy();
  const tls = options.tls ? await openTls(path.join(options.data, 'keys', 'tls')) : null;
  const front = frontOf({
    apps: new StaticApps([
      { address: '/gate/', folder: appFolder('gate') },
      { address: '/wallet/', folder: appFolder('wallet') },
      { address: '/console/', folder: appFolder('console'), console: true },
      { address: '/', folder: appFolder('demo') },
    ]),
    mirror,
    proxy,
    // After a repair the doors open when the clock of that minute is in the mirror, so that no device dates it earlier.
    service: {
      get port() {
        return director.phase === 'stopped' ? null : service.port;
      },
    },
    load,
    control: new DemoControl({ director, service, calls, load, story, policy: options.policy, record }),
    ...(tls ? { before: tls.answer } : {}),
  });

  const hosts = options.host ? [options.host] : options.tls ? ['::'] : ['127.0.0.1', '::1'];
  const sockets = new Set<Socket>();
  const { port, servers } = await takePort(options.port, hosts, () => {
    const server = tls ? tls.server(front) : http.createServer({ keepAliveTimeout: 65_000 }, front);
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    return server;
  });

  const ended = endOfRun();
  service.onLost = () => {
    say('munjigi: the service ended by itself and is started again; doors went on meanwhile.');
    setTimeout(
      () => service.start(service.played()).catch((error: Error) => say(`munjigi: ${error.message}`)),
      1000,
    );
  };
  try {
    await Promise.race([
      director.begin().then(async (setup) => {
        const invited = await staff.invited();
        process.stdout.write(
          openedText({
            port,
            asked: options.port,
            secure: tls !== null,
            everyone: options.tls || options.host !== null,
            story: story !== null,
            data: options.data,
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
    proxy.close();
    director.end();
    for (const server of servers) (server as Server).close();
    for (const socket of sockets) socket.destroy();
    await service.stop();
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
