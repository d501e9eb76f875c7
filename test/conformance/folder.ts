import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Public test suites of other projects are read in place, never copied: the variable names their folder. */
const FOLDER =
  process.env.MUNJIGI_CONFORMANCE ?? fileURLToPath(new URL('../../../shared/conformance', import.meta.url));

/** The path of one suite, and whether it is there; where it is not, its tests are skipped by this name. */
export function suite(...path: readonly string[]): {
  readonly path: string;
  readonly present: boolean;
  readonly name: string;
} {
  const full = resolve(FOLDER, ...path);
  const present = existsSync(full);
  const name = path.join('/');
  return {
    path: full,
    present,
    name: present ? name : `${name} (missing folder: set MUNJIGI_CONFORMANCE to where ${name} lies)`,
  };
}
