/** The documents of the authority that devices keep, as they are served by mirrors. */
export type DocumentName = 'root' | 'now' | 'bundle' | 'clock' | 'log-head' | `root-${number}`;

/** Where documents come from. Null where nothing could be fetched: no network, no such document. */
export interface DocumentSource {
  /** Tries one mirror after the other. */
  fetch(name: DocumentName, mirrors: readonly string[]): Promise<Uint8Array | null>;
}

const LARGEST = 4_500_000;

/** Documents by HTTP: a mirror that does not answer within `timeoutMs` is passed over. */
export function httpDocuments(
  fetcher: typeof fetch = (...args) => fetch(...args),
  timeoutMs = 8_000,
): DocumentSource {
  return {
    async fetch(name, mirrors) {
      for (const mirror of mirrors) {
        try {
          const answer = await fetcher(`${mirror.replace(/\/$/, '')}/${name}.cose`, {
            signal: AbortSignal.timeout(timeoutMs),
            cache: 'no-cache',
          });
          if (!answer.ok) continue;
          const bytes = new Uint8Array(await answer.arrayBuffer());
          if (bytes.length > 0 && bytes.length <= LARGEST) return bytes;
        } catch {
          // The next mirror may answer.
        }
      }
      return null;
    },
  };
}
