import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openClock, openNow, openRoot } from '@munjigi/core/trust';
import { nodeCrypto } from '@munjigi/service/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from './support/bundle.ts';
import { openTestEmbedded, pristineFolder, tempFolder } from './support/databases.ts';

let script: string;
const crypto = nodeCrypto();
const folders: string[] = [];
const children = new Set<ChildProcess>();

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Served {
  readonly child: ChildProcess;
  readonly errors: string[];
  /** The line that it prints when it listens; rejects when it ends before. */
  listening: Promise<{ host: string; port: number; desks: string[]; mirror: string }>;
  ended: Promise<number | null>;
}

function serve(args: readonly string[], env: Record<string, string> = {}): Served {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...env },
  });
  children.add(child);
  const errors: string[] = [];
  createInterface({ input: child.stderr! }).on('line', (line) => errors.push(line));
  const ended = once(child, 'exit').then(([code]) => {
    children.delete(child);
    return code as number | null;
  });
  const listening = new Promise<{ host: string; port: number; desks: string[]; mirror: string }>(
    (done, fail) => {
      createInterface({ input: child.stdout! }).on('line', (line) => {
        if (line.startsWith('{"listening"')) done(JSON.parse(line).listening);
      });
      void ended.then(() => fail(new Error(errors.join('\n'))));
    },
  );
  listening.catch(() => {});
  return { child, errors, listening, ended };
}

/** A data folder of its own; its databases are copied from the pristine one that all tests share. */
async function folder(): Promise<string> {
  const made = tempFolder('serve');
  folders.push(made);
  await (await openTestEmbedded(join(made, 'warm'))).close();
  cpSync(pristineFolder(), join(made, '.pristine'), { recursive: true });
  return made;
}

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It did not happen in half a minute: ${what}`);
    await new Promise((go) => setTimeout(go, 25));
  }
}

describe('munjigi serve', () => {
  const storyMs = Date.parse('2022-01-06T13:58:00+09:00');
  let data: string;
  let served: Served;

  beforeAll(async () => {
    script = await bundle(fileURLToPath(new URL('./support/serve-child.ts', import.meta.url)));
    data = await folder();
    const clockFile = join(data, 'clock.json');
    writeFileSync(clockFile, JSON.stringify({ storyMs, realMs: Date.now(), rate: 1 }));
    served = serve([
      '--desks',
      'issuer,authority',
      '--data',
      data,
      '--port',
      '0',
      '--exercise',
      '--clock-file',
      clockFile,
      '--log',
      'error',
    ]);
    await served.listening;
  });

  it('says where it listens, and keeps keys and databases to its own user', async () => {
    const { port } = await served.listening;
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
    expect(await ready.json()).toEqual({ ready: true, database: 'up', desks: ['issuer', 'authority'] });
    if (process.platform === 'win32') return;
    for (const name of [
      'keys',
      'keys/issuer',
      'keys/authority',
      'keys/authority/days',
      'issuer',
      'authority',
    ]) {
      expect(statSync(join(data, name)).mode & 0o777, name).toBe(0o700);
    }
    expect(statSync(join(data, 'keys', 'operator-token.key')).mode & 0o777).toBe(0o600);
  });

  it('follows the moments that its parent plays, and signs what counts anew', async () => {
    const { mirror } = await served.listening;
    const root = await openRoot(readFileSync(join(mirror, 'root.cose')), crypto);
    const clock = () => openClock(readFileSync(join(mirror, 'clock.cose')), root, crypto);
    const now = () => openNow(readFileSync(join(mirror, 'now.cose')), root, crypto);
    expect((await clock()).storyMs).toBe(storyMs);
    const next = Date.parse('2022-01-06T19:20:00+09:00');
    served.child.send({ storyMs: next, realMs: Date.now(), rate: 1 });
    await until(async () => (await clock()).storyMs === next, 'the mirror shows the new moment');
    await until(async () => (await now()).issuedAt >= next / 1000, 'what counts now is signed anew');
  });

  it('ends with one sentence where a flag is wrong, a pack is missing, a folder is in use, the port is taken or no database answers', async () => {
    const listener = createServer();
    await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
    const { port } = listener.address() as { port: number };
    const away = (desk: string) => [
      ...['--data', tempFolder('away'), '--port', '0'],
      ...[`--database-${desk}`, 'postgres://nobody@127.0.0.1:1/none'],
    ];
    const cases: [string[], number, RegExp][] = [
      [['--port', 'many'], 2, /--port is a whole number/],
      [['--colour', 'blue'], 2, /--colour/],
      [['--policy', join(data, 'no-pack')], 1, /no policy pack/],
      [['--desks', 'issuer', '--data', data, '--port', '0'], 1, /in use|another process|holds/i],
      [['--desks', 'authority', '--data', await folder(), '--port', String(port)], 1, /Port \d+ is in use/],
      [['--desks', 'register', ...away('register')], 1, /PostgreSQL server does not answer\. Start it/],
      [['--desks', 'issuer', ...away('issuer')], 1, /PostgreSQL server does not answer\. Start it/],
    ];
    const runs = cases.map(([args]) => serve(args));
    for (const [i, [args, code, sentence]] of cases.entries()) {
      expect(await runs[i]!.ended, `${args.join(' ')}: ${runs[i]!.errors.join('\n')}`).toBe(code);
      const said = runs[i]!.errors.join('\n');
      expect(said).toMatch(sentence);
      expect(said).not.toMatch(/\n\s+at /);
    }
    listener.close();
  }, 120_000);

  it('finishes what has begun when asked to end, takes nothing new, and takes the same wish twice for one', async () => {
    const { port } = await served.listening;
    const enrol = () =>
      fetch(`http://127.0.0.1:${port}/api/issuer/enrolments`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ provider: 'demonstration', assertion: { person: 'haneul' } }),
      });
    const begun = Array.from({ length: 20 }, enrol);
    expect((await begun[0]!).status).toBe(200);
    served.child.send({ stop: true });
    served.child.kill('SIGTERM');
    const answers = await Promise.allSettled(begun);
    const statuses = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.status : 0));
    expect(
      statuses.every((status) => [200, 503, 0].includes(status)),
      String(statuses),
    ).toBe(true);
    expect(await served.ended).toBe(0);
    await expect(enrol()).rejects.toThrow();
    expect(served.errors.filter((line) => line.includes('"level":50'))).toEqual([]);
  });
});
