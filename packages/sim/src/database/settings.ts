import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('../../../../deploy/patroni/', import.meta.url);

/** A file of `deploy/patroni` as it is shipped. */
export const shipped = (name: 'cluster.yml' | 'node.yml' | 'haproxy.cfg'): string =>
  readFileSync(fileURLToPath(new URL(name, FOLDER)), 'utf8');

/** Puts other values into a file; each old one must stand in it, so that what is tried is what is shipped. */
export function put(text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((sum, [old, value]) => {
    if (!sum.includes(old)) throw new Error(`the shipped file no longer says: ${old}`);
    return sum.replaceAll(old, value);
  }, text);
}
