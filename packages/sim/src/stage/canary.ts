import { execFile } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Observation } from '@munjigi/core/incident';
import { type StageProcess, startProcess } from './process.ts';
import type { ServiceStage } from './service.ts';

const MUNJIGI = fileURLToPath(new URL('../../../ops/bin/munjigi.mjs', import.meta.url));
const NAME = 'stage';

/** Where a stage's authority finds the canaries that it believes. */
export const canaryKeysFile = (folder: string): string => join(folder, 'canaries');

export interface CanaryOptions {
  /** Of the stage; the canary has one of its own in it. */
  readonly folder: string;
  readonly service: ServiceStage;
  readonly venue: { readonly kind: string; readonly region: string };
  readonly everySeconds: number;
  /** Front doors besides the balancer: address by name. */
  readonly doors?: Readonly<Record<string, string>>;
  /** Of `munjigi canary`, besides its pace. */
  readonly flags?: readonly string[];
  /** Told of every round. */
  readonly onRound?: (round: Observation) => void;
}

/**
 * Enrols the product's own canary as an operator does, and starts it: through the balancer as the public comes, straight to each
 * node beside it, at the mirror, and telling the authority. The authority must have been started with `canaryKeysFile`.
 */
export async function startCanary({
  folder,
  service,
  venue,
  everySeconds,
  doors = {},
  flags = [],
  onRound = () => {},
}: CanaryOptions): Promise<StageProcess> {
  const { balancer, nodes, mirror, authority, data } = service;
  const own = join(folder, 'canary');
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[MUNJIGI, 'canary', 'enrol', '--folder', own, '--name', NAME],
    ...['--service', at(balancer.port), '--data', data, '--kind', venue.kind, '--region', venue.region],
    ...['--door', `front=${at(balancer.port)}`, '--mirror', `mirror=${mirror.address}`],
    ...Object.entries(doors).flatMap(([name, address]) => ['--door', `${name}=${address}`]),
    ...nodes.flatMap(({ name, port }) => ['--node', `${name}=${at(port)}`]),
    ...['--authority', at(authority.port)],
  ]);
  const { key } = JSON.parse(stdout) as { readonly key: string };
  await appendFile(canaryKeysFile(folder), `${NAME} ${key}\n`);
  // Its first round is a line.
  return startProcess(
    process.execPath,
    [MUNJIGI, 'canary', '--folder', own, '--every', String(everySeconds), ...flags],
    {
      ready: (line) => {
        onRound(JSON.parse(line) as Observation);
        return true;
      },
    },
  );
}
