import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { PAGE_HEADERS } from './headers.ts';
import { plain } from './static-apps.ts';

export const MIRRORED = ['root.cose', 'bundle.cose', 'now.cose', 'clock.cose', 'log-head.cose'] as const;
export type MirroredName = (typeof MIRRORED)[number];

type DailyName = `notified/${string}.cose`;

function dailyFile(pathname: string): DailyName | null {
  const day = /^\/mirror\/notified\/(\d{4}-\d\d-\d\d)\.cose$/.exec(pathname)?.[1];
  return day === undefined ? null : `notified/${day}.cose`;
}

/**
 * The mirror of the authority's signed documents: static files that stay readable while every server is stopped.
 * The authority pushes into the folder. While the mirror *holds*, it goes on showing what it showed before, so that
 * documents can be signed ahead and *released* later, each at its moment. It cannot change a byte of them.
 */
export class Mirror {
  readonly #folder: string;
  readonly #shown = new Map<MirroredName, Buffer>();
  #held = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What the authority pushed last, whether shown or not; null where there is none yet. */
  pushed(name: MirroredName): Buffer | null {
    return this.#file(name);
  }

  #file(name: string): Buffer | null {
    try {
      return readFileSync(path.join(this.#folder, name));
    } catch {
      return null;
    }
  }

  /** Keeps showing what is shown now, until `follow`. */
  hold(): void {
    if (this.#held) return;
    this.#held = true;
    for (const name of MIRRORED) {
      const bytes = this.pushed(name);
      if (bytes) this.#shown.set(name, bytes);
    }
  }

  /** Shows a document that was signed ahead. */
  release(name: MirroredName, bytes: Buffer): void {
    this.#shown.set(name, bytes);
  }

  /** Shows whatever the authority pushes, again. */
  follow(): void {
    this.#held = false;
    this.#shown.clear();
  }

  read(name: MirroredName): Buffer | null {
    return this.#held ? (this.#shown.get(name) ?? null) : this.pushed(name);
  }

  /** A version of the root by its number: devices that slept through some walk from one to the next. */
  #olderRoot(name: string): Buffer | null {
    if (!/^root-[1-9]\d{0,9}\.cose$/.test(name)) return null;
    return this.#file(name);
  }

  /** The file of a day's lookups: it belongs to no moment of a story, so it is never held. */
  #daily(pathname: string): Buffer | null {
    const name = dailyFile(pathname);
    return name && this.#file(name);
  }

  serve(request: IncomingMessage, response: ServerResponse, pathname: string): void {
    const asked = pathname.slice('/mirror/'.length);
    const name = MIRRORED.find((known) => asked === known);
    const bytes = name ? this.read(name) : (this.#daily(pathname) ?? this.#olderRoot(asked));
    if (!bytes) {
      plain(response, 404, 'The mirror has no such document.');
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      plain(response, 405, 'The mirror is only read.');
      return;
    }
    const tag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    const headers = {
      ...PAGE_HEADERS,
      'content-type': 'application/cose',
      // A story's clock jumps at a click, so it is asked for again each time; the others may be 20 s old.
      'cache-control': name === 'clock.cose' ? 'no-cache' : 'public, max-age=20',
      etag: tag,
    };
    if (request.headers['if-none-match'] === tag) {
      response.writeHead(304, headers).end();
      return;
    }
    response.writeHead(200, { ...headers, 'content-length': String(bytes.length) });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  }
}
