import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';

/** Answers `GET /metrics` on a port of its own, which no front door leads to. */
export function listenToMetrics(
  { host, port }: { readonly host: string; readonly port: number },
  registry: Registry,
): Promise<Server> {
  const server = createServer({ requestTimeout: 5_000, keepAliveTimeout: 1_000 }, (request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') return response.writeHead(404).end();
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  return new Promise((done, fail) => {
    server.once('error', fail).listen(port, host, () => {
      server.off('error', fail).on('error', () => {});
      done(server.unref());
    });
  });
}
