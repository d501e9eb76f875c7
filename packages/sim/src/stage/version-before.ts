import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const TABLES = 'packages/service/sql';
const OURS = '@munjigi';
const run = promisify(execFile);

/** A version of the service as it was, built and ready to be started. */
export interface VersionBefore {
  /** Its short name in the history. */
  readonly commit: string;
  /** What to start instead of this version's `munjigi`. */
  readonly program: string;
}

/**
 * Builds the version from before the newest change of the tables, the one that an upgrade has to get along with: it runs on tables that
 * a newer one has changed under it. Null where the history does not reach so far, as in a copy without one.
 * @param folder an empty folder of its own
 */
export async function versionBefore(folder: string): Promise<VersionBefore | null> {
  const git = async (...words: string[]): Promise<string> =>
    (await run('git', ['-c', 'safe.directory=*', '-C', ROOT, ...words])).stdout.trim();
  let commit: string;
  try {
    const change = await git('log', '-1', '--diff-filter=A', '--format=%H', '--', TABLES);
    commit = await git('rev-parse', '--short', '--verify', `${change}^`);
  } catch {
    return null;
  }
  const packed = join(folder, 'version.tar');
  await git('archive', '--format=tar', `--output=${packed}`, commit);
  await run('tar', ['-xf', packed, '-C', folder]);
  linkModules(folder);
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  await run(process.execPath, [tsc, '-b', 'packages/ops'], { cwd: folder });
  return { commit, program: join(folder, 'packages', 'ops', 'bin', 'munjigi.mjs') };
}

/** Others' packages are today's; ours are its own. */
function linkModules(folder: string): void {
  const modules = join(ROOT, 'node_modules');
  mkdirSync(join(folder, 'node_modules', OURS), { recursive: true });
  for (const name of readdirSync(modules)) {
    if (name !== OURS && !name.startsWith('.'))
      symlinkSync(join(modules, name), join(folder, 'node_modules', name));
  }
  for (const name of readdirSync(join(modules, OURS))) {
    const own = join(folder, 'packages', basename(readlinkSync(join(modules, OURS, name))));
    if (existsSync(own)) symlinkSync(own, join(folder, 'node_modules', OURS, name));
  }
}
