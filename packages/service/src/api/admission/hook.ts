import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError, workOf } from '../../contracts/index.ts';
import type { DeskServer } from '../../lib/desk.ts';
import type { Admission, Held, Ticket } from './admission.ts';

/** Milliseconds that a caller still waits for its answer: what comes later is work for nobody. */
const PATIENCE = 'munjigi-patience-ms';
/** A handler whose caller has left is waited for so long, then its place is given on. */
const LONGEST_MS = 60_000;
/** Bodies up to here are counted as large as they say; larger ones as they come, so that nobody holds room by a mere claim. */
const AS_IT_SAYS = 64 * 1024;

type Counted = Parameters<Admission['enter']>[0];

/** What one request has here. */
export interface Place {
  readonly work: Counted;
  readonly arrivedMs: number;
  readonly held: Held;
  /** Its body is still on the way. */
  reading: boolean;
  /** Once it was let in. */
  ticket: Ticket | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The place that this request has; null where none is counted. */
    place: Place | null;
  }
}

/**
 * Adds to the frame what a request's place needs. A request arrives with its headers and is let in when there is room, at the latest
 * before it touches a database: a body that trickles in holds bytes meanwhile, and nobody's turn.
 */
export function admitRequests(server: DeskServer, admission: Admission) {
  server.decorateRequest('place', null);
  // The answer is ready: whatever it had to do is done, also where nobody is left to hear it.
  server.addHook('onSend', async ({ place }) => leave(place));

  return {
    /** Throws `service.full` where its body finds no room. */
    arrive(request: FastifyRequest, reply: FastifyReply): void {
      const operation = (request.routeOptions.schema as { operationId?: string } | undefined)?.operationId;
      const work = operation === undefined ? null : workOf(operation);
      if (work === null || work === 'health') return;
      const held = admission.hold(work, saidBytes(request));
      const place: Place = { work, arrivedMs: performance.now(), held, reading: true, ticket: null };
      request.place = place;
      reply.raw.once('close', () => {
        // A body that is broken off is answered by nobody.
        if (place.reading) leave(place);
        else if (place.ticket && !place.ticket.ended) setTimeout(() => leave(place), LONGEST_MS).unref();
      });
    },
    /** Waits for its turn. Throws `service.full`. */
    async admit({ place, headers }: FastifyRequest, reply: FastifyReply): Promise<void> {
      if (!place) return;
      place.reading = false;
      const left = () => patienceOf(headers[PATIENCE]) - (performance.now() - place.arrivedMs);
      place.ticket = await admission.enter(place.work, left());
      if (reply.raw.destroyed || left() < 0) throw new ApiError('service.full');
    },
  };
}

function leave(place: Place | null): void {
  place?.ticket?.end();
  place?.held.release();
}

/** True where a body is counted as it comes. */
export function countedAsItComes({ headers }: FastifyRequest): boolean {
  const packed = (headers['content-encoding'] ?? 'identity') !== 'identity';
  const said = headers['content-length'];
  return packed || (said === undefined ? 'transfer-encoding' in headers : Number(said) > AS_IT_SAYS);
}

function saidBytes(request: FastifyRequest): number {
  if (countedAsItComes(request)) return 0;
  const said = Number(request.headers['content-length'] ?? 0);
  return Number.isFinite(said) && said > 0 ? said : 0;
}

function patienceOf(header: unknown): number {
  const said = Number(header);
  return Number.isFinite(said) && said > 0 ? said : Number.POSITIVE_INFINITY;
}
