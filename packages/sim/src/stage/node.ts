import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './ports.ts';
import type { PrivatePostgres } from './postgres.ts';
import { type StageProcess, startProcess } from './process.ts';

const MUNJIGI = fileURLToPath(new URL('../../../ops/bin/munjigi.mjs', import.meta.url));
const DESKS = ['issuer', 'register', 'authority'] as const;

/** Where nodes of one service keep what they share: keys and mirror in a folder, and a database for each desk. */
export interface NodePlace {
  readonly data: string;
  readonly databases: Readonly<Record<(typeof DESKS)[number], string>>;
}

/** One `munjigi serve` with every desk, with nothing before it. */
export interface LoneNode {
  readonly port: number;
  readonly metricsPort: number;
  readonly agentPort: number;
  readonly process: StageProcess;
  /** The token that operators send. */
  readonly token: string;
  /** Megabytes: the most memory that it ever had, as Linux counts it. */
  peakMegabytes(): number;
}

/** A folder and empty databases for the nodes of one service. */
export async function placeOf(
  folder: string,
  postgres: Pick<PrivatePostgres, 'database'>,
): Promise<NodePlace> {
  const databases = { issuer: '', register: '', authority: '' };
  for (const desk of DESKS) databases[desk] = await postgres.database(desk);
  return { data: join(folder, 'data'), databases };
}

/**
 * Starts a node; further ones at the same place stand side by side with it.
 * @param heapMegabytes what its heap may grow to, where it is to be less than usual: beyond it Node ends the process
 */
export async function startNode(
  place: NodePlace,
  flags: readonly string[] = [],
  heapMegabytes?: number,
): Promise<LoneNode> {
  const [port, metricsPort, agentPort] = [await freePort(), await freePort(), await freePort()];
  const process = await startProcess(
    globalThis.process.execPath,
    [
      ...(heapMegabytes === undefined ? [] : [`--max-old-space-size=${heapMegabytes}`]),
      MUNJIGI,
      'serve',
      ...['--data', place.data, '--log', 'error', '--behind-proxy'],
      ...['--port', String(port), '--metrics-port', String(metricsPort), '--agent-port', String(agentPort)],
      ...DESKS.flatMap((desk) => [`--database-${desk}`, place.databases[desk]]),
      ...flags,
    ],
    { ready: (line) => line.startsWith('{"listening"') },
  );
  return {
    port,
    metricsPort,
    agentPort,
    process,
    token: readFileSync(join(place.data, 'keys', 'operator-token.key'), 'utf8').trim(),
    peakMegabytes: () =>
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${process.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
  };
}
