import http from 'node:http';
import { connect, type Socket } from 'node:net';
import { until } from '@munjigi/sim/stage';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Look, skewOf } from '../packages/ops/src/haproxy/index.ts';
import {
  ask,
  isHaproxyHere,
  NO_HAPROXY,
  openDoor,
  PACE,
  rush,
  type StandIn,
  standIn,
  type TestDoor,
  tally,
} from './support/proxy.ts';

const LIMITS = { issue: 2_000, other: 1_000_000, upload: 1_000_000, session: 40, connections: 300 };
const BATCHES = '/api/register/batches';

describe('three nodes behind the door', () => {
  let nodes: StandIn[] = [];
  let door: TestDoor;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 60 });
  const byName = (name: string) => nodes.find((node) => node.name === name)!;

  const servers = () => door.runtime.servers('nodes');
  const asItWas = () =>
    until('all three have their whole weight', async () =>
      (await servers()).every(({ state, weight }) => state === 'up' && weight === 100),
    );
  beforeAll(async () => {
    if (!isHaproxyHere()) return;
    nodes = await Promise.all(['a', 'b', 'c'].map(standIn));
    door = await openDoor(nodes, { limits: LIMITS });
    await asItWas();
  });
  afterEach(async () => {
    for (const node of nodes)
      Object.assign(node, { ready: 200, status: 200, delayMs: 0, word: '100%', asked: 0, dies: false });
  });
  afterAll(async () => {
    agent.destroy();
    await door?.close();
    for (const node of nodes) await node.down();
  });
  const through = (name: string, work: () => Promise<void>) =>
    it(name, ({ skip }) => (isHaproxyHere() ? work() : skip(NO_HAPROXY)));

  const post = (path = BATCHES) => ask(door.port, path, { body: '{}', agent });
  const shareOf = (name: string) => byName(name).asked / nodes.reduce((sum, { asked }) => sum + asked, 0);
  const word = async (name: string, said: string) => {
    byName(name).word = said;
    await until(`the agent of ${name} was heard`, async () =>
      (await servers()).some((one) => one.name === name && one.weight === Number.parseInt(said, 10)),
    );
  };

  through('a node that is full in no time does not draw the requests of the others to itself', async () => {
    const [a, ...others] = nodes;
    for (const node of others) node.delayMs = 60;
    a!.status = 503;
    const statuses = (await rush(500, 12, () => post())).map(({ status }) => status);
    // What happens where nobody says that it is full: half of all requests, three times in ten too many.
    expect(shareOf('a')).toBeGreaterThan(0.45);
    // 503 is asked for once: nobody else is bothered with it.
    expect(a!.asked + others[0]!.asked + others[1]!.asked).toBe(500);
    expect(tally(statuses)).toMatchObject({ 503: a!.asked });
    for (const node of nodes) node.asked = 0;
    await word('a', '10%');
    await rush(500, 12, () => post());
    expect(shareOf('a')).toBeLessThan(0.2);
    await word('a', '100%');
  });

  through('nodes that are all full stay in, however many refusals there are', async () => {
    for (const node of nodes) node.status = 503;
    const statuses = (await rush(600, 30, () => post())).map(({ status }) => status);
    expect(tally(statuses)).toEqual({ 503: 600 });
    expect((await servers()).map(({ state }) => state)).toEqual(['up', 'up', 'up']);
  });

  through('a broken node is passed over, and what cannot be sent twice is sent once', async () => {
    byName('b').status = 500;
    expect(tally((await rush(300, 12, () => post())).map(({ status }) => status))).toEqual({ 200: 300 });
    expect(byName('b').asked).toBeGreaterThan(0);
    for (const node of nodes) node.asked = 0;
    const statuses = (await rush(300, 12, () => post('/api/register/registrations'))).map(
      (one) => one.status,
    );
    expect(nodes.reduce((sum, { asked }) => sum + asked, 0)).toBe(300);
    expect(tally(statuses)).toEqual({ 200: 300 - byName('b').asked, 500: byName('b').asked });
  });

  through('a node that dies with every question costs no upload', async () => {
    byName('c').dies = true;
    expect(tally((await rush(300, 12, () => post())).map(({ status }) => status))).toEqual({ 200: 300 });
    expect(byName('c').asked).toBeGreaterThan(0);
    expect(JSON.parse((await post()).body).bytes).toBe(2);
  });

  through('a node that comes back begins with little', async () => {
    await byName('a').down();
    await until('a is out', async () => (await servers())[0]!.state === 'down');
    await byName('a').up();
    await until('a is back', async () => (await servers())[0]!.state === 'up');
    expect((await servers())[0]!.weight).toBeLessThan(60);
    const seen: number[] = [];
    await until('a has its weight again', async () => {
      seen.push((await servers())[0]!.weight);
      return seen.at(-1) === 100;
    });
    expect(new Set(seen).size).toBeGreaterThan(2);
    expect(seen).toEqual([...seen].sort((one, other) => one - other));
  });

  through('a node says itself how much it takes, and its load follows', async () => {
    for (const node of nodes) node.delayMs = 5;
    await word('c', '20%');
    await rush(400, 12, () => post());
    expect(shareOf('c')).toBeLessThan(0.2);
    for (const node of nodes) node.asked = 0;
    await word('c', '100%');
    await rush(400, 12, () => post());
    expect(shareOf('c')).toBeGreaterThan(0.22);
  });

  through(
    'a node that left is in again when it says so, and a drain that a person began is ended by a person',
    async () => {
      await word('a', '0%');
      await rush(60, 6, () => post());
      expect(byName('a').asked).toBe(0);
      await word('a', '100%');
      await door.runtime.setState('nodes', 'a', 'drain');
      // Each look at the agent after the drain would have ended it by now.
      await new Promise((done) => setTimeout(done, 5 * PACE.agentMs));
      await rush(60, 6, () => post());
      expect(byName('a').asked).toBe(0);
      expect((await servers())[0]!.state).toBe('drain');
      await door.runtime.setState('nodes', 'a', 'ready');
      await asItWas();
    },
  );

  through('two hundred guests of one venue get in while somebody floods', async () => {
    const flood = rush(3_000, 25, () =>
      ask(door.port, '/api/issuer/queue', { from: '127.0.0.66', body: '{}' }),
    );
    // A guest signs in, asks for a place, a nonce and passes, and comes back twice.
    const steps = ['enrolments', 'queue', 'nonces', 'batches', 'queue', 'batches'];
    const guests = await rush(200, 20, async () => {
      const statuses: number[] = [];
      for (const step of steps)
        statuses.push(
          (await ask(door.port, `/api/issuer/${step}`, { from: '127.0.0.20', body: '{}' })).status,
        );
      return statuses;
    });
    expect(tally(guests.flat())).toEqual({ 200: 1_200 });
    const flooded = await flood;
    expect(tally(flooded.map(({ status }) => status))).toMatchObject({ 429: expect.any(Number) });
    const refused = flooded.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(500);
    expect(flooded.length - refused.length).toBeGreaterThan(1_900);
    const waits = refused.map(({ headers }) => Number(headers['retry-after']));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(5);
    expect(new Set(waits).size).toBeGreaterThan(5);
    expect(JSON.parse(refused[0]!.body)).toMatchObject({ error: 'request.rate' });
    // Another kind of request of the same network is not refused for it: its gates go on.
    const gates = await rush(50, 5, () => ask(door.port, BATCHES, { from: '127.0.0.66', body: '{}' }));
    expect(tally(gates.map(({ status }) => status))).toEqual({ 200: 50 });
  });

  through('who guesses at secrets is slowed down much sooner', async () => {
    const guesses = await rush(120, 10, () =>
      ask(door.port, '/api/issuer/session/sign-in', { from: '127.0.0.67', body: '{}' }),
    );
    expect(tally(guesses.map(({ status }) => status))[200]).toBeLessThan(60);
  });

  through('one network does not hold all connections open', async () => {
    const held = await Promise.all(
      Array.from(
        { length: 400 },
        () =>
          new Promise<{ socket: Socket; open: boolean }>((done) => {
            const socket = connect({ port: door.port, host: '127.0.0.1', localAddress: '127.0.0.68' });
            socket.on('error', () => {}).on('close', () => done({ socket, open: false }));
            setTimeout(() => done({ socket, open: !socket.destroyed }), 500);
          }),
      ),
    );
    const open = held.filter((one) => one.open).length;
    expect(open).toBeLessThanOrEqual(301);
    expect(open).toBeGreaterThan(250);
    expect((await ask(door.port, '/x', { from: '127.0.0.69' })).status).toBe(200);
    for (const { socket } of held) socket.destroy();
  });

  through('one node that takes what three should is named', async () => {
    const look = async (): Promise<Look> => ({ servers: await servers() });
    const during = async (work: () => Promise<unknown>) => {
      const first = await look();
      await work();
      return skewOf([first, await look()]);
    };
    for (const node of nodes) node.delayMs = 5;
    expect(await during(() => rush(400, 12, () => post()))).toEqual([]);
    expect(await during(() => rush(20, 2, () => post()))).toBeNull();
    await word('b', '0%');
    expect(await during(() => rush(300, 12, () => post()))).toEqual([]);
    await word('c', '0%');
    expect(await during(() => rush(300, 12, () => post()))).toEqual([
      expect.objectContaining({ node: 'a', share: 1, due: 0.5, why: 'alone' }),
    ]);
    for (const name of ['b', 'c']) await word(name, '100%');
  });
});
