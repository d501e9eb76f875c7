import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { CONSOLE_HEADERS, cachingOf, PAGE_HEADERS, typeOf } from './headers.ts';

/** A web app: the address that it hangs under (with slashes at both ends) and its built folder. */
export interface App {
  readonly address: string;
  readonly folder: string;
  /** True for the console of a body, whose pages are under stricter headers. */
  readonly console?: boolean;
}

interface Kept {
  readonly changed: number;
  readonly body: Buffer;
  readonly tag: string;
}

/** Path inside the app's folder, or null where the address would leave it or is not one of a file. */
export function insidePath(address: string): string | null {
  let plain: string;
  try {
    plain = decodeURIComponent(address);
  } catch {
    return null;
  }
  if (/[\0\\:]/.test(plain)) return null;
  const parts = plain.split('/').filter((part) => part !== '');
  return parts.some((part) => part === '..' || part === '.') ? null : parts.join('/');
}

/** Serves built web apps. The address of a view that the app draws itself (no file ending) gives its index page. */
export class StaticApps {
  readonly #apps: readonly App[];
  readonly #kept = new Map<string, Kept>();

  constructor(apps: readonly App[]) {
    this.#apps = [...apps].sort((a, b) => b.address.length - a.address.length);
  }

  /** Answers GET and HEAD. */
  async serve(request: IncomingMessage, response: ServerResponse, pathname: string): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return plain(response, 405, 'This address is only read.');
    const app = this.#apps.find((a) => pathname.startsWith(a.address) || pathname === a.address.slice(0, -1));
    if (!app) return plain(response, 404, 'Nothing stands at this address.');
    if (!pathname.startsWith(app.address)) {
      response.writeHead(308, { location: app.address }).end();
      return;
    }
    const inside = insidePath(pathname.slice(app.address.length));
    if (inside === null) return plain(response, 400, 'This is no address of a file.');
    const view = inside === '' || path.extname(inside) === '';
    const name = view ? 'index.html' : inside;
    const kept = await this.#read(path.join(app.folder, name));
    if (!kept)
      return plain(response, 404, view ? 'This app has not been built yet: npm run build.' : 'No such file.');
    const headers: Record<string, string> = {
      ...(app.console ? CONSOLE_HEADERS : PAGE_HEADERS),
      'content-type': typeOf(name),
      'cache-control': cachingOf(name),
      etag: kept.tag,
      'service-worker-allowed': app.address,
    };
    if (request.headers['if-none-match'] === kept.tag) {
      response.writeHead(304, headers).end();
      return;
    }
    response.writeHead(200, { ...headers, 'content-length': String(kept.body.length) });
    response.end(request.method === 'HEAD' ? undefined : kept.body);
  }

  async #read(file: string): Promise<Kept | null> {
    try {
      const { mtimeMs } = await stat(file);
      const kept = this.#kept.get(file);
      if (kept?.changed === mtimeMs) return kept;
      const body = await readFile(file);
      const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
      const fresh = { changed: mtimeMs, body, tag };
      this.#kept.set(file, fresh);
      return fresh;
    } catch {
      return null;
    }
  }
}

/** A short answer in plain text, with the headers of a page. */
export function plain(response: ServerResponse, status: number, sentence: string): void {
  const body = `${sentence}\n`;
  response
    .writeHead(status, {
      ...PAGE_HEADERS,
      'content-type': 'text/plain; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      'cache-control': 'no-store',
    })
    .end(body);
}
