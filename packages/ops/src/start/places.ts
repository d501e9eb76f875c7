import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from './options.ts';

/** The folder of the whole product: three above this one, whether compiled or not. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');

/** The program of the service, compiled. */
export const PROGRAM = path.join(ROOT, 'packages', 'ops', 'dist', 'start', 'service-process.js');

export const appFolder = (name: 'gate' | 'wallet' | 'console' | 'demo'): string =>
  path.join(ROOT, 'packages', name, 'dist', 'app');

/** The folder of a pack, by its name or by its path. Throws UsageError. */
export function packFolder(policy: string): string {
  const found = [path.join(ROOT, 'policies', policy), path.resolve(policy)].find((folder) =>
    existsSync(path.join(folder, 'pack.json')),
  );
  if (!found)
    throw new UsageError(
      `There is no policy pack "${policy}": neither in policies/ nor as a folder with a pack.json.`,
    );
  return found;
}
