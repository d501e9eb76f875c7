import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import os from 'node:os';
import type { Director } from './director.ts';
import { PAGE_HEADERS } from './headers.ts';
import type { RecordMinute } from './record.ts';
import type { Alone, Servers } from './servers/index.ts';
import type { ServiceCalls } from './service-calls.ts';
import type { Story } from './story.ts';

export interface ControlParts {
  readonly director: Director;
  readonly servers: Servers;
  /** Why there is one server alone; null where there are three. */
  readonly alone: Alone | null;
  readonly calls: ServiceCalls;
  readonly story: Story | null;
  readonly policy: string;
  readonly record: readonly RecordMinute[];
}

/** The demonstration's buttons: `POST /demo/begin|stop|start|what-if`, and what its page reads. */
export class DemoControl {
  readonly #parts: ControlParts;

  constructor(parts: ControlParts) {
    this.#parts = parts;
  }

  async serve(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { director, servers, calls, story, policy, record } = this.#parts;
    const route = `${request.method} ${url.pathname}`;
    if (request.method === 'POST' && !fromOurPage(request)) {
      request.resume();
      return json(response, 403, {
        error: 'demo.origin',
        message: 'Only the page of this address presses these buttons.',
      });
    }
    try {
      switch (route) {
        case 'GET /demo/state':
          return json(response, 200, this.#state());
        case 'GET /demo/setup.json':
          return json(response, 200, { ...director.setup, policy, story, record });
        case 'GET /demo/rows': {
          if (!director.setup || servers.state !== 'running') return json(response, 503, stopped);
          const limit = Math.min(200, Math.max(1, Number(url.searchParams.get('limit')) || 50));
          return json(
            response,
            200,
            await calls.rows(director.setup.venueId, limit, servers.next() ?? undefined),
          );
        }
        case 'POST /demo/begin':
          await director.begin();
          return json(response, 200, { ...director.setup, policy, story, record });
        case 'POST /demo/stop':
          await director.stop();
          return json(response, 200, this.#state());
        case 'POST /demo/start':
          await director.recover();
          return json(response, 200, this.#state());
        case 'POST /demo/what-if': {
          const { on } = (await bodyOf(request)) as { on?: unknown };
          await director.setWhatIf(on === true);
          return json(response, 200, this.#state());
        }
        default:
          return json(response, 404, {
            error: 'demo.unknown',
            message: 'The demonstration has no such button.',
          });
      }
    } catch (error) {
      return json(response, 503, { error: 'demo.service', message: (error as Error).message });
    }
  }

  #state(): unknown {
    const { director, servers, alone } = this.#parts;
    return {
      phase: director.phase,
      run: director.setup?.run ?? null,
      service: servers.state,
      servers: servers.seen(),
      alone,
      whatIf: director.whatIf,
    };
  }
}

const stopped = { error: 'service.stopped', message: 'The service is stopped.' };

/**
 * True where the page itself asks: same origin, and addressed by a name of this machine, so that neither a page from
 * elsewhere nor a name that somebody points here can stop anything.
 */
export function fromOurPage(request: IncomingMessage): boolean {
  const host = request.headers.host ?? '';
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  if (origin !== undefined && origin.replace(/^https?:\/\//, '') !== host) return false;
  const name = host
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  const own = os.hostname().toLowerCase();
  return name === 'localhost' || isIP(name) > 0 || name === own || name === `${own}.local`;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > 10_000) throw new Error('The request is too large.');
    parts.push(part);
  }
  const text = Buffer.concat(parts).toString('utf8');
  return text === '' ? {} : JSON.parse(text);
}

export function json(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response
    .writeHead(status, {
      ...PAGE_HEADERS,
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      'cache-control': 'no-store',
    })
    .end(body);
}
