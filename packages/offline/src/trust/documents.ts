import { randomBytes } from '../storage/random.ts';
import { Doors } from '../sync/doors.ts';
import { ServerError } from '../sync/server.ts';

/** The documents of the authority that devices keep, as they are served by mirrors. */
export type DocumentName = 'root' | 'now' | 'bundle' | 'clock' | 'log-head' | `root-${number}`;

/** Where documents come from. Null where nothing could be fetched: no network, no such document. */
export interface DocumentSource {
  /**
   * Tries one mirror after the other.
   * @param wanted false for what is not the document asked for, such as an older one: then the next mirror is tried
   */
  fetch(
    name: DocumentName,
    mirrors: readonly string[],
    wanted?: (bytes: Uint8Array) => boolean,
  ): Promise<Uint8Array | null>;
}

const LARGEST = 4_500_000;
/** This mirror has no such document, or an older one; another may. */
const NOT_HERE = new ServerError(404, 'not-here', null);

/**
 * Documents by HTTP, from mirrors in an order of this device's own. One that fails, or does not answer within `timeoutMs`, is
 * passed over for a while.
 */
export function httpDocuments(
  fetcher: typeof fetch = (...args) => fetch(...args),
  timeoutMs = 8_000,
  doors = new Doors(randomBytes(16)),
): DocumentSource {
  return {
    fetch: (name, mirrors, wanted = () => true) =>
      doors
        .ask(
          mirrors,
          async (mirror) => {
            const answer = await fetcher(`${mirror}/${name}.cose`, {
              signal: AbortSignal.timeout(timeoutMs),
              cache: 'no-cache',
            });
            if (answer.status === 404) throw NOT_HERE;
            if (!answer.ok) throw new ServerError(answer.status, 'unknown', null);
            const bytes = new Uint8Array(await answer.arrayBuffer());
            if (bytes.length === 0 || bytes.length > LARGEST || !wanted(bytes)) throw NOT_HERE;
            return bytes;
          },
          true,
          (error) => (error === NOT_HERE ? 'elsewhere' : 'door'),
        )
        .catch(() => null),
  };
}
