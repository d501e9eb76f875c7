import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from './ports.ts';
import { type StageProcess, startProcess } from './process.ts';

const PROGRAMS = ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy'];

/** Where HAProxy is, or null. */
export const haproxyProgram = (): string | null => PROGRAMS.find((path) => existsSync(path)) ?? null;

export interface Backend {
  readonly name: string;
  readonly port: number;
  /** Where it answers agent checks, where it does. */
  readonly agentPort?: number;
}

export interface BalancerOptions {
  readonly folder: string;
  readonly nodes: readonly Backend[];
  /** `health` asks every node whether it is ready; `tcp` only whether somebody listens, as it was done. */
  readonly check: 'health' | 'tcp';
  /** Another configuration in place of that, with a backend `nodes`. */
  readonly configuration?: (at: {
    readonly port: number;
    readonly socket: string;
    readonly nodes: readonly Backend[];
  }) => string;
}

/** One server's line of `show stat`. */
export interface NodeStat {
  readonly name: string;
  readonly status: string;
  readonly weight: number;
  /** Sessions so far. */
  readonly sessions: number;
}

/** HAProxy before the nodes of a stage. */
export interface Balancer {
  readonly port: number;
  readonly socket: string;
  readonly process: StageProcess;
  /** Starts it again after it has ended, with the weights of its configuration. */
  start(): Promise<void>;
  /** A command of the runtime interface; answers what it prints. */
  command(line: string): Promise<string>;
  /** Weight in percent: 0 sends nothing new there. */
  weigh(node: string, percent: number): Promise<void>;
  stats(): Promise<readonly NodeStat[]>;
}

const configOf = ({ folder, nodes, check }: BalancerOptions, port: number): string => `global
  stats socket ${join(folder, 'haproxy.sock')} mode 600 level admin
  maxconn 8000
defaults
  mode http
  option forwardfor
  timeout connect 2s
  timeout client 30s
  timeout server 15s
  timeout queue 5s
  timeout http-request 10s
  timeout http-keep-alive 30s
frontend door
  bind 127.0.0.1:${port}
  default_backend nodes
backend nodes
${
  check === 'health'
    ? `  balance random(2)
  option httpchk GET /health/ready
  http-check expect status 200
  retry-on conn-failure empty-response 500
  retries 1
  option redispatch 1
  default-server inter 1s fall 3 rise 2 slowstart 5s weight 100 observe layer7 error-limit 20 on-error mark-down`
    : `  balance roundrobin
  retries 0
  default-server inter 1s fall 3 rise 2 weight 100`
}
${nodes.map(({ name, port: at }) => `  server ${name} 127.0.0.1:${at} check`).join('\n')}
`;

/** Starts HAProxy before the nodes. Throws where it is not installed or refuses its configuration. */
export async function startBalancer(options: BalancerOptions): Promise<Balancer> {
  const program = haproxyProgram();
  if (!program) throw new Error('HAProxy is not installed.');
  const port = await freePort();
  const file = join(options.folder, `haproxy-${port}.cfg`);
  const socket = join(options.folder, 'haproxy.sock');
  const { configuration, nodes } = options;
  writeFileSync(file, configuration?.({ port, socket, nodes }) ?? configOf(options, port));
  const command = (line: string): Promise<string> =>
    new Promise((done, fail) => {
      const client = connect(socket);
      let said = '';
      client.on('data', (chunk) => {
        said += chunk.toString();
      });
      client.on('end', () => done(said));
      client.on('error', fail);
      client.end(`${line}\n`);
    });
  const begin = async (): Promise<StageProcess> => {
    const started = await startProcess(program, ['-f', file, '-db']);
    for (let tries = 0; ; tries++) {
      if (!started.isRunning) throw new Error(`HAProxy ended: ${started.errors.join('\n')}`);
      if (existsSync(socket) && (await command('show info').catch(() => '')) !== '') return started;
      if (tries > 200) throw new Error('HAProxy does not answer.');
      await new Promise((go) => setTimeout(go, 50));
    }
  };
  let process = await begin();
  return {
    port,
    socket,
    get process() {
      return process;
    },
    command,
    async start() {
      process = await begin();
    },
    async weigh(node, percent) {
      const said = (await command(`set server nodes/${node} weight ${percent}%`)).trim();
      if (said !== '') throw new Error(`HAProxy: ${said}`);
    },
    async stats() {
      const [header = '', ...lines] = (await command('show stat')).trim().split('\n');
      const names = header.replace(/^# /, '').split(',');
      return lines
        .map((line) => Object.fromEntries(line.split(',').map((value, i) => [names[i], value])))
        .filter((row) => row.pxname === 'nodes' && !['BACKEND', 'FRONTEND'].includes(row.svname ?? ''))
        .map((row) => ({
          name: row.svname ?? '',
          status: row.status ?? '',
          weight: Number(row.weight ?? 0),
          sessions: Number(row.stot ?? 0),
        }));
    },
  };
}
