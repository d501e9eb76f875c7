import { rmSync } from 'node:fs';
import { openBundle, openRoot } from '@munjigi/core/trust';
import { nodeCrypto } from '@munjigi/service/crypto';
import { openPostgres } from '@munjigi/service/db';
import {
  type Balancer,
  haproxyProgram,
  isThere,
  type LoneNode,
  type NodePlace,
  type NoPostgres,
  type PrivatePostgres,
  placeOf,
  startBalancer,
  startNode,
  startPostgres,
  until,
} from '@munjigi/sim/stage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Uploads } from '../bench/support/uploads.ts';
import { tempFolder } from './support/databases.ts';

describe('nodes side by side', () => {
  let postgres: PrivatePostgres | NoPostgres;
  let place: NodePlace;
  let nodes: LoneNode[] = [];
  let balancer: Balancer | null = null;
  let why = '';
  const folder = tempFolder('drain');

  const bytesOf = async (node: LoneNode, name: string): Promise<Uint8Array> =>
    new Uint8Array(await (await fetch(`http://127.0.0.1:${node.port}/api/authority/${name}`)).arrayBuffer());

  beforeAll(async () => {
    postgres = await startPostgres();
    if (!isThere(postgres)) why = postgres.reason;
    else if (!haproxyProgram()) why = 'HAProxy is not installed';
    if (why !== '' || !isThere(postgres)) return;
    place = await placeOf(folder, postgres);
    const start = () => startNode(place, ['--drain-seconds', '4']);
    // The first makes what all share; the others come at the same moment.
    nodes = [await start()];
    nodes.push(...(await Promise.all([start(), start()])));
    balancer = await startBalancer({
      folder,
      check: 'health',
      nodes: nodes.map(({ port }, i) => ({ name: 'abc'[i]!, port })),
    });
    await until('all are taken in', async () =>
      (await balancer!.stats()).every(({ status }) => status.startsWith('UP')),
    );
  });
  afterAll(async () => {
    await balancer?.process.kill();
    for (const { process: one } of nodes) await one.kill();
    if (isThere(postgres)) await postgres.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('have one root, one bundle and one set of keys', async ({ skip }) => {
    if (why !== '') return skip(why);
    for (const name of ['root', 'bundle', 'now']) {
      const [a, b, c] = await Promise.all(nodes.map((node) => bytesOf(node, name)));
      expect([b, c], name).toEqual([a, a]);
    }
    const crypto = nodeCrypto();
    const root = await openRoot(await bytesOf(nodes[0]!, 'root'), crypto);
    const { bundle } = await openBundle(await bytesOf(nodes[1]!, 'bundle'), root, crypto);
    expect(bundle.registerKeys).toHaveLength(1);
    expect(bundle.issuers.filter(({ usage }) => usage === 'pass')).toHaveLength(1);
  });

  it('lose no request when one of them leaves under load', async ({ skip }) => {
    if (why !== '') return skip(why);
    const leaving = nodes[0]!;
    const uploads = await Uploads.of(leaving, 60, 1, balancer!.port);
    await uploads.prepare(8);
    const sent = uploads.open(30, 8);
    await until('it has begun', () => uploads.acknowledged > 20);
    const begun = performance.now();
    leaving.process.signal('SIGTERM');
    await until('the balancer has taken it out', async () =>
      (await balancer!.stats()).some(({ name, status }) => name === 'a' && !status.startsWith('UP')),
    );
    expect(leaving.process.isRunning, 'it works on until the balancer knows').toBe(true);
    expect(await leaving.process.ended).toBe(0);
    expect(performance.now() - begun).toBeGreaterThan(3_900);
    const { due, accepted, full, other, notSent } = await sent;
    uploads.close();
    // A busy machine may say "come again"; nobody is left without an answer, or told that a server closes.
    expect(other).toBe(0);
    expect(accepted + full + notSent).toBe(due);
    expect(accepted).toBeGreaterThan(due / 3);

    const db = openPostgres({ url: place.databases.register, connections: 1 });
    const { rows } = await db.query<{ n: number }>('SELECT count(*)::int4 AS n FROM entry');
    await db.close();
    expect(rows[0]!.n, 'nothing lost, nothing doubled').toBe(uploads.acknowledged);
  });
});
