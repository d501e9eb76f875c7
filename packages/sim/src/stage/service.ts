import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Balancer, type BalancerOptions, startBalancer } from './haproxy.ts';
import { type Mirror, startMirror } from './mirror.ts';
import { freePort } from './ports.ts';
import type { PrivatePostgres } from './postgres.ts';
import { type StageProcess, startProcess } from './process.ts';

/** `munjigi` of this version. */
export const MUNJIGI = fileURLToPath(new URL('../../../ops/bin/munjigi.mjs', import.meta.url));
const DESKS = ['issuer', 'register', 'authority'] as const;

/** One `munjigi serve` of a stage. */
export interface ServiceNode {
  readonly name: string;
  readonly port: number;
  readonly agentPort: number;
  readonly process: StageProcess;
  /** @param program another version's `munjigi`, from now on */
  start(program?: string): Promise<void>;
}

export interface ServiceOptions {
  readonly folder: string;
  readonly postgres: PrivatePostgres;
  /** The authority's own; the other desks' where none is named. */
  readonly authorityPostgres?: PrivatePostgres;
  /** The port at which nodes find the database, where it is not its own. */
  readonly databasePort?: number;
  /** The moment that is played, such as 2022-01-06T13:58:00+09:00. */
  readonly story: string;
  /** Names of the nodes that serve issuer and register behind the balancer. */
  readonly nodes?: readonly string[];
  readonly flags?: readonly string[];
  /** Another version's `munjigi`, which the nodes run at first. */
  readonly program?: string;
  readonly authorityFlags?: readonly string[];
  /** Another configuration of the balancer. */
  readonly configuration?: BalancerOptions['configuration'];
}

/**
 * The service as a country would run it: the authority by itself, issuer and register on several nodes behind HAProxy and their
 * PostgreSQL, and a mirror of the signed files that is behind none of them.
 */
export interface ServiceStage {
  readonly nodes: readonly ServiceNode[];
  readonly authority: ServiceNode;
  readonly balancer: Balancer;
  readonly mirror: Mirror;
  /** Address of a desk's database, as the nodes have it. */
  database(desk: 'issuer' | 'register' | 'authority'): string;
  /** Folder of keys, mirror and settings that the nodes share. */
  readonly data: string;
  /** Milliseconds of the moment that is played. */
  storyMs(): number;
  /**
   * Puts the story forward to a moment (milliseconds): all nodes play it at once, and the authority tells devices, who know it with
   * their next look at the mirror.
   */
  playAt(storyMs: number): Promise<void>;
  /** Through the balancer, or straight to a port. */
  call<T>(
    path: string,
    body?: unknown,
    options?: { readonly port?: number; readonly operator?: boolean },
  ): Promise<T>;
  /** Runs a command of `munjigi` to its end, such as `issue import FILE`, at the nodes' data and databases. Throws with its last words. */
  munjigi(...command: readonly string[]): Promise<void>;
  /** Says what counts from now on. */
  announce(notice: string | null, status: 'provisional' | 'confirmed', more?: object): Promise<void>;
  close(): Promise<void>;
}

/** Starts everything; the stage's databases are made anew. */
export async function openService(options: ServiceOptions): Promise<ServiceStage> {
  const { folder, postgres, story, nodes: names = ['a', 'b', 'c'], configuration } = options;
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const databases = await Promise.all(
    DESKS.map(async (desk) => {
      const own = desk === 'authority' ? (options.authorityPostgres ?? postgres) : postgres;
      const url = new URL(await own.database(desk));
      if (own === postgres && options.databasePort !== undefined) url.port = String(options.databasePort);
      return [desk, url.href] as const;
    }),
  );
  const clockFile = join(folder, 'clock.json');
  let clock = { storyMs: Date.parse(story), realMs: Date.now(), rate: 1 };
  writeFileSync(clockFile, JSON.stringify(clock));
  const mirror = await startMirror(join(data, 'mirror'));

  const nodeOf = async (name: string, desks: string, first = MUNJIGI): Promise<ServiceNode> => {
    let munjigi = first;
    const [port, agentPort] = [await freePort(), await freePort()];
    const started = {
      name,
      port,
      agentPort,
      process: null as unknown as StageProcess,
      async start(program = munjigi) {
        munjigi = program;
        started.process = await startProcess(
          process.execPath,
          [
            munjigi,
            'serve',
            ...['--desks', desks, '--data', data, '--port', String(port), '--log', 'warn'],
            ...['--agent-port', String(agentPort)],
            ...['--exercise', '--clock-file', clockFile, '--behind-proxy', '--mirrors', mirror.address],
            // Three looks of the stage's balancer, one a second.
            ...['--drain-seconds', '4'],
            ...['--doors-register', `http://127.0.0.1:${doorPort}/api/register`],
            ...databases
              .filter(([desk]) => desks.includes(desk))
              .flatMap(([desk, url]) => [`--database-${desk}`, url]),
            ...((desks === 'authority' ? options.authorityFlags : options.flags) ?? []),
          ],
          { ready: (line) => line.startsWith('{"listening"'), channel: true },
        );
      },
    };
    return started;
  };
  // The door's port is known before the nodes are: devices are told of it in the bundle.
  const backends = await Promise.all(
    names.map(async (name) => ({ name, node: await nodeOf(name, 'issuer,register', options.program) })),
  );
  const balancer = await startBalancer({
    folder,
    check: 'health',
    nodes: backends.map(({ name, node: { port, agentPort } }) => ({ name, port, agentPort })),
    ...(configuration ? { configuration } : {}),
  });
  const doorPort = balancer.port;
  const nodes = backends.map(({ node }) => node);
  const authority = await nodeOf('authority', 'authority');
  // The first makes the keys that all share.
  await nodes[0]!.start();
  await Promise.all([authority, ...nodes.slice(1)].map((node) => node.start()));

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
    database: (desk) => databases.find(([name]) => name === desk)![1],
    data,
    storyMs: () => clock.storyMs + Date.now() - clock.realMs,
    async playAt(storyMs) {
      clock = { storyMs, realMs: Date.now(), rate: 1 };
      writeFileSync(clockFile, JSON.stringify(clock));
      for (const { process } of nodes) process.child.send(clock);
      await call('/api/authority/clock', { storyMs, rate: 1 }, { port: authority.port, operator: true });
    },
    call,
    async munjigi(...command) {
      const ran = await startProcess(process.execPath, [
        ...[MUNJIGI, ...command, '--data', data, '--exercise'],
        ...['--database-issuer', databases.find(([name]) => name === 'issuer')![1]],
      ]);
      const code = await ran.ended;
      if (code !== 0) throw new Error(`munjigi ${command.join(' ')}: ${code} ${ran.errors.join('\n')}`);
    },
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
