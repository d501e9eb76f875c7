import { Trouble } from './seen.ts';

/** How a round reaches out: each call on a connection of its own, as a newcomer comes, and never for longer than this. */
export interface Reach {
  readonly deadlineMs: number;
  readonly fetcher?: typeof fetch;
}

/** Codes by which a service says that it has more to do than it can: it works, and too slowly. */
const FULL = new Set(['service.full', 'issuer.queue', 'request.rate']);
const LARGEST = 4_500_000;

async function ask(address: string, init: RequestInit, { deadlineMs, fetcher = fetch }: Reach) {
  try {
    const answer = await fetcher(address, {
      ...init,
      redirect: 'error',
      headers: { ...init.headers, connection: 'close', 'munjigi-patience-ms': String(deadlineMs) },
      signal: AbortSignal.timeout(deadlineMs),
    });
    return { status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()) };
  } catch (error) {
    throw unreached(error);
  }
}

const unreached = (error: unknown): Trouble =>
  new Trouble((error as Error).name === 'TimeoutError' ? 'timeout' : 'network');

/** One JSON call to a desk, a question where `body` is null. Throws `Trouble` with the code that it answered. */
export async function callDesk<T>(address: string, body: object | null, reach: Reach): Promise<T> {
  const asked = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const { status, bytes } = await ask(address, asked ?? {}, reach);
  const said = readJson(bytes);
  if (status === 200 && said !== null) return said as T;
  const code = typeof said?.error === 'string' ? said.error : `http-${status}`;
  throw new Trouble(code, FULL.has(code) ? 'slow' : 'down');
}

/** A page of somebody else's, as a browser opens it: that it answers is all that is asked. Throws `Trouble`. */
export async function openPage(address: string, { deadlineMs, fetcher = fetch }: Reach): Promise<void> {
  const signal = AbortSignal.timeout(deadlineMs);
  const status = await fetcher(address, {
    redirect: 'manual',
    headers: { connection: 'close' },
    signal,
  }).then(
    async (answer) => {
      await answer.body?.cancel();
      return answer.status;
    },
    (error: unknown) => {
      throw unreached(error);
    },
  );
  if (status >= 500) throw new Trouble(`http-${status}`);
}

/** One document of a mirror. Throws `Trouble`. */
export async function fetchDocument(mirror: string, name: string, reach: Reach): Promise<Uint8Array> {
  const { status, bytes } = await ask(`${mirror.replace(/\/$/, '')}/${name}.cose`, {}, reach);
  if (status !== 200) throw new Trouble(`http-${status}`);
  if (bytes.length === 0 || bytes.length > LARGEST) throw new Trouble('size');
  return bytes;
}

function readJson(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
