import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError, workOf } from '../../contracts/index.ts';
import type { DeskServer } from '../../lib/desk.ts';
import type { Admission, Ticket } from './admission.ts';

/** Milliseconds that a caller still waits for its answer: what comes later is work for nobody. */
const PATIENCE = 'munjigi-patience-ms';
/** A handler whose caller has left is waited for so long, then its place is given on. */
const LONGEST_MS = 60_000;

declare module 'fastify' {
  interface FastifyRequest {
    /** The place that this request has; null where none is counted. */
    ticket: Ticket | null;
  }
}

/** Adds what a request's place needs to the frame. */
export function admitRequests(server: DeskServer, admission: Admission) {
  server.decorateRequest('ticket', null);
  // The answer is ready: whatever it had to do is done, also where nobody is left to hear it.
  server.addHook('onSend', async (request) => request.ticket?.end());

  return async function admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const operation = (request.routeOptions.schema as { operationId?: string } | undefined)?.operationId;
    const work = operation === undefined ? null : workOf(operation);
    if (work === null || work === 'health') return;
    const patience = patienceOf(request);
    const begun = performance.now();
    const ticket = await admission.enter(work, bytesOf(request), patience);
    request.ticket = ticket;
    if (reply.raw.destroyed || performance.now() - begun > patience) {
      ticket.end();
      throw new ApiError('service.full');
    }
    reply.raw.once('close', () => setTimeout(() => ticket.end(), LONGEST_MS).unref());
  };
}

function bytesOf({ headers }: FastifyRequest): number {
  const said = Number(headers['content-length'] ?? 0);
  if (!Number.isFinite(said) || said < 0) return 0;
  // A packed body of ours unpacks to about three times its size.
  return headers['content-encoding'] === 'gzip' ? said * 3 : said;
}

function patienceOf({ headers }: FastifyRequest): number {
  const said = Number(headers[PATIENCE]);
  return Number.isFinite(said) && said > 0 ? said : Number.POSITIVE_INFINITY;
}
