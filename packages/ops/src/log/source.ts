import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromBase64 } from '@munjigi/core/encoding';
import { LogStore } from '@munjigi/service/authority';
import { type Database, openEmbedded, openPostgres } from '@munjigi/service/db';

/** A head as it is shown, with the bodies that are said to have signed it. */
export interface ShownHead {
  readonly head: Uint8Array;
  readonly cosignatures: readonly { readonly body: string; readonly cosignature: Uint8Array }[];
}

/** Where a log is read from. Nothing that it answers is believed. */
export interface LogSource {
  document(name: 'root' | 'bundle' | 'now'): Promise<Uint8Array | null>;
  lines(from: number, limit: number): Promise<readonly Uint8Array[]>;
  /** Heads of more than `after` lines, by size. */
  heads(after: number, limit: number): Promise<readonly ShownHead[]>;
  /** The published file of a day, or null. */
  notified(day: string): Promise<Uint8Array | null>;
  close(): Promise<void>;
}

/** The log could not be read: one sentence for whoever asked. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

/** Reads from a running service, as anyone may. */
export function urlSource(address: string, fetcher: typeof fetch = fetch): LogSource {
  const base = `${address.replace(/\/+$/, '')}/api/authority`;
  const ask = async (path: string): Promise<Response | null> => {
    let answer: Response;
    try {
      answer = await fetcher(`${base}/${path}`, { signal: AbortSignal.timeout(30_000) });
    } catch {
      throw new SourceError(`Nothing answers at ${address}: is the service running there?`);
    }
    if (answer.status === 404) return null;
    if (!answer.ok)
      throw new SourceError(`The service at ${address} answered ${answer.status}: try again later.`);
    return answer;
  };
  const bytes = async (path: string) => {
    const answer = await ask(path);
    return answer && new Uint8Array(await answer.arrayBuffer());
  };
  const json = async <T>(path: string): Promise<T> => {
    const answer = await ask(path);
    if (!answer) throw new SourceError(`There is no public log at ${address}.`);
    return (await answer.json()) as T;
  };
  type HeadJson = { head: string; cosignatures: { body: string; cosignature: string }[] };
  return {
    document: bytes,
    async lines(from, limit) {
      return (await json<{ lines: string[] }>(`log/lines?from=${from}&limit=${limit}`)).lines.map(fromBase64);
    },
    async heads(after, limit) {
      const { heads } = await json<{ heads: HeadJson[] }>(`log/heads?after=${after}&limit=${limit}`);
      return heads.map(({ head, cosignatures }) => ({
        head: fromBase64(head),
        cosignatures: cosignatures.map(({ body, cosignature }) => ({
          body,
          cosignature: fromBase64(cosignature),
        })),
      }));
    },
    notified: (day) => bytes(`notified/${day}`),
    close: async () => {},
  };
}

async function fileOrNull(path: string): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Reads from the data folder of a service that is stopped, or from its PostgreSQL database. Throws `DatabaseRefused` where the
 * folder is in use.
 */
export async function dataSource(data: string, databaseUrl: string | undefined): Promise<LogSource> {
  const folder = join(data, 'authority');
  // An empty folder would be made into a database here, and then be found to hold no log.
  if (!databaseUrl && (await readdir(folder).catch(() => [])).length === 0)
    throw new SourceError(`There is no embedded authority database in ${folder}.`);
  const db: Database = databaseUrl
    ? openPostgres({ url: databaseUrl, applicationName: 'munjigi-log' })
    : await openEmbedded({ folder });
  const store = new LogStore(db);
  const mirror = join(data, 'mirror');
  return {
    document: (name) => fileOrNull(join(mirror, `${name}.cose`)),
    lines: (from, limit) => store.lines(from, limit),
    heads: (after, limit) => store.heads(after, limit),
    notified: (day) => fileOrNull(join(mirror, 'notified', `${day}.cose`)),
    close: () => db.close(),
  };
}
