import { join } from 'node:path';
import { freePort } from '../stage/ports.ts';
import type { DataNode } from './data-node.ts';
import { writeOwned } from './folders.ts';
import { startProgram } from './processes.ts';
import type { Programs } from './programs.ts';
import { put, shipped } from './settings.ts';

/** HAProxy, as it stands beside each node of the service: one port behind which the primary is, wherever it is. */
export async function startFront(
  programs: Programs,
  folder: string,
  nodes: readonly DataNode[],
): Promise<{ readonly port: number }> {
  const port = await freePort();
  const places = Object.fromEntries(
    nodes.map((node, i) => [
      `server ${node.name} 10.0.0.1${i + 1}:5432 port 8008`,
      `server ${node.name} 127.0.0.1:${node.port} port ${node.minderPort}`,
    ]),
  );
  const file = join(folder, 'haproxy.cfg');
  writeOwned(
    programs,
    file,
    put(shipped('haproxy.cfg'), { ...places, '127.0.0.1:5432': `127.0.0.1:${port}` }),
  );
  startProgram(programs, [programs.haproxy, '-db', '-f', file], folder);
  return { port };
}
