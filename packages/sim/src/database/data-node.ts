import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../stage/ports.ts';
import { type Relay, startRelay } from '../stage/relay.ts';
import { makeFolder, writeOwned } from './folders.ts';
import { endTree, freezeTree, type Running, signal, startProgram } from './processes.ts';
import type { Programs } from './programs.ts';
import { put, shipped } from './settings.ts';

/** How a node stands, as its own Patroni says. */
export type Standing = 'primary' | 'standby' | 'none';

/** One of the three: PostgreSQL and the Patroni that minds it, on what stands for one machine. */
export interface DataNode {
  readonly name: string;
  /** Straight to its PostgreSQL, past the front and past the link. */
  readonly port: number;
  readonly minderPort: number;
  /** The way on which the other nodes reach it; clients come past it. */
  readonly link: Relay;
  start(): void;
  standing(): Promise<Standing>;
  /** Ends Patroni and PostgreSQL by SIGKILL, all their processes. The data folder stays. */
  kill(): void;
  /** Stops the whole machine where it stands: its connections stay open, and nothing answers. */
  freeze(): void;
  /** Stops Patroni alone: PostgreSQL goes on unminded. */
  freezeMinder(): void;
  thaw(): void;
  /** The last of what Patroni and PostgreSQL said. */
  said(): string;
}

export interface NodeParts {
  readonly programs: Programs;
  readonly folder: string;
  readonly keeper: string;
  readonly password: string;
}

/** What every node is told, with this machine's own addresses and little memory. */
function settingsOf(
  parts: NodeParts,
  name: string,
  ports: { data: number; minder: number; link: number },
): string {
  const { folder, keeper, password, programs } = parts;
  const here = (port: number) => `127.0.0.1:${port}`;
  return put(shipped('node.yml'), {
    'name: a': `name: ${name}`,
    '10.0.0.11:8008': here(ports.minder),
    'connect_address: 10.0.0.11:5432': `connect_address: ${here(ports.link)}`,
    'listen: 10.0.0.11:5432': `listen: ${here(ports.data)}`,
    '    - 10.0.0.21:2379\n    - 10.0.0.22:2379\n    - 10.0.0.23:2379': `    - ${keeper}`,
    '/var/lib/postgresql/munjigi.pgpass': join(folder, 'pgpass'),
    '/var/lib/postgresql/munjigi': join(folder, 'data'),
    '/usr/lib/postgresql/15/bin': programs.postgres,
    '/var/run/postgresql': folder,
    'CHANGE-SUPERUSER': password,
    'CHANGE-REPLICATOR': password,
    'CHANGE-REWINDER': password,
    'shared_buffers: 4GB': 'shared_buffers: 32MB',
  });
}

/** Prepares a node; `start` starts it. */
export async function makeNode(parts: NodeParts, name: string): Promise<DataNode> {
  const { programs, folder } = parts;
  const [data, minder] = (await freePorts(2)) as [number, number];
  const link = await startRelay(data);
  const settings = join(folder, 'settings');
  makeFolder(programs, folder);
  makeFolder(programs, settings);
  writeOwned(
    programs,
    join(settings, '1-cluster.yml'),
    put(shipped('cluster.yml'), { '16GB': '1GB', 'min_wal_size: 2GB': 'min_wal_size: 80MB' }),
  );
  writeOwned(
    programs,
    join(settings, '2-node.yml'),
    settingsOf({ ...parts, folder }, name, { data, minder, link: link.port }),
  );

  let running: Running | null = null;
  let stopped: number[] = [];
  /** PostgreSQL's own process, or -1. A file that a killed one left may name somebody else's by now. */
  const postmaster = (): number => {
    try {
      const pid = Number(readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
      return readlinkSync(`/proc/${pid}/cwd`) === join(folder, 'data') ? pid : -1;
    } catch {
      return -1;
    }
  };
  const kill = () => {
    if (running === null) return;
    endTree(running.pid);
    endTree(postmaster());
    running = null;
  };
  return {
    name,
    port: data,
    minderPort: minder,
    link,
    start() {
      running = startProgram(programs, [programs.patroni, settings], folder);
    },
    async standing() {
      const answer = await fetch(`http://127.0.0.1:${minder}/patroni`, { signal: AbortSignal.timeout(1000) });
      const { role, state } = (await answer.json()) as { role?: string; state?: string };
      if (state !== 'running') return 'none';
      return role === 'replica' ? 'standby' : 'primary';
    },
    kill,
    freeze() {
      stopped = [...freezeTree(running!.pid), ...freezeTree(postmaster())];
    },
    freezeMinder() {
      stopped = freezeTree(running!.pid);
    },
    thaw() {
      for (const pid of stopped.splice(0).reverse()) signal(pid, 'SIGCONT');
    },
    said: () => running?.said() ?? '',
  };
}
