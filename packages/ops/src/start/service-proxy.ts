import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { PAGE_HEADERS } from './headers.ts';

const HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Passes requests on to the service, over connections that stay open. Says 503 while there is no service. */
export class ServiceProxy {
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  readonly #random: () => number;

  /** `random` answers 0 to 1: it spreads the moments at which clients come again. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** `port` is null while the service is stopped. */
  pass(request: IncomingMessage, response: ServerResponse, port: number | null): void {
    if (port === null) {
      this.#stopped(request, response);
      return;
    }
    const headers: http.OutgoingHttpHeaders = {};
    for (const [name, value] of Object.entries(request.headers)) if (!HOP.has(name)) headers[name] = value;
    // The service counts callers by network: what a caller says of itself is replaced by where it really is.
    headers['x-forwarded-for'] = request.socket.remoteAddress ?? '';
    delete headers.forwarded;
    const onward = http.request(
      { host: '127.0.0.1', port, method: request.method, path: request.url, headers, agent: this.#agent },
      (answer) => {
        const back: http.OutgoingHttpHeaders = { ...PAGE_HEADERS };
        for (const [name, value] of Object.entries(answer.headers))
          if (!HOP.has(name) && value !== undefined) back[name] = value;
        response.writeHead(answer.statusCode ?? 502, back);
        answer.on('error', () => response.destroy());
        answer.pipe(response);
      },
    );
    onward.on('error', () => (response.headersSent ? response.destroy() : this.#stopped(request, response)));
    response.on('close', () => onward.destroy());
    request.on('error', () => onward.destroy());
    request.pipe(onward);
  }

  #stopped(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const body = JSON.stringify({
      error: 'service.stopped',
      message: 'The service is stopped. Doors go on without it; ask again later.',
    });
    response
      .writeHead(503, {
        ...PAGE_HEADERS,
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(Buffer.byteLength(body)),
        'retry-after': String(2 + Math.floor(this.#random() * 5)),
        'cache-control': 'no-store',
      })
      .end(body);
  }

  close(): void {
    this.#agent.destroy();
  }
}
