import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { API_ERRORS } from '@munjigi/service/contracts';
import { freePort, haproxyProgram, until } from '@munjigi/sim/stage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRuntime, renderHaproxy } from '../packages/ops/src/haproxy/index.ts';
import { makeAuthority, makeServerCertificate, pem } from '../packages/ops/src/start/tls/certificate.ts';
import { tempFolder } from './support/databases.ts';
import { ask, NO_HAPROXY, openDoor, type StandIn, standIn, type TestDoor } from './support/proxy.ts';

const SHIPPED = fileURLToPath(new URL('../deploy/haproxy/haproxy.cfg', import.meta.url));
const shipped = readFileSync(SHIPPED, 'utf8');
const haproxy = haproxyProgram();
const NODES = [
  { name: 'a', port: 8788, agentPort: 8790 },
  { name: 'b', host: '10.0.0.12', port: 8788 },
];

/** What HAProxy says of a configuration: nothing where it is whole. */
function complaints(text: string): string {
  const file = join(tempFolder('haproxy'), 'haproxy.cfg');
  writeFileSync(file, text);
  try {
    execFileSync(haproxy!, ['-c', '-q', '-f', file], { stdio: 'pipe' });
    return '';
  } catch (error) {
    return String((error as { stderr: Buffer }).stderr);
  }
}

