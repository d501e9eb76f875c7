import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DemoControl } from './demo-control.ts';
import { type Body, bodyOf, passesAt } from './hosts.ts';
import type { Mirror } from './mirror.ts';
import type { ServiceProxy } from './service-proxy.ts';
import { plain, type StaticApps } from './static-apps.ts';

export interface FrontParts {
  readonly apps: StaticApps;
  readonly mirror: Mirror;
  readonly proxy: ServiceProxy;
  /** Port of the server that this caller is led to; null while nobody is to be let through. */
  readonly serverFor: () => number | null;
  readonly control: DemoControl;
  /** Answers addresses of its own first (the certificate of --tls); true where it did. */
  readonly before?: (request: IncomingMessage, response: ServerResponse, url: URL) => boolean;
}

/** One listener for all addresses: the service behind it, the apps and the mirror beside it. */
export function frontOf(parts: FrontParts): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const url = urlOf(request);
    if (!url) return plain(response, 400, 'This is no address.');
    if (parts.before?.(request, response, url)) return;
    const { pathname } = url;
    const body = bodyOf(request);
    if (body !== null && !standsAt(body, pathname, request.method)) {
      if (pathname !== '/') return plain(response, 404, "This address is of one body's console alone.");
      response.writeHead(302, { location: '/console/' }).end();
      return;
    }
    if (pathname.startsWith('/api/') || pathname.startsWith('/health/'))
      return parts.proxy.pass(request, response, parts.serverFor());
    if (pathname.startsWith('/mirror/')) return parts.mirror.serve(request, response, pathname);
    const work = pathname.startsWith('/demo/')
      ? parts.control.serve(request, response, url)
      : parts.apps.serve(request, response, pathname);
    work.catch(() => {
      if (response.headersSent) response.destroy();
      else plain(response, 500, 'This could not be answered.');
    });
  };
}

/** What stands at a body's own address: its console, its desk, the mirror's signed files. */
const standsAt = (body: Body, pathname: string, method: string | undefined): boolean =>
  /^\/(console|mirror)(\/|$)/.test(pathname) || passesAt(body, pathname, method);

function urlOf(request: IncomingMessage): URL | null {
  try {
    return new URL(`http://door${request.url?.startsWith('/') ? request.url : '/'}`);
  } catch {
    return null;
  }
}
