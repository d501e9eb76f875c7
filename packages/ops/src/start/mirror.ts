import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { PAGE_HEADERS, STATUS_HEADERS, typeOf } from './headers.ts';
import { plain } from './static-apps.ts';

export const MIRRORED = ['root.cose', 'bundle.cose', 'now.cose', 'clock.cose', 'log-head.cose'] as const;
export type MirroredName = (typeof MIRRORED)[number];

/** Files of the status page, by name. */
export type Pages = ReadonlyMap<string, Buffer>;

const PAGE = /^status\/([a-z-]+\.(html|xml|svg|cose))$/;

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
  #pages: Pages = new Map();
  #held = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What the authority pushed last, whether shown or not; null where there is none yet. */
  pushed(name: MirroredName): Buffer | null {
    return this.#file(name);
  }

  /** The status page as the authority wrote it last, whether shown or not. */
  pushedPages(): Pages {
    try {
      const names = readdirSync(path.join(this.#folder, 'status'));
      return new Map(
        names.flatMap((name) => {
          const bytes = PAGE.test(`status/${name}`) ? this.#file(path.join('status', name)) : null;
          return bytes ? [[name, bytes] as const] : [];
        }),
      );
    } catch {
      return new Map();
    }
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
    this.#pages = this.pushedPages();
  }

  /** Shows a document that was signed ahead. */
  release(name: MirroredName, bytes: Buffer): void {
    this.#shown.set(name, bytes);
  }

  /** Shows a status page that was written ahead. */
  releasePages(pages: Pages): void {
    this.#pages = pages;
  }

  /** Shows whatever the authority pushes, again. */
  follow(): void {
    this.#held = false;
    this.#shown.clear();
  }

  read(name: MirroredName): Buffer | null {
    return this.#held ? (this.#shown.get(name) ?? null) : this.pushed(name);
  }

  #page(name: string): Buffer | null {
    return this.#held ? (this.#pages.get(name) ?? null) : this.#file(path.join('status', name));
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
    const page = PAGE.exec(asked)?.[1];
    const bytes = name
      ? this.read(name)
      : page
        ? this.#page(page)
        : (this.#daily(pathname) ?? this.#olderRoot(asked));
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
      ...(page ? STATUS_HEADERS : PAGE_HEADERS),
      'content-type': typeOf(asked),
      // A story's clock jumps at a click, and so do its pages: they are asked for again each time; the others may be 20 s old.
      'cache-control': name === 'clock.cose' || page ? 'no-cache' : 'public, max-age=20',
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
