import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { basename, join } from 'node:path';
import { freePort } from './ports.ts';

/** A mirror of the signed files: a folder behind a web server that no node stands behind. */
export interface Mirror {
  readonly address: string;
  /** What is served in place of a file: nothing (`null`), or these bytes. */
  readonly instead: Map<string, Uint8Array | null>;
  /** False: the mirror answers nobody. */
  up: boolean;
  requests: number;
  close(): Promise<void>;
}

/** Serves the files of a folder, each by its name. */
export async function startMirror(folder: string): Promise<Mirror> {
  const port = await freePort();
  const instead = new Map<string, Uint8Array | null>();
  const server: Server = createServer((request, response) => {
    mirror.requests += 1;
    if (!mirror.up) return request.socket.destroy();
    const name = basename(new URL(request.url ?? '/', 'http://mirror').pathname);
    const bytes = instead.has(name)
      ? Promise.resolve(instead.get(name) ?? null)
      : readFile(join(folder, name)).catch(() => null);
    void bytes.then((found) => {
      if (!found) return response.writeHead(404).end();
      response
        .writeHead(200, { 'content-type': 'application/cose', 'cache-control': 'max-age=1' })
        .end(found);
    });
  });
  const mirror: Mirror = {
    address: `http://127.0.0.1:${port}`,
    instead,
    up: true,
    requests: 0,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return mirror;
}
