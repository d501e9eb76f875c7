import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { bundle as bundled } from './bundle.ts';
import { openTestEmbedded, pristineFolder, tempFolder } from './databases.ts';
import { type Relay, relay } from './relay.ts';

export type DeskWord = 'issuer' | 'register' | 'authority';
export const DESK_WORDS: readonly DeskWord[] = ['authority', 'register', 'issuer'];
export const STORY_MS = Date.parse('2022-01-06T13:58:00+09:00');

/** One body's machine: a process with one desk and a folder of its own. */
export interface Machine {
  readonly desk: DeskWord;
  readonly data: string;
  readonly port: number;
  readonly errors: string[];
  start(more?: readonly string[]): Promise<void>;
  /** Ends it the hard way, as a power cut does. */
  kill(): Promise<void>;
  call(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
    // biome-ignore lint/suspicious/noExplicitAny: an answer is what the test then looks at
  ): Promise<{ status: number; headers: Headers; text: string; json: any }>;
  operate: Machine['call'];
}

export interface ThreeBodies {
  readonly machines: Readonly<Record<DeskWord, Machine>>;
  /** What stands between the authority and another body: it can change what passes. */
  readonly relays: Readonly<Record<'register' | 'issuer', Relay>>;
  /** Seconds of the story. */
  now(): number;
  /** Carries the line keys, as the page on deployment says. */
  introduce(): void;
  remove(): Promise<void>;
}

const PAGE = readFileSync(
  fileURLToPath(new URL('../../deploy/three-bodies/README.md', import.meta.url)),
  'utf8',
);
const blocks = [...PAGE.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) =>
  text!.replaceAll('\\\n', ' ').trim(),
);
const COMMANDS = blocks.filter((text) => text.startsWith('munjigi serve '));
const CARRIED = blocks.flatMap((text) => text.split('\n')).filter((line) => line.startsWith('scp '));

/** The words of the command that the page on deployment gives for a desk. */
export function commandOf(desk: DeskWord): string[] {
  const text = COMMANDS.find((command) => command.includes(`--desks ${desk} `));
  return text!.split(/\s+/).slice(2);
}

export const originOf = (desk: DeskWord): string => `https://${desk}.example`;

/** Waits for something that another process does, however slow the machine is. */
export async function until<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
  const end = Date.now() + 150_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`It did not happen: ${what}`);
    await new Promise((go) => setTimeout(go, 100));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

async function machineOf(
  script: string,
  desk: DeskWord,
  port: number,
  peers: Readonly<Partial<Record<DeskWord, number>>>,
  clockFile: string,
): Promise<Machine> {
  const data = tempFolder(desk);
  cpSync(pristineFolder(), join(data, '.pristine'), { recursive: true });
  const errors: string[] = [];
  let child: ChildProcess | null = null;
  const words = commandOf(desk).map((word, i, all) => {
    const option = all[i - 1];
    const peer = /^--peer-(.*)$/.exec(option ?? '')?.[1] as DeskWord | undefined;
    if (peer) return `http://127.0.0.1:${peers[peer]}`;
    return option === '--data' ? data : option === '--port' ? String(port) : word;
  });
  const machine: Machine = {
    desk,
    data,
    port,
    errors,
    async start(more = []) {
      const more_ = ['--exercise', '--clock-file', clockFile, '--log', 'warn', ...more];
      const started = spawn(process.execPath, [script, ...words, ...more_], {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      });
      child = started;
      createInterface({ input: started.stderr! }).on('line', (line) => errors.push(line));
      await new Promise<void>((done, fail) => {
        createInterface({ input: started.stdout! }).on('line', (line) => {
          if (line.startsWith('{"listening"')) done();
        });
        started.once('exit', () => fail(new Error(errors.slice(-5).join('\n'))));
      });
    },
    async kill() {
      const running = child;
      child = null;
      if (!running || running.exitCode !== null) return;
      const ended = once(running, 'exit');
      running.kill('SIGKILL');
      await ended;
    },
    async call(method, path, body, headers = {}) {
      const answer = await fetch(`http://127.0.0.1:${port}/api/${desk}${path}`, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      const isJson = answer.headers.get('content-type')?.startsWith('application/json');
      return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : null };
    },
    operate(method, path, body) {
      const token = readFileSync(join(data, 'keys', 'operator-token.key'), 'utf8').trim();
      return machine.call(method, path, body, { authorization: `Bearer ${token}` });
    },
  };
  return machine;
}

/** Three machines that have never heard of each other, not started yet; the authority reaches the others through relays. */
export async function threeBodies(): Promise<ThreeBodies> {
  const script = await bundled(fileURLToPath(new URL('./serve-child.ts', import.meta.url)));
  const folder = tempFolder('three-bodies');
  await (await openTestEmbedded(join(folder, 'warm'))).close();
  const clockFile = join(folder, 'clock.json');
  const realMs = Date.now();
  writeFileSync(clockFile, JSON.stringify({ storyMs: STORY_MS, realMs, rate: 1 }));
  const ports = { authority: await freePort(), register: await freePort(), issuer: await freePort() };
  const relays = { register: await relay(ports.register), issuer: await relay(ports.issuer) };
  const through = { register: relays.register.port, issuer: relays.issuer.port };
  const direct = { authority: ports.authority };
  const machines = {
    authority: await machineOf(script, 'authority', ports.authority, through, clockFile),
    register: await machineOf(script, 'register', ports.register, direct, clockFile),
    issuer: await machineOf(script, 'issuer', ports.issuer, direct, clockFile),
  };
  return {
    machines,
    relays,
    now: () => Math.floor((STORY_MS + Date.now() - realMs) / 1000),
    introduce() {
      for (const line of CARRIED) {
        const [, from, source, to] = /^scp (\w+):\/srv\/munjigi\/(\S+) (\w+):/.exec(line)!;
        const into = join(machines[to as DeskWord].data, 'public', basename(source!));
        cpSync(join(machines[from as DeskWord].data, source!), into);
      }
    },
    async remove() {
      for (const desk of DESK_WORDS) await machines[desk].kill();
      await relays.register.close();
      await relays.issuer.close();
      for (const desk of DESK_WORDS) rmSync(machines[desk].data, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
