import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { postgresPrograms } from '@munjigi/service/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openOwnPostgres } from '../packages/ops/src/start/servers/index.ts';
import { type Running, spawnMunjigi, startMunjigi } from './browser/support/supervisor.ts';

const DEFAULT_PORT = 8787;
const NOBODY = 65_534;
const data = mkdtempSync(path.join(os.tmpdir(), 'munjigi-addresses-'));
let running: Running;
beforeAll(async () => {
  running = await startMunjigi([], { data });
});
afterAll(async () => {
  await running?.stop();
  rmSync(data, { recursive: true, force: true, maxRetries: 5 });
});

/** Three where PostgreSQL is installed, else one. */
const SERVERS = 'reason' in postgresPrograms() ? 1 : 3;

/** Numbers of the processes whose command names a folder, or something in it. */
const processesOf = (folder: string, also = ''): number[] =>
  readdirSync('/proc').flatMap((id) => {
    if (!/^\d+$/.test(id)) return [];
    try {
      const command = readFileSync(`/proc/${id}/cmdline`, 'utf8');
      return command.includes(folder) && command.includes(also) ? [Number(id)] : [];
    } catch {
      return [];
    }
  });
const serversOf = (folder: string) => processesOf(folder, 'service-process');

/** Hands a folder to another user, as if they had made it. */
function giveTo(folder: string, user: number): void {
  chownSync(folder, user, user);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const inside = path.join(folder, entry.name);
    if (entry.isDirectory()) giveTo(inside, user);
    else chownSync(inside, user, user);
  }
}

const status = async (address: string, init?: RequestInit) =>
  (await fetch(running.address + address, init)).status;
const printedBy = async (args: readonly string[]) => {
  const child = spawnMunjigi(args);
  let output = '';
  child.stdout?.on('data', (part) => (output += part));
  child.stderr?.on('data', (part) => (output += part));
  const [code] = (await once(child, 'exit')) as [number];
  return { code, output };
};

