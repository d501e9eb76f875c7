import type { Body } from './body.ts';

/** An answer that is no success. `code` is the service's stable code; `network` where nothing answered. */
export class DeskError extends Error {
  override readonly name = 'DeskError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }

  /** True where the session has ended, or never began: sign in again and go on. */
  get signedOut(): boolean {
    return this.status === 401;
  }
}

/** The one desk that this page speaks to: that of its own body. Paths are relative to `/api/<body>/`. */
export interface Desk {
  readonly body: Body;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  /** Reads the public log; `path` is relative to it. */
  publicLog<T>(path: string): Promise<T>;
  /** A signed document of the mirror, or null where there is none. */
  document(name: 'root' | 'bundle' | 'clock' | 'now'): Promise<Uint8Array | null>;
  /** Address of a file that the browser saves by itself. */
  file(path: string): string;
}

/** The desk over HTTP, at the origin of the page. Throws `DeskError`. */
export function httpDesk(body: Body, request: typeof fetch = (...call) => fetch(...call)): Desk {
  const base = `/api/${body}/`;

  async function ask<T>(path: string, init: RequestInit, under = base): Promise<T> {
    let answer: Response;
    try {
      answer = await request(under + path, { credentials: 'same-origin', cache: 'no-store', ...init });
    } catch {
      throw new DeskError(0, 'network', 'The desk does not answer.');
    }
    const text = await answer.text();
    const value = readJson(text);
    if (answer.ok) return value as T;
    const { error, message } = (value ?? {}) as { error?: unknown; message?: unknown };
    throw new DeskError(
      answer.status,
      typeof error === 'string' ? error : 'network',
      typeof message === 'string' ? message : '',
    );
  }

  return {
    body,
    get: (path) => ask(path, { method: 'GET' }),
    post: (path, value) =>
      ask(path, {
        method: 'POST',
        ...(value === undefined
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }),
      }),
    publicLog: (path) => ask(path, { method: 'GET' }, '/api/authority/log/'),
    async document(name) {
      try {
        const answer = await request(`/mirror/${name}.cose`, { cache: 'no-cache' });
        return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
      } catch {
        return null;
      }
    },
    file: (path) => base + path,
  };
}

function readJson(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
