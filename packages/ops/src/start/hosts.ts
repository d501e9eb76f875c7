import type { IncomingMessage } from 'node:http';

/** Bodies that have an address of their own here, each with its console and its passkeys. */
export const BODIES = ['register', 'authority', 'issuer'] as const;
export type Body = (typeof BODIES)[number];

/** The body whose address a request was sent to (`register.localhost`, `authority.…`), or null for an address of none. */
export function bodyOf(request: IncomingMessage): Body | null {
  const host = (request.headers.host ?? '').toLowerCase();
  return BODIES.find((body) => host.startsWith(`${body}.`)) ?? null;
}

/** What the public log answers to anyone: every body's page reads it, and verifies what it reads. */
const LOG_READS = /^\/api\/authority\/log\/(head|heads|lines|proof|consistency)$/;

/**
 * True where a path of the service is passed on at a body's address: what its own desk answers, and the reading of the
 * public log. Another desk's routes do not exist there, so that no page of one body can speak for another.
 */
export const passesAt = (body: Body, pathname: string, method: string | undefined): boolean =>
  pathname.startsWith(`/api/${body}/`) || (method === 'GET' && LOG_READS.test(pathname));
