/** Asking a server failed: `code` is a code of its contract, or `network` where none answered. */
export class ServerError extends Error {
  override readonly name = 'ServerError';

  constructor(
    readonly status: number,
    readonly code: string,
    readonly retryAfterSeconds: number | null,
  ) {
    super(`The server answered ${status || 'nothing'} (${code}).`);
  }
}

export interface CallOptions {
  readonly timeoutMs?: number;
  /** `omit` sends no cookie, whoever is signed in at that address. */
  readonly credentials?: RequestCredentials;
}

/** One JSON call. Throws `ServerError`. */
export async function callServer<T>(
  address: string,
  body?: unknown,
  { timeoutMs = 10_000, credentials = 'same-origin' }: CallOptions = {},
): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(address, {
      ...(body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
      cache: 'no-store',
      credentials,
    });
  } catch {
    throw new ServerError(0, 'network', null);
  }
  const content = (await answer.json().catch(() => null)) as (T & { error?: string }) | null;
  if (answer.ok && content !== null) return content;
  const after = Number(answer.headers.get('retry-after'));
  throw new ServerError(
    answer.status,
    content?.error ?? 'unknown',
    Number.isFinite(after) && after > 0 ? after : null,
  );
}
