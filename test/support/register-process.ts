import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.ts';
import { type AskedProcess, startAsked } from './child.ts';
import type { ChildRequest } from './register-child.ts';

type Without<T> = T extends unknown ? Omit<T, 'id'> : never;

/** The register in a process that can be ended the hard way. */
export type RegisterProcess = AskedProcess<Without<ChildRequest>>;

const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Starts the child and waits until it is ready.
 * @param before a shell line that runs in the child's place before it (limits); POSIX only
 */
export async function startRegister(args: readonly string[], before?: string): Promise<RegisterProcess> {
  const command = [process.execPath, await bundle(fileOf('./register-child.ts')), ...args];
  return startAsked(
    before === undefined ? command : ['/bin/sh', '-c', `${before}; exec "$@"`, 'sh', ...command],
  );
}
