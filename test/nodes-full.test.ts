import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { batchToJson } from '@munjigi/core/chain';
import { toBase64url, toHex } from '@munjigi/core/encoding';
import { openPostgres } from '@munjigi/service/db';
import {
  isThere,
  type LoneNode,
  type NodePlace,
  type NoPostgres,
  type PrivatePostgres,
  placeOf,
  startNode,
  startPostgres,
} from '@munjigi/sim/stage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stretch, Uploads, VENUE_NAME } from '../bench/support/uploads.ts';
import { postBytes, Wire } from '../bench/support/wire.ts';
import { tempFolder } from './support/databases.ts';
import { foundIn, type Planted, plantedBytes, plantedText } from './support/planted.ts';

const GATES = 300;
const NAMES = [
  'munjigi_requests_total',
  'munjigi_request_seconds',
  'munjigi_admission_limit',
  'munjigi_admission_running',
  'munjigi_admission_waiting',
  'munjigi_refused_total',
  'munjigi_ingest_entries_total',
  'munjigi_database_up',
  'munjigi_draining',
  'munjigi_bundle_issued_timestamp_seconds',
  'munjigi_now_issued_timestamp_seconds',
  'munjigi_log_size',
  'process_resident_memory_bytes',
];

describe('a node that gets three times what it can do', () => {
  let postgres: PrivatePostgres | NoPostgres;
  let place: NodePlace;
  let node: LoneNode;
  let uploads: Uploads;
  let capacity: Stretch;
  let overload: Stretch;
  const ready: number[] = [];
  const words: string[] = [];
  const folder = tempFolder('full');

  const address = () => `http://127.0.0.1:${node.port}`;
  const agent = (): Promise<string> =>
    new Promise((done, fail) => {
      let said = '';
      connect(node.agentPort, '127.0.0.1')
        .on('data', (chunk) => {
          said += chunk.toString();
        })
        .on('end', () => done(said))
        .on('error', fail);
    });
  const metrics = async (): Promise<string> =>
    (await fetch(`http://127.0.0.1:${node.metricsPort}/metrics`)).text();
  const value = (text: string, line: string): number =>
    Number(
      text
        .split('\n')
        .find((one) => one.startsWith(`${line} `))
        ?.split(' ')[1] ?? Number.NaN,
    );

  beforeAll(async () => {
    postgres = await startPostgres();
    if (!isThere(postgres)) return;
    place = await placeOf(folder, postgres);
    node = await startNode(place, ['--drain-seconds', '30']);
    words.push(await agent());
    uploads = await Uploads.of(node, GATES, 1);
    await uploads.prepare(16);
    await uploads.closed(24, 1);
    capacity = await uploads.closed(24, 1.5);
    await uploads.prepare(16);
    const asking = setInterval(() => {
      void fetch(`${address()}/health/ready`).then(
        (answer) => ready.push(answer.status),
        () => ready.push(0),
      );
      void agent().then(
        (word) => words.push(word),
        () => words.push('silent'),
      );
    }, 250);
    overload = await uploads.open(capacity.goodput * 3, 3);
    clearInterval(asking);
  });
  afterAll(async () => {
    uploads?.close();
    await node?.process.kill();
    if (isThere(postgres)) await postgres.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('goes on doing what it can, and tells the others when to come again', ({ skip }) => {
    if (!isThere(postgres)) return skip(postgres.reason);
    expect(overload.full).toBeGreaterThan(0);
    expect(overload.other).toBe(0);
    expect(overload.accepted + overload.full + overload.notSent).toBe(overload.due);
    // The bench measures how much; here it is no collapse.
    expect(overload.goodput).toBeGreaterThan(capacity.goodput * 0.4);
    expect(overload.retryAfter[0]).toBeGreaterThanOrEqual(30);
    expect(overload.retryAfter[1]).toBeLessThanOrEqual(3_600);
    expect(overload.retryAfter[1], 'not all at once').toBeGreaterThan(overload.retryAfter[0] + 10);
  });

  it('stays ready meanwhile, with less weight and never a word that moves it in or out', ({ skip }) => {
    if (!isThere(postgres)) return skip(postgres.reason);
    expect(ready.length).toBeGreaterThan(3);
    expect(new Set(ready)).toEqual(new Set([200]));
    expect(words[0]).toBe('100%\n');
    for (const word of words) expect(word).toMatch(/^[1-9]\d{1,2}%\n$/);
    expect(Math.min(...words.map((word) => Number.parseInt(word, 10)))).toBeLessThan(100);
  });

  it('has every entry that it acknowledged, once, and memory that is bounded', async ({ skip }) => {
    if (!isThere(postgres)) return skip(postgres.reason);
    const db = openPostgres({ url: place.databases.register, connections: 1 });
    const { rows } = await db.query<{ n: number }>('SELECT count(*)::int4 AS n FROM entry');
    await db.close();
    expect(rows[0]!.n).toBe(uploads.acknowledged);
    if (process.platform === 'linux') expect(node.peakMegabytes()).toBeLessThan(700);
  });

  it('lets statistics wait before uploads do', async ({ skip }) => {
    if (!isThere(postgres)) return skip(postgres.reason);
    const wire = new Wire(node.port);
    const [{ gate }] = uploads.senders as readonly [(typeof uploads.senders)[0]];
    const counted = { served: 0, full: 0 };
    let going = true;
    const asking = Array.from({ length: 60 }, async (_, i) => {
      const bytes = Buffer.from(
        `GET /api/register/rows?venue=${gate.venueId}&limit=500 HTTP/1.1\r\nhost: register\r\n` +
          `x-forwarded-for: 10.200.${i}.1\r\nauthorization: Bearer ${node.token}\r\n\r\n`,
      );
      while (going) {
        const { status } = await wire.send(bytes);
        if (status === 200) counted.served += 1;
        else if (status === 503) counted.full += 1;
        // Sixty callers who come again at once would only measure themselves.
        await new Promise((go) => setTimeout(go, 100));
      }
    });
    await uploads.prepare(16);
    const beside = await uploads.closed(12, 1.5);
    going = false;
    await Promise.all(asking);
    wire.close();
    expect(beside).toMatchObject({ full: 0, other: 0 });
    expect(beside.accepted).toBeGreaterThan(0);
    expect(counted.full).toBeGreaterThan(0);
    expect(counted.served, 'and no class for ever').toBeGreaterThan(0);
  });

  it('turns away before its work begins whoever no longer waits', async ({ skip }) => {
    if (!isThere(postgres)) return skip(postgres.reason);
    const { gate, network } = uploads.senders[0]!;
    const json = JSON.stringify(batchToJson((await gate.batches(1, 1))[0]!));
    // Half of a body: by the rest nobody waits any more.
    const whole = postBytes('/api/register/batches', json, network, 'munjigi-patience-ms: 50\r\n').toString();
    const socket = connect(node.port, '127.0.0.1');
    let said = '';
    socket.on('data', (chunk) => {
      said += chunk.toString();
    });
    socket.write(whole.slice(0, -100));
    await new Promise((go) => setTimeout(go, 200));
    socket.write(whole.slice(-100));
    await expect.poll(() => said).toContain('service.full');
    socket.destroy();
  });

  it('tells Prometheus all that it promised, on its own port, and of nobody', async ({ skip }) => {
    if (!isThere(postgres)) return skip(postgres.reason);
    const text = await metrics();
    for (const name of NAMES) expect(text, name).toMatch(new RegExp(`^# TYPE ${name} `, 'm'));
    expect(value(text, 'munjigi_ingest_entries_total{result="stored"}')).toBeGreaterThanOrEqual(
      uploads.acknowledged,
    );
    expect(
      value(text, 'munjigi_requests_total{desk="register",class="upload",status="503"}'),
    ).toBeGreaterThan(0);
    expect(text).toMatch(/^munjigi_refused_total\{class="upload",why="(queue|wait)"\} [1-9]/m);
    expect(text).toMatch(/^munjigi_refused_total\{class="statistics",why="(queue|wait)"\} [1-9]/m);
    expect(value(text, 'munjigi_database_up{desk="register"}')).toBe(1);
    expect(value(text, 'munjigi_draining')).toBe(0);
    expect((await fetch(`${address()}/metrics`)).status).toBe(404);

    const labels = new Set([...text.matchAll(/[{,](\w+)="/g)].map(([, label]) => label));
    const ours = [...labels].filter(
      (label) => !['le', 'space', 'kind', 'type', 'version', 'major', 'minor', 'patch'].includes(label!),
    );
    expect(ours.sort()).toEqual(['class', 'desk', 'result', 'status', 'what', 'why']);
    const planted: Planted[] = uploads.senders
      .slice(0, 50)
      .flatMap(({ gate, network }) => [
        plantedBytes('a gate', gate.thumbprint),
        plantedText('a network', network),
      ]);
    expect(
      foundIn(text, [...planted, plantedText('the token', node.token), plantedText('a venue', VENUE_NAME)]),
    ).toEqual([]);
    expect(foundIn(`x{gate="${toHex(uploads.senders[0]!.gate.thumbprint)}"}`, planted)).toEqual(['a gate']);
    expect(foundIn(toBase64url(uploads.senders[1]!.gate.thumbprint), planted)).toEqual(['a gate']);
  });

  it('says at once that it leaves, works on, and a second wish ends it', async ({ skip }) => {
    if (!isThere(postgres)) return skip(postgres.reason);
    node.process.signal('SIGTERM');
    await expect.poll(async () => (await fetch(`${address()}/health/ready`)).status).toBe(503);
    expect(await (await fetch(`${address()}/health/ready`)).json()).toMatchObject({
      error: 'service.draining',
    });
    expect(await agent()).toMatch(/^(drain|0%)\n$/);
    expect(value(await metrics(), 'munjigi_draining')).toBe(1);
    const still = await uploads.closed(2, 0.5);
    expect(still).toMatchObject({ full: 0, other: 0 });
    expect(still.accepted).toBeGreaterThan(0);
    node.process.signal('SIGTERM');
    expect(await node.process.ended).toBe(1);
  });
});
