import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Balancer, type BalancerOptions, startBalancer } from './haproxy.ts';
import { type Mirror, startMirror } from './mirror.ts';
import { freePort } from './ports.ts';
import type { PrivatePostgres } from './postgres.ts';
import { type StageProcess, startProcess } from './process.ts';

const MUNJIGI = fileURLToPath(new URL('../../../ops/bin/munjigi.mjs', import.meta.url));
const DESKS = ['issuer', 'register', 'authority'] as const;

/** One `munjigi serve` of a stage. */
export interface ServiceNode {
  readonly name: string;
  readonly port: number;
  readonly agentPort: number;
  readonly process: StageProcess;
  start(): Promise<void>;
}

export interface ServiceOptions {
  readonly folder: string;
  readonly postgres: PrivatePostgres;
  /** The moment that is played, such as 2022-01-06T13:58:00+09:00. */
  readonly story: string;
  /** Names of the nodes that serve issuer and register behind the balancer. */
  readonly nodes?: readonly string[];
  readonly flags?: readonly string[];
  /** Another configuration of the balancer. */
  readonly configuration?: BalancerOptions['configuration'];
}

/**
 * The service as a country would run it: the authority by itself, issuer and register on several nodes behind HAProxy, one
 * PostgreSQL, and a mirror of the signed files that is behind none of them.
 */
export interface ServiceStage {
  readonly nodes: readonly ServiceNode[];
  readonly authority: ServiceNode;
  readonly balancer: Balancer;
  readonly mirror: Mirror;
  /** Through the balancer, or straight to a port. */
  call<T>(
    path: string,
    body?: unknown,
    options?: { readonly port?: number; readonly operator?: boolean },
  ): Promise<T>;
  /** Says what counts from now on. */
  announce(notice: string | null, status: 'provisional' | 'confirmed', more?: object): Promise<void>;
  close(): Promise<void>;
}

/** Starts everything; the stage's databases are made anew. */
export async function openService(options: ServiceOptions): Promise<ServiceStage> {
  const { folder, postgres, story, nodes: names = ['a', 'b', 'c'], flags = [], configuration } = options;
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const databases = await Promise.all(
    DESKS.map(async (desk) => [desk, await postgres.database(desk)] as const),
  );
  const storyMs = Date.parse(story);
  const clockFile = join(folder, 'clock.json');
  writeFileSync(clockFile, JSON.stringify({ storyMs, realMs: Date.now(), rate: 1 }));
  const mirror = await startMirror(join(data, 'mirror'));

  const nodeOf = async (name: string, desks: string): Promise<ServiceNode> => {
    const [port, agentPort] = [await freePort(), await freePort()];
    const started = {
      name,
      port,
      agentPort,
      process: null as unknown as StageProcess,
      async start() {
        started.process = await startProcess(
          process.execPath,
          [
            MUNJIGI,
            'serve',
            ...['--desks', desks, '--data', data, '--port', String(port), '--log', 'warn'],
            ...['--agent-port', String(agentPort)],
            ...['--exercise', '--clock-file', clockFile, '--behind-proxy', '--mirrors', mirror.address],
            ...['--doors-register', `http://127.0.0.1:${doorPort}/api/register`],
            ...databases
              .filter(([desk]) => desks.includes(desk))
              .flatMap(([desk, url]) => [`--database-${desk}`, url]),
            ...flags,
          ],
          { ready: (line) => line.startsWith('{"listening"') },
        );
      },
    };
    return started;
  };
  // The door's port is known before the nodes are: devices are told of it in the bundle.
  const backends = await Promise.all(
    names.map(async (name) => ({ name, node: await nodeOf(name, 'issuer,register') })),
  );
  const balancer = await startBalancer({
    folder,
    check: 'health',
    nodes: backends.map(({ name, node: { port, agentPort } }) => ({ name, port, agentPort })),
    ...(configuration ? { configuration } : {}),
  });
  const doorPort = balancer.port;
  const nodes = backends.map(({ node }) => node);
  // One after the other: the first makes the keys that all share.
  for (const node of nodes) await node.start();
  const authority = await nodeOf('authority', 'authority');
  await authority.start();

  const token = () => readFileSync(join(data, 'keys', 'operator-token.key'), 'utf8').trim();
  const call = async <T>(
    path: string,
    body?: unknown,
    { port = doorPort, operator = false }: { readonly port?: number; readonly operator?: boolean } = {},
  ): Promise<T> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(operator ? { authorization: `Bearer ${token()}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  };
  await until('every node is taken in by the balancer', async () =>
    (await balancer.stats()).every(({ status }) => status.startsWith('UP')),
  );
  await until('the authority has published', async () =>
    fetch(`${mirror.address}/now.cose`).then(
      (answer) => answer.ok,
      () => false,
    ),
  );
  return {
    nodes,
    authority,
    balancer,
    mirror,
    call,
    async announce(notice, status, more = {}) {
      await call(
        '/api/authority/notices',
        { notice, status, ...more },
        { port: authority.port, operator: true },
      );
    },
    async close() {
      await Promise.all([...nodes, authority].map(({ process: one }) => one.kill()));
      await balancer.process.kill();
      await mirror.close();
    },
  };
}

/** Waits until something holds, looking again and again. Throws after a minute and a half. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  withinMs = 90_000,
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It did not happen: ${what}.`);
    await new Promise((go) => setTimeout(go, 50));
  }
}
