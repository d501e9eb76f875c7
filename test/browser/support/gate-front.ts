import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const CONFIG = fileURLToPath(new URL('../../../packages/gate/vite.config.ts', import.meta.url));
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.mp3': 'audio/mpeg',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

/**
 * The built gate app under /gate/, and everything else of a world that stands elsewhere, on one port of its own. It can go
 * away as a whole, and it can have a newer version of the app.
 */
export async function openGateFront(world: string) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'munjigi-gate-app-'));
  await build({ configFile: CONFIG, logLevel: 'error', build: { outDir: folder } });
  let up = true;
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    if (!up) return response.destroy();
    const { pathname } = new URL(request.url ?? '/', 'http://front');
    if (!pathname.startsWith('/gate/')) {
      const passed = ask(`${world}${request.url}`, {
        method: request.method ?? 'GET',
        headers: request.headers,
      });
      passed.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      passed.on('error', () => response.writeHead(502).end());
      return request.pipe(passed);
    }
    asked.push(pathname);
    const name = pathname === '/gate/' ? 'index.html' : pathname.slice('/gate/'.length);
    try {
      const bytes = await readFile(path.join(folder, path.normalize(name)));
      const type = TYPES[path.extname(name)] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  return {
    address: `http://localhost:${(server.address() as AddressInfo).port}/gate/`,
    /** Paths of the app that were asked of the network. */
    asked,
    goAway() {
      up = false;
      server.closeAllConnections();
    },
    comeBack() {
      up = true;
    },
    /** Publishes a newer app: another page, and a service worker that knows it by another revision. */
    publishNewer(title: string) {
      const page = path.join(folder, 'index.html');
      writeFileSync(page, readFileSync(page, 'utf8').replace(/<title>[^<]*/, `<title>${title}`));
      const worker = path.join(folder, 'sw.js');
      const before = readFileSync(worker, 'utf8');
      const after = before.replace(
        /(["']?url["']?:\s*["']index\.html["'],\s*["']?revision["']?:\s*["'])[^"']+/,
        '$1newer',
      );
      if (after === before) throw new Error('The service worker does not name index.html.');
      writeFileSync(worker, after);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
