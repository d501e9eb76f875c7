import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http, { type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromOurPage } from './demo-control.ts';
import { Mirror } from './mirror.ts';
import { Requests, requestsIn } from './servers/requests.ts';
import { ServiceProxy } from './service-proxy.ts';
import { insidePath, StaticApps } from './static-apps.ts';

let folder: string;
let open: Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'munjigi-front-'));
});
afterEach(async () => {
  for (const server of open) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
  open = [];
  rmSync(folder, { recursive: true, force: true });
});

async function serve(listener: http.RequestListener): Promise<string> {
  const server = http.createServer(listener);
  open.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The bytes of an address as a browser would not send them. */
function rawGet(base: string, target: string): Promise<{ status: number; body: string }> {
  const { port } = new URL(base);
  return new Promise((done, fail) => {
    http
      .get({ host: '127.0.0.1', port, path: target }, (answer) => {
        let body = '';
        answer
          .on('data', (part) => (body += part))
          .on('end', () => done({ status: answer.statusCode ?? 0, body }));
      })
      .on('error', fail);
  });
}

describe('static apps', () => {
  const app = async () => {
    mkdirSync(path.join(folder, 'gate', 'assets'), { recursive: true });
    writeFileSync(path.join(folder, 'secret.txt'), 'secret');
    writeFileSync(path.join(folder, 'gate', 'index.html'), '<p>gate');
    writeFileSync(path.join(folder, 'gate', 'sw.js'), '1');
    writeFileSync(path.join(folder, 'gate', 'assets', 'reader-DkX3f9aQ.wasm'), 'wasm');
    const apps = new StaticApps([
      { address: '/gate/', folder: path.join(folder, 'gate') },
      { address: '/console/', folder: path.join(folder, 'gate'), console: true },
    ]);
    return serve(
      (request, response) => void apps.serve(request, response, new URL(`http://d${request.url}`).pathname),
    );
  };

  it('gives a view that the app draws itself the index page, and a missing file a 404', async () => {
    const base = await app();
    expect(await (await fetch(`${base}/gate/shift/now`)).text()).toBe('<p>gate');
    expect((await fetch(`${base}/gate/missing.js`)).status).toBe(404);
    const bare = await fetch(`${base}/gate`, { redirect: 'manual' });
    expect([bare.status, bare.headers.get('location')]).toEqual([308, '/gate/']);
  });

  it('lets hashed files be kept for ever, and asks again for pages and the service worker', async () => {
    const base = await app();
    const wasm = await fetch(`${base}/gate/assets/reader-DkX3f9aQ.wasm`);
    expect(wasm.headers.get('content-type')).toBe('application/wasm');
    expect(wasm.headers.get('cache-control')).toContain('immutable');
    const worker = await fetch(`${base}/gate/sw.js`);
    expect(worker.headers.get('cache-control')).toBe('no-cache');
    expect(worker.headers.get('service-worker-allowed')).toBe('/gate/');
    const again = await fetch(`${base}/gate/sw.js`, {
      headers: { 'if-none-match': worker.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
  });

  it('lets nothing from elsewhere run and gives the camera to our own pages alone', async () => {
    const base = await app();
    const page = await fetch(`${base}/gate/`);
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'self'.*object-src 'none'/);
    expect(page.headers.get('content-security-policy')).not.toContain("'unsafe-inline'");
    expect(page.headers.get('permissions-policy')).toContain('camera=(self)');
    const own = await fetch(`${base}/console/cases/7`);
    expect(own.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(own.headers.get('content-security-policy')).not.toMatch(/unsafe|blob:|\*/);
    expect(own.headers.get('permissions-policy')).toContain('camera=()');
  });

  it('never leaves its folder, however the address is written', async () => {
    const base = await app();
    for (const target of [
      '/gate/../secret.txt',
      '/gate/..%2fsecret.txt',
      '/gate/%2e%2e/secret.txt',
      '/gate/..\\secret.txt',
      '/gate/%00',
      '/gate/%E0%A4%A',
    ]) {
      expect((await rawGet(base, target)).body, target).not.toContain('secret');
    }
    expect(insidePath('..%2Fsecret.txt')).toBeNull();
    expect(insidePath('C:%5Cboot.ini')).toBeNull();
    expect(insidePath('a/b.js')).toBe('a/b.js');
  });
});

describe('the mirror', () => {
  it('goes on showing the old document while later ones are signed ahead, and shows each when it is released', async () => {
    const mirror = new Mirror(folder);
    const base = await serve((request, response) => mirror.serve(request, response, request.url ?? ''));
    const shown = async () => (await fetch(`${base}/mirror/now.cose`)).text();
    expect((await fetch(`${base}/mirror/now.cose`)).status).toBe(404);
    writeFileSync(path.join(folder, 'now.cose'), 'usual');
    mirror.hold();
    writeFileSync(path.join(folder, 'now.cose'), 'provisional');
    expect(await shown()).toBe('usual');
    const ahead = mirror.pushed('now.cose');
    writeFileSync(path.join(folder, 'now.cose'), 'confirmed');
    mirror.release('now.cose', ahead!);
    expect(await shown()).toBe('provisional');
    mirror.follow();
    expect(await shown()).toBe('confirmed');
    expect((await fetch(`${base}/mirror/operator-token.key`)).status).toBe(404);
  });
});

describe('the way to the service', () => {
  it('says 503 with a sentence and spread moments while the service is stopped', async () => {
    const moments = new Set<string>();
    for (const chance of [0, 0.5, 0.99]) {
      const proxy = new ServiceProxy(() => chance);
      const base = await serve((request, response) => proxy.pass(request, response, null));
      const answer = await fetch(`${base}/health/live`);
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({ error: 'service.stopped' });
      moments.add(answer.headers.get('retry-after') ?? '');
      proxy.close();
    }
    expect(moments.size).toBe(3);
  });

  it('passes method, body, status and headers both ways, and turns a dead port into 503', async () => {
    const behind = await serve((request, response) => {
      let body = '';
      request.on('data', (part) => (body += part));
      request.on('end', () =>
        response
          .writeHead(418, {
            'x-seen': `${request.method} ${request.url}`,
            'x-caller': String(request.headers['x-forwarded-for']),
            'set-cookie': ['a=1; HttpOnly', 'b=2'],
          })
          .end(body),
      );
    });
    const proxy = new ServiceProxy();
    let port = Number(new URL(behind).port);
    const base = await serve((request, response) => proxy.pass(request, response, port));
    const answer = await fetch(`${base}/api/register/batches?x=1`, {
      method: 'POST',
      body: '상자',
      headers: { 'x-forwarded-for': '203.0.113.9' },
    });
    expect(answer.headers.get('x-caller'), 'nobody says where they are').toMatch(/127\.0\.0\.1$/);
    expect(answer.headers.getSetCookie()).toEqual(['a=1; HttpOnly', 'b=2']);
    expect([answer.status, answer.headers.get('x-seen'), await answer.text()]).toEqual([
      418,
      'POST /api/register/batches?x=1',
      '상자',
    ]);
    port = 1;
    expect((await fetch(`${base}/api/register/batches`, { method: 'POST', body: 'x' })).status).toBe(503);
    proxy.close();
  });
});

describe('the buttons of the demonstration', () => {
  const asked = (headers: http.IncomingHttpHeaders) => fromOurPage({ headers } as http.IncomingMessage);

  it('are not pressed by a page from elsewhere, nor through a name that was pointed here', () => {
    expect(
      asked({ host: 'localhost:8787', origin: 'http://localhost:8787', 'sec-fetch-site': 'same-origin' }),
    ).toBe(true);
    expect(asked({ host: '127.0.0.1:8787' })).toBe(true);
    expect(asked({ host: '[::1]:8787', origin: 'http://[::1]:8787' })).toBe(true);
    expect(asked({ host: 'localhost:8787', origin: 'https://elsewhere.example' })).toBe(false);
    expect(asked({ host: 'localhost:8787', 'sec-fetch-site': 'cross-site' })).toBe(false);
    expect(asked({ host: 'rebound.example:8787', origin: 'http://rebound.example:8787' })).toBe(false);
  });
});

describe("a server's requests", () => {
  const TEXT = `# TYPE munjigi_requests_total counter
munjigi_requests_total{desk="register",class="upload",status="200"} 30
munjigi_requests_total{desk="health",class="health",status="200"} 900
munjigi_requests_total{desk="issuer",class="issue",status="503"} 2
munjigi_request_seconds_count{class="upload"} 30
`;

  it('are what its metrics say that it answered, its health aside', () => {
    expect(requestsIn(TEXT)).toBe(32);
  });

  it('are counted over the last seconds, and anew with its process', () => {
    let now = 0;
    const requests = new Requests(() => now);
    requests.add(100);
    expect(requests.perSecond()).toBe(0);
    now = 2000;
    requests.add(108);
    expect(requests.perSecond()).toBe(4);
    now = 7000;
    expect(requests.perSecond()).toBe(0);
    requests.forget();
    requests.add(3);
    now = 8000;
    requests.add(3);
    expect(requests.perSecond()).toBe(0);
  });
});
