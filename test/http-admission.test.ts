import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { batchToJson } from '@munjigi/core/chain';
import { openLog } from '@munjigi/service';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Admission, TERMS } from '../packages/service/src/api/admission/index.ts';
import { STRICT_HEADERS } from '../packages/service/src/api/broken-request.ts';
import { rateLimit } from '../packages/service/src/api/limits.ts';
import { buildServer } from '../packages/service/src/api/server.ts';
import { registerOperations, route } from '../packages/service/src/contracts/index.ts';
import type { DeskServer } from '../packages/service/src/lib/desk.ts';
import { TestGate } from './support/register.ts';

const MOST_BYTES = 48 * 1024 * 1024;

describe('a request on its way in', () => {
  let server: DeskServer;
  let admission: Admission;
  let body: string;
  let port: number;
  const lines: string[] = [];
  const sockets: Socket[] = [];
  /** What the handler waits for. */
  let gate: Promise<void> = Promise.resolve();
  let begun = 0;

  beforeAll(async () => {
    const chain = new TestGate(1).append(60, Math.floor(Date.now() / 1000));
    body = JSON.stringify(batchToJson(await chain.batch()));
  });
  const close = async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await server?.close();
  };
  beforeEach(async () => {
    await close();
    admission = new Admission();
    begun = 0;
    gate = Promise.resolve();
    server = buildServer({
      log: openLog('warn', { write: (line: string) => lines.push(line) }),
      operatorToken: 'x'.repeat(43),
      accounts: new Map(),
      behindProxy: false,
      enrolments: rateLimit(300),
      nowMs: Date.now,
      draining: () => false,
      admission,
    });
    server.route({
      ...route(registerOperations.sendBatch),
      async handler() {
        begun += 1;
        await gate;
        return {
          head: { counter: 0, hash: 'A'.repeat(43) },
          have: [],
          resendFrom: null,
          receipt: null,
          results: [],
        };
      },
    });
    await server.listen({ port: 0, host: '127.0.0.1' });
    port = (server.server.address() as { port: number }).port;
  });
  afterAll(close);

  /** Sends bytes, and collects what comes back. */
  const open = (bytes: string | Uint8Array): { socket: Socket; said: () => string } => {
    let said = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      said += chunk.toString();
    });
    socket.on('error', () => {});
    sockets.push(socket);
    return { socket, said: () => said };
  };
  const head = (headers: string) =>
    `POST /api/register/batches HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n${headers}\r\n`;
  const sized = (text: string) => `${head(`content-length: ${Buffer.byteLength(text)}\r\n`)}${text}`;
  const statusOf = (said: string) => said.slice(9, 12);

  it('takes nobody’s turn while its body trickles in', async () => {
    const slow = Array.from({ length: 60 }, () => open(sized(body).slice(0, -200)));
    // Each is counted as large as it says.
    const room = MOST_BYTES - 60 * body.length;
    await expect
      .poll(() => {
        try {
          admission.hold('documents', room + 1).release();
          return false;
        } catch {
          return true;
        }
      })
      .toBe(true);
    expect(admission.stateOf('upload')).toMatchObject({ running: 0, waiting: 0 });
    const quick = open(sized(body));
    await expect.poll(() => statusOf(quick.said())).toBe('200');
    expect(begun).toBe(1);
    // Who leaves in the middle gives back what it held.
    for (const { socket } of slow) socket.destroy();
    await expect
      .poll(() => {
        try {
          admission.hold('documents', MOST_BYTES).release();
          return true;
        } catch {
          return false;
        }
      })
      .toBe(true);
  });

  it('is counted as it comes where it does not say how large it is, or is packed', async () => {
    const held = admission.hold('documents', MOST_BYTES - 2_000);
    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
    const chunked = open(`${head('transfer-encoding: chunked\r\n')}${chunk(body)}0\r\n\r\n`);
    const packed = gzipSync(body);
    const zipped = open(
      Buffer.concat([
        Buffer.from(head(`content-encoding: gzip\r\ncontent-length: ${packed.length}\r\n`)),
        packed,
      ]),
    );
    for (const one of [chunked, zipped]) {
      await expect.poll(() => statusOf(one.said())).toBe('503');
      expect(one.said()).toContain('service.full');
      expect(one.said()).toMatch(/\r\nretry-after: \d+\r\n/);
    }
    expect(begun).toBe(0);
    held.release();
    const again = open(`${head('transfer-encoding: chunked\r\n')}${chunk(body)}0\r\n\r\n`);
    await expect.poll(() => statusOf(again.said())).toBe('200');
    admission.hold('documents', MOST_BYTES).release();
  });

  it('is refused before it is read where the queue is full, quietly; who waits is served in turn', async () => {
    let go: () => void = () => {};
    gate = new Promise((done) => {
      go = done;
    });
    const { floor, queue } = TERMS.upload;
    const first = Array.from({ length: floor }, () => open(sized(body)));
    await expect.poll(() => begun).toBe(floor);
    const waiting = Array.from({ length: queue }, () => admission.enter('upload').catch(() => null));
    const refused = open(sized(body).slice(0, -200));
    await expect.poll(() => statusOf(refused.said())).toBe('503');
    for (const [name, value] of Object.entries(STRICT_HEADERS))
      expect(refused.said()).toContain(`\r\n${name}: ${value}\r\n`);
    expect(refused.said()).toMatch(/\r\nretry-after: \d+\r\n/);
    expect(begun).toBe(floor);
    // The rest of its body is passed over, and never read as a request: the connection stays good.
    refused.socket.write(`${sized(body).slice(-200)}GET /nowhere HTTP/1.1\r\nhost: a\r\n\r\n`);
    await expect.poll(() => refused.said()).toContain('HTTP/1.1 404');
    expect(refused.said().match(/HTTP\/1\.1 /g)).toHaveLength(2);
    go();
    for (const ticket of await Promise.all(waiting)) ticket?.end();
    for (const one of first) await expect.poll(() => statusOf(one.said())).toBe('200');
    expect(admission.stateOf('upload')).toMatchObject({ running: 0, waiting: 0 });
    expect(lines.join(''), 'what is counted fills no log').toBe('');
  });
});
