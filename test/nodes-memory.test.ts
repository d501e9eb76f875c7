import { rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import {
  isThere,
  type LoneNode,
  type NoPostgres,
  type PrivatePostgres,
  placeOf,
  startNode,
  startPostgres,
} from '@munjigi/sim/stage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Uploads } from '../bench/support/uploads.ts';
import { tempFolder } from './support/databases.ts';

/** A small machine: idle, a node uses about half of it. */
const HEAP_MEGABYTES = 128;
const SENDERS = 1_200;
const MEGABYTE = 1024 * 1024;
/** As large as a batch may be; together far more than the heap. */
const BODY = Buffer.alloc(MEGABYTE - 1_024, 0x20);
/** Small on the way, and the whole once unpacked. */
const PACKED = gzipSync(BODY);

describe('a node with little memory, under a flood of large and slow bodies', () => {
  let postgres: PrivatePostgres | NoPostgres;
  let node: LoneNode;
  let uploads: Uploads;
  const folder = tempFolder('memory');
  const sockets: Socket[] = [];
  const health: number[] = [];

  const ask = async (): Promise<number> => (await fetch(`http://127.0.0.1:${node.port}/health/live`)).status;
  const head = (i: number, headers: string) =>
    `POST /api/register/batches HTTP/1.1\r\nhost: register\r\nx-forwarded-for: 10.${100 + (i >> 8)}.${i & 255}.1\r\n` +
    `content-type: application/json\r\n${headers}\r\n`;
  /** Sends all but the end of a body; resolves with the status, or with null where none came. */
  const flood = (i: number): Promise<string | null> =>
    new Promise((done) => {
      let said = '';
      const socket = connect(node.port, '127.0.0.1', () => {
        if (i % 3 === 0) {
          socket.write(head(i, `content-encoding: gzip\r\ncontent-length: ${PACKED.length}\r\n`));
          socket.write(PACKED.subarray(0, -1));
        } else {
          socket.write(head(i, `content-length: ${BODY.length}\r\n`));
          socket.write(BODY.subarray(0, -1));
        }
      });
      sockets.push(socket);
      socket.on('data', (chunk) => {
        said += chunk.toString('latin1');
        if (said.includes('\r\n\r\n')) done(said.slice(9, 12));
      });
      socket.on('error', () => {});
      socket.on('close', () => done(null));
    });

  beforeAll(async () => {
    postgres = await startPostgres();
    if (!isThere(postgres)) return;
    node = await startNode(await placeOf(folder, postgres), [], HEAP_MEGABYTES);
    uploads = await Uploads.of(node, 8, 1);
    await uploads.prepare(8);
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    uploads?.close();
    await node?.process.kill();
    if (isThere(postgres)) await postgres.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('stays alive, says so, and takes uploads as before once they are gone', async ({ skip }) => {
    if (!isThere(postgres)) return skip(postgres.reason);
    const said = Array.from({ length: SENDERS }, (_, i) => flood(i));
    const statuses: (string | null)[] = [];
    for (const one of said) void one.then((status) => statuses.push(status));
    // Most are told that there is no room; the rest stays where it is, held open by senders that never end.
    await expect
      .poll(() => statuses.filter((one) => one === '503').length, { timeout: 60_000 })
      .toBeGreaterThan(100);
    for (let i = 0; i < 10; i++) health.push(await ask());
    expect(health).toEqual(new Array(10).fill(200));
    expect(node.process.isRunning).toBe(true);

    for (const socket of sockets.splice(0)) socket.destroy();
    await Promise.all(said);
    expect(new Set(statuses.filter((one) => one !== null && one !== '503' && one !== '413'))).toEqual(
      new Set(),
    );
    await expect
      .poll(async () => (await uploads.closed(4, 0.3)).accepted, { timeout: 30_000 })
      .toBeGreaterThan(0);
    expect(await ask()).toBe(200);
    expect(node.process.isRunning, node.process.errors.join('\n')).toBe(true);
    if (process.platform === 'linux') expect(node.peakMegabytes()).toBeLessThan(500);
  });
});