describe('the balancer as it is shipped', () => {
  it('is taken by HAProxy as it stands, with a certificate', ({ skip }) => {
    if (!haproxy) return skip(NO_HAPROXY);
    const folder = tempFolder('haproxy');
    mkdirSync(join(folder, 'certs'));
    const names = ['door.example'];
    const authority = makeAuthority('door', names, new Date());
    const { key, der } = makeServerCertificate(
      { commonName: 'door', key: authority.key },
      names,
      [],
      new Date(),
    );
    const secret = key.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(join(folder, 'certs', 'door.pem'), `${pem(der)}${secret}`);
    expect(shipped).toContain('crt /etc/haproxy/certs/');
    expect(complaints(shipped.replace('/etc/haproxy/certs/', join(folder, 'certs/')))).toBe('');
  });

  it('is what tests and drills run, with other ports and for any user', ({ skip }) => {
    const options = { bind: '127.0.0.1:8080', socket: '/tmp/door.sock', nodes: NODES };
    const mirrors = [{ name: 'one', host: '192.0.2.7', port: 80 }];
    const rendered = renderHaproxy({
      ...options,
      mirrors,
      counts: '127.0.0.1:8404',
      limits: { issue: 77, connections: 55 },
      pace: { checkMs: 200, slowStartMs: 3_000 },
    });
    const lines = rendered.split('\n').map((line) => line.trim());
    for (const line of [
      'bind 127.0.0.1:8080',
      'bind 127.0.0.1:8404',
      'server a 127.0.0.1:8788 agent-port 8790',
      'server b 10.0.0.12:8788 no-agent-check',
      'server one 192.0.2.7:80',
      'http-request deny deny_status 429 if is_issue { sc_gpc_rate(1,0,networks) gt 77 }',
      'tcp-request connection reject if { sc_conn_cur(0,networks) gt 55 }',
    ])
      expect(lines).toContain(line);
    expect(rendered).toContain('inter 200ms fastinter 50ms downinter 100ms fall 3 rise 2 slowstart 3000ms');
    expect(rendered).not.toMatch(/ #= [a-z-]+$|chroot|^ {2}user|ssl crt|10\.0\.0\.1[13]/m);
    if (!haproxy) return skip(NO_HAPROXY);
    expect(complaints(rendered)).toBe('');
    expect(complaints(renderHaproxy(options))).toBe('');
  });

  it('is not filled where it says something else than is known', () => {
    const options = { bind: '127.0.0.1:1', socket: '/tmp/s', nodes: NODES };
    expect(() => renderHaproxy(options, shipped.replaceAll(' #= nodes', ''))).toThrow(/#= nodes/);
    const other = shipped.replace('slowstart 30s', '');
    expect(() => renderHaproxy({ ...options, pace: { slowStartMs: 1 } }, other)).toThrow(/slowstart/);
  });

  it('says what it says by itself in the words of the service', () => {
    const said = [...shipped.matchAll(/http-error status (\d+) .*? string "(.*?[^\\])" hdr/g)];
    const answers = said.map(([, status, text]) => ({
      status: Number(status),
      ...(JSON.parse(text!.replaceAll('\\"', '"')) as { error: string; message: string }),
    }));
    expect(answers.map(({ status }) => status)).toEqual([400, 408, 413, 429, 502, 503, 504]);
    for (const { status, error, message } of answers) {
      const [usual, sentence] = API_ERRORS[error as keyof typeof API_ERRORS];
      expect([error, message]).toEqual([error, sentence]);
      expect([error, status]).toEqual([error, status > 500 ? status : usual]);
    }
  });

  it('says why for each of its lines', () => {
    const [lines, comments] = [/^ {2}[a-z]/, /^ *#/].map(
      (kind) => shipped.split('\n').filter((line) => kind.test(line)).length,
    );
    expect(comments).toBeGreaterThan(lines! / 4);
  });
});

describe('what reaches a node through the door', () => {
  let door: TestDoor;
  let node: StandIn;
  let authority: StandIn;
  let mirror: StandIn;
  let counts: number;

  beforeAll(async () => {
    if (!haproxy) return;
    [node, authority, mirror] = [await standIn('a'), await standIn('authority'), await standIn('mirror')];
    counts = await freePort();
    door = await openDoor([node], {
      authority: [authority],
      mirrors: [mirror],
      counts: `127.0.0.1:${counts}`,
    });
  });
  afterAll(async () => {
    await door?.close();
    for (const one of [node, authority, mirror]) await one?.down();
  });
  const behind = (name: string, work: () => Promise<void>) =>
    it(name, ({ skip }) => (haproxy ? work() : skip(NO_HAPROXY)));

  /** Bytes as they are, to the door; what came back. */
  const raw = (bytes: string): Promise<string> =>
    new Promise((done) => {
      const socket = connect(door.port, '127.0.0.1');
      let said = '';
      socket.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      socket.on('close', () => done(said)).on('error', () => done(said));
      socket.write(bytes);
      setTimeout(() => socket.end(), 400);
    });

  behind('names the caller, whoever the caller says that it is', async () => {
    await ask(door.port, '/health/live', {
      from: '127.0.0.7',
      headers: {
        'x-forwarded-for': '203.0.113.9',
        'x-forwarded-host': 'elsewhere.example',
        'x-forwarded-proto': 'https',
        forwarded: 'for=203.0.113.9',
        'x-real-ip': '203.0.113.9',
        upgrade: 'h2c',
        connection: 'upgrade',
        x_forwarded_for: '203.0.113.9',
      },
    });
    expect(node.headers['x-forwarded-for']).toBe('127.0.0.7');
    expect(JSON.stringify(node.headers)).not.toMatch(/203\.0\.113|elsewhere|h2c|x-real|"https"/);
  });

  behind('is told how long the caller still waits, never longer than the door does', async () => {
    const told = async (patience?: string) => {
      await ask(door.port, '/x', {
        headers: patience === undefined ? {} : { 'munjigi-patience-ms': patience },
      });
      return node.headers['munjigi-patience-ms'];
    };
    expect([await told(), await told('900'), await told('600000'), await told('0')]).toEqual([
      '6500',
      '900',
      '6500',
      '6500',
    ]);
  });

  behind('is one request for one request, however its length is told', async () => {
    const hidden = 'GET /smuggled HTTP/1.1\r\nHost: door\r\n\r\n';
    const head = 'POST /api/register/batches HTTP/1.1\r\nHost: door\r\n';
    const requests = async (bytes: string) => {
      const before = node.asked;
      await raw(`${head}${bytes}`);
      return node.asked - before;
    };
    const twoLengths = `Content-Length: 4\r\nContent-Length: 60\r\n\r\nabcd${hidden}`;
    const chunked = `Content-Length: 60\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
    expect([await requests(twoLengths), await requests(chunked)]).toEqual([0, 1]);
    expect(node.headers).not.toHaveProperty('content-length');
    for (const bytes of [
      `Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\nabcd`,
      `Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
      `Content-Length: 0x4\r\n\r\nabcd`,
    ])
      expect([bytes, await requests(bytes)]).toEqual([bytes, 0]);
    expect(await raw('TRACE / HTTP/1.1\r\nHost: door\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400[\s\S]*request\.not-http/,
    );
  });

  behind('is no larger than any operation reads, and a slow sender takes no place at a node', async () => {
    const before = node.asked;
    const batch = await ask(door.port, '/api/register/batches', { body: Buffer.alloc(4 << 20, 97) });
    expect([batch.status, JSON.parse(batch.body).bytes]).toEqual([200, 4 << 20]);
    const part = 'a'.repeat(20_000);
    for (const [path, bytes] of [
      ['/api/register/batches', (6 << 20) + 1],
      ['/api/issuer/nonces', (64 << 10) + 1],
      ['/api/%69ssuer/messages', (64 << 10) + 1],
    ])
      expect(
        await raw(`POST ${path} HTTP/1.1\r\nHost: door\r\nContent-Length: ${bytes}\r\n\r\n${part}`),
      ).toMatch(/^HTTP\/1\.1 413[\s\S]*request\.too-large/);
    expect(node.asked - before).toBe(1);
    await raw('POST /api/register/batches HTTP/1.1\r\nHost: door\r\nContent-Length: 100\r\n\r\nabc');
    expect(node.asked - before).toBe(1);
  });

  behind('goes to the desk and the mirror that it is for, and documents need no node', async () => {
    const who = async (path: string) => JSON.parse((await ask(door.port, path)).body).node as string;
    expect([
      await who('/api/register/gates/x/head'),
      await who('/api/authority/now'),
      await who('/mirror/now.cose'),
    ]).toEqual(['a', 'authority', 'mirror']);
    await node.down();
    await authority.down();
    expect(await who('/mirror/bundle.cose')).toBe('mirror');
    const away = await ask(door.port, '/api/register/gates/x/head');
    expect([away.status, JSON.parse(away.body).error]).toEqual([503, 'service.full']);
    expect(Number(away.headers['retry-after'])).toBeGreaterThanOrEqual(30);
    await node.up();
    await authority.up();
  });

  behind('is counted for Prometheus, by server', async () => {
    const { status, body } = await ask(counts, '/metrics');
    expect(status).toBe(200);
    expect(body).toMatch(/haproxy_server_loadbalanced_total\{proxy="nodes",server="a"\} \d/);
    expect(body).toMatch(/haproxy_server_weight\{proxy="nodes",server="a"\} \d/);
  });

  behind('is steered by its runtime interface, which says no in sentences', async () => {
    const { runtime } = door;
    const one = async () => (await runtime.servers('nodes'))[0]!;
    await until('the node is up again', async () => (await one()).state === 'up');
    await runtime.setState('nodes', 'a', 'drain');
    expect(await one()).toMatchObject({
      state: 'drain',
      address: `127.0.0.1:${node.port}`,
      initialWeight: 100,
    });
    await runtime.setState('nodes', 'a', 'ready');
    await runtime.setWeight('authority', 'authority', 0);
    expect((await runtime.servers('authority'))[0]).toMatchObject({ weight: 0 });
    await runtime.setWeight('authority', 'authority', 100);
    expect(await runtime.info()).toMatchObject({ pid: door.balancer.process.pid });
    await expect(runtime.servers('elsewhere')).rejects.toThrow(/no backend "elsewhere"/);
    await expect(runtime.setState('nodes', 'z', 'maint')).rejects.toThrow(/No such server/);
    await expect(runtime.setState('nodes', 'a; shutdown', 'maint')).rejects.toThrow(/no name/);
    await expect(openRuntime('/nowhere/admin.sock').info()).rejects.toThrow(/no runtime socket/);
    const closed = await freePort();
    await expect(openRuntime(`127.0.0.1:${closed}`).info()).rejects.toThrow(/Nobody listens/);
    await expect(openRuntime(`127.0.0.1:${node.port}`).info()).rejects.toThrow(/no HAProxy/);
  });
});
