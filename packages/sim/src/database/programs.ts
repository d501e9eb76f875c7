import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs of a database that fails over, by path, and the user that they run as. */
export interface Programs {
  readonly patroni: string;
  readonly etcd: string;
  readonly haproxy: string;
  /** Folder of PostgreSQL's own programs. */
  readonly postgres: string;
  /** Servers refuse root: then the user `postgres`, else whoever runs this. */
  readonly user: { readonly uid: number; readonly gid: number } | null;
}

/** What is missing here, as a sentence. */
export interface Missing {
  readonly reason: string;
}

const POSTGRES = '/usr/lib/postgresql';

function onPath(name: string): string | null {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']) {
    const file = join(folder || '.', name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {}
  }
  return null;
}

function newestPostgres(): string | null {
  const versions = existsSync(POSTGRES) ? readdirSync(POSTGRES) : [];
  const newest = versions
    .filter((version) => existsSync(join(POSTGRES, version, 'bin', 'initdb')))
    .sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? null : join(POSTGRES, newest, 'bin');
}

/** Looks for everything that three data nodes need on this machine. */
export function findPrograms(): Programs | Missing {
  if (process.platform !== 'linux') return { reason: 'the nodes are ended by what only Linux tells' };
  const found = {
    patroni: onPath('patroni'),
    etcd: onPath('etcd'),
    haproxy: onPath('haproxy'),
    postgres: newestPostgres(),
  };
  const missing = Object.entries(found).flatMap(([name, path]) => (path === null ? [name] : []));
  if (missing.length > 0) return { reason: `not installed here: ${missing.join(', ')}` };
  const user = process.getuid?.() === 0 ? userOf('postgres') : null;
  if (user === undefined) return { reason: 'PostgreSQL does not run as root and there is no user postgres' };
  return { ...(found as { [name in keyof typeof found]: string }), user };
}

function userOf(name: string): { uid: number; gid: number } | undefined {
  try {
    const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }).trim());
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}