describe('npm start', () => {
  it('answers every address under one port', async () => {
    for (const address of [
      '/',
      '/wallet/',
      '/gate/',
      '/health/live',
      '/health/ready',
      '/api/authority/now',
      '/api/issuer/people',
      '/mirror/now.cose',
      '/mirror/bundle.cose',
      '/mirror/root.cose',
      '/mirror/clock.cose',
      '/demo/state',
      '/demo/setup.json',
    ]) {
      expect(await status(address), address).toBe(200);
    }
    expect(running.output()).toContain(`${running.address}/gate/#venue=`);
  });

  it("gives each body's console an address of its own, where no other desk answers", async () => {
    const { port } = new URL(running.address);
    const ask = (host: string, address: string) =>
      new Promise<http.IncomingMessage>((done, fail) => {
        http
          .get({ host: '127.0.0.1', port, path: address, headers: { host: `${host}:${port}` } }, (answer) =>
            done(answer.resume()),
          )
          .on('error', fail);
      });
    for (const body of ['register', 'authority']) {
      const host = `${body}.localhost`;
      const page = await ask(host, '/console/');
      expect(page.statusCode).toBe(200);
      expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
      const home = await ask(host, '/');
      expect([home.statusCode, home.headers.location]).toEqual([302, '/console/']);
      const answers = {
        [`/api/${body}/session`]: 200,
        '/api/authority/log/lines': 200,
        '/mirror/bundle.cose': 200,
        '/api/issuer/people': 404,
        '/gate/': 404,
        '/demo/setup.json': 404,
        '/health/live': 404,
      };
      for (const [address, status] of Object.entries(answers))
        expect((await ask(host, address)).statusCode, `${host}${address}`).toBe(status);
      for (const role of ['officer', 'operator'])
        expect(running.output()).toMatch(
          new RegExp(`/ ${role}: http://${body}.localhost:${port}/console/#invite=`),
        );
    }
    expect((await ask('register.localhost', '/api/authority/cases')).statusCode).toBe(404);
  });

  it('gives nobody the operator token, and keeps operator calls behind it', async () => {
    const setup = await (await fetch(`${running.address}/demo/setup.json`)).text();
    expect(setup).not.toMatch(/token/i);
    expect(
      await status('/api/register/venues', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"name":"x","kind":"cafe","region":"seoul"}',
      }),
    ).toBe(401);
    for (const address of [
      '/keys/operator-token.key',
      '/mirror/../keys/operator-token.key',
      '/.munjigi/keys/operator-token.key',
    ]) {
      expect(await status(address), address).not.toBe(200);
    }
  });

  const servers = async () =>
    (
      (await (await fetch(`${running.address}/demo/state`)).json()) as { servers: { state: string }[] }
    ).servers.map(({ state }) => state);
  const all = (state: string) => Array<string>(SERVERS).fill(state);
  const becomes = (state: string) => expect.poll(servers, { timeout: 90_000 }).toEqual(all(state));

  it('really stops every server at a button, while apps and signed documents stay; and starts them again', async () => {
    await becomes('running');
    const ids = serversOf(data);
    expect(ids).toHaveLength(SERVERS);
    const press = (name: string) => fetch(`${running.address}/demo/${name}`, { method: 'POST', body: '{}' });
    const before = Buffer.from(await (await fetch(`${running.address}/mirror/now.cose`)).arrayBuffer());
    expect((await press('stop')).status).toBe(200);
    expect(serversOf(data)).toEqual([]);
    const health = await fetch(`${running.address}/health/live`);
    expect(health.status).toBe(503);
    expect(Number(health.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await health.json()).toMatchObject({ error: 'service.stopped' });
    expect(await status('/gate/')).toBe(200);
    // First the document of before, then, each at its moment, those that were signed for the outage.
    await expect
      .poll(
        async () =>
          Buffer.from(await (await fetch(`${running.address}/mirror/now.cose`)).arrayBuffer()).equals(before),
        { timeout: 15_000, interval: 300 },
      )
      .toBe(false);
    expect((await press('start')).status).toBe(200);
    expect(await status('/health/ready')).toBe(200);
    await becomes('running');
    expect(serversOf(data).filter((id) => ids.includes(id))).toEqual([]);
  });

  it('shows the status page and the answer card that the authority wrote into the mirror', async () => {
    for (const name of ['index', 'en', 'answer', 'answer-en']) {
      const page = await fetch(`${running.address}/mirror/status/${name}.html`);
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(await page.text()).toContain('<h1>');
    }
    for (const name of [
      '..%2fclock.json',
      '../../keys/operator-token.key',
      '%2e%2e/clock.json',
      'index.html.part',
    ])
      expect(await status(`/mirror/status/${name}`), name).toBe(404);
  });

  it('tells in one sentence that an asked port is in use, and ends with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { code, output } = await printedBy([
      'start',
      '--port',
      String(port),
      '--data',
      path.join(data, 'other'),
    ]);
    other.close();
    expect(code).toBe(1);
    expect(output.trim()).toBe(
      `munjigi start: Port ${port} is in use by another program. Stop that program, or give another port with --port N.`,
    );
  });

  it('refuses a second program on the same data folder with a sentence', async () => {
    const { code, output } = await printedBy(['start', '--port', '0', '--data', data]);
    expect(code).toBe(1);
    expect(output).not.toContain('    at ');
    expect(output).toMatch(/in use|already|another/i);
  });

  it('says why it has one server where it was asked for one, and where its folder was begun so', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'munjigi-embedded-'));
    mkdirSync(path.join(folder, 'register'));
    expect(await openOwnPostgres(path.join(folder, 'new'), true, () => {})).toBe('asked');
    const one = await startMunjigi(['--policy', 'visitor-register'], { data: folder });
    const told = (await (await fetch(`${one.address}/demo/state`)).json()) as { servers: object[] };
    expect(told).toMatchObject({ alone: 'begun', service: 'running' });
    expect(told.servers).toHaveLength(1);
    expect(one.output()).toContain('One server of three');
    expect(await one.stop()).toBe(0);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }, 180_000);

  it('names a wrong argument and a pack that does not exist, and ends with 2', async () => {
    for (const args of [
      ['start', '--prot', '1'],
      ['start', '--port', 'abc'],
      ['start', '--policy', 'no-such-pack'],
    ]) {
      const { code, output } = await printedBy(args);
      expect(code, args.join(' ')).toBe(2);
      expect(output.trim().split('\n'), args.join(' ')).toHaveLength(1);
    }
  });

  const root = process.getuid?.() === 0;
  it(`ends its service with itself, and starts again on the same folder without a network${root ? ', as a user who is not root' : ''}, on the next port where the usual one is busy`, async () => {
    expect(await running.stop()).toBe(0);
    expect(processesOf(data)).toEqual([]);
    const usual = http.createServer();
    await new Promise<void>((done) => {
      usual.once('error', () => done());
      usual.listen(DEFAULT_PORT, '127.0.0.1', done);
    });
    if (root) giveTo(data, NOBODY);
    const env = {
      ...process.env,
      HOME: data,
      http_proxy: 'http://127.0.0.1:9',
      https_proxy: 'http://127.0.0.1:9',
    };
    running = await startMunjigi([], {
      data,
      usualPort: true,
      spawn: { env, ...(root ? { uid: NOBODY, gid: NOBODY } : {}) },
    });
    usual.close();
    expect(running.output()).toMatch(/Port 8787 is in use, so this runs on (\d+)\./);
    expect(await status('/health/ready')).toBe(200);
    expect(await status('/api/issuer/people')).toBe(200);
  }, 180_000);

  const readsTheLog = async () => {
    const { code, output } = await printedBy(['log', 'verify', '--data', data]);
    expect(code, output).toBe(0);
    expect(output).toContain('"verified":true');
  };

  it('leaves nothing running when it is killed, and commands find its databases before and after', async () => {
    // The embedded database is open to one process alone.
    if (SERVERS === 3) await readsTheLog();
    expect(processesOf(data).length).toBeGreaterThan(SERVERS);
    running.process.kill('SIGKILL');
    await expect.poll(() => processesOf(data), { timeout: 30_000 }).toEqual([]);
    await readsTheLog();
    expect(processesOf(data)).toEqual([]);
  }, 120_000);
});
