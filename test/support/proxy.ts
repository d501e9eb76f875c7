import http from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import { type Balancer, freePort, haproxyProgram, startBalancer } from '@munjigi/sim/stage';
import {
  openRuntime,
  type ProxyOptions,
  type Runtime,
  renderHaproxy,
} from '../../packages/ops/src/haproxy/index.ts';
import { tempFolder } from './databases.ts';

export const NO_HAPROXY = 'HAProxy is not installed';
export const isHaproxyHere = (): boolean => haproxyProgram() !== null;

/** A node as a balancer sees one: health, an agent's word, answers. What it does is set while it runs. */
export interface StandIn {
  readonly name: string;
  readonly port: number;
  readonly agentPort: number;
  /** Status of `/health/ready`, of everything else, and how long that takes. */
  ready: number;
  status: number;
  delayMs: number;
  /** What the agent says. */
  word: string;
  /** Requests that it answered or broke off, health apart. */
  asked: number;
  /** True breaks connections off without an answer. */
  dies: boolean;
  /** Headers of the newest request. */
  headers: http.IncomingHttpHeaders;
  down(): Promise<void>;
  up(): Promise<void>;
}

const closeServer = (server: Server | http.Server): Promise<void> =>
  new Promise((done) => {
    server.close(() => done());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });

export async function standIn(name: string): Promise<StandIn> {
  const [port, agentPort] = [await freePort(), await freePort()];
  const answer: http.RequestListener = (request, response) => {
    if (request.url === '/health/ready') return response.writeHead(node.ready).end();
    node.asked += 1;
    node.headers = request.headers;
    if (node.dies) return request.socket.destroy();
    let bytes = 0;
    request
      .on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      })
      .on('end', () => {
        const { status } = node;
        const send = () =>
          response
            .writeHead(status, { 'x-node': name, 'content-type': 'application/json' })
            .end(JSON.stringify({ node: name, bytes, url: request.url }));
        if (node.delayMs > 0) setTimeout(send, node.delayMs);
        else send();
      });
  };
  let servers: (Server | http.Server)[] = [];
  const node: StandIn = {
    name,
    port,
    agentPort,
    ready: 200,
    status: 200,
    delayMs: 0,
    word: '100%',
    asked: 0,
    dies: false,
    headers: {},
    async down() {
      await Promise.all(servers.map(closeServer));
      servers = [];
    },
    async up() {
      const agents = createTcpServer((socket) => {
        socket.on('error', () => {});
        socket.end(`${node.word}\n`);
      });
      servers = [http.createServer({ keepAliveTimeout: 60_000 }, answer), agents];
      await Promise.all(
        servers.map(
          (server, i) =>
            new Promise<void>((done, fail) => {
              server.once('error', fail).listen(i === 0 ? port : agentPort, '127.0.0.1', done);
            }),
        ),
      );
    },
  };
  await node.up();
  return node;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  /** Which address of this machine asks: 127.0.0.2 is another client than 127.0.0.1. */
  readonly from?: string;
  readonly agent?: http.Agent;
}

/** Asks the door. Status 0 where it broke the connection off. */
export const ask = (port: number, path: string, asked: Asked = {}): Promise<Answer> =>
  new Promise((done) => {
    const { method = asked.body === undefined ? 'GET' : 'POST', headers = {}, body, from, agent } = asked;
    const nothing = () => done({ status: 0, headers: {}, body: '' });
    const request = http.request(
      {
        port,
        path,
        method,
        host: '127.0.0.1',
        headers: body === undefined ? headers : { 'content-length': Buffer.byteLength(body), ...headers },
        agent: agent ?? false,
        ...(from === undefined ? {} : { localAddress: from }),
      },
      (response) => {
        let text = '';
        response
          .setEncoding('utf8')
          .on('data', (chunk: string) => {
            text += chunk;
          })
          .on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
          .on('error', nothing);
      },
    );
    request.on('error', nothing).end(body);
  });

/** Does something many times, so many at once. */
export async function rush<T>(many: number, atOnce: number, one: (i: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async () => {
    while (next < many) {
      const i = next++;
      results[i] = await one(i);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}

/** How often each value is there. */
export const tally = (values: readonly (string | number)[]): Readonly<Record<string, number>> =>
  values.reduce<Record<string, number>>((sum, value) => {
    sum[value] = (sum[value] ?? 0) + 1;
    return sum;
  }, {});

/** The shipped balancer before nodes, quick to look. */
export interface TestDoor {
  readonly port: number;
  readonly balancer: Balancer;
  readonly runtime: Runtime;
  close(): Promise<void>;
}

export const PACE = { checkMs: 200, agentMs: 100, slowStartMs: 2_000 };

export async function openDoor(
  nodes: ProxyOptions['nodes'],
  more: Partial<ProxyOptions> = {},
): Promise<TestDoor> {
  const balancer = await startBalancer({
    folder: tempFolder('door'),
    nodes,
    check: 'health',
    configuration: ({ port, socket }) =>
      renderHaproxy({ bind: `127.0.0.1:${port}`, socket, nodes, pace: PACE, ...more }),
  });
  return {
    port: balancer.port,
    balancer,
    runtime: openRuntime(balancer.socket),
    close: () => balancer.process.kill(),
  };
}
