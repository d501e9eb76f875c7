import type { FastifyRequest } from 'fastify';
import { ApiError, callOperations, route } from '../../contracts/index.ts';
import type { DeskServer } from '../../lib/desk.ts';
import type { RegisterDesk } from '../types.ts';

/** The body of a delivery as it came over the wire: the signature is over these bytes, and over nothing that was read out of them. */
const bodies = new WeakMap<FastifyRequest, Buffer>();

const header = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
};

/** Adds the operations of guests who call. */
export function mountCalls(server: DeskServer, desk: RegisterDesk): void {
  const calls = () => {
    if (!desk.calls) throw new ApiError('register.call-provider');
    return desk.calls;
  };
  server.route({
    ...route(callOperations.setCallNumber),
    handler: async ({ who, params, body }) => ({
      call: await calls().setNumber(who, params.venueId, body.number),
    }),
  });
  // A frame of its own, whose parser keeps the bytes.
  server.register(async (inner) => {
    const json = inner.getDefaultJsonParser('error', 'error');
    inner.removeContentTypeParser('application/json');
    inner.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
      bodies.set(request as never, body);
      json(request, body.toString('utf8'), done);
    });
    (inner as unknown as DeskServer).route({
      ...route(callOperations.takeCall),
      async preValidation(request) {
        calls().check({
          provider: request.params.provider,
          body: bodies.get(request as never) ?? Buffer.alloc(0),
          timestamp: header(request as never, 'webhook-timestamp'),
          signature: header(request as never, 'webhook-signature'),
        });
      },
      handler: async ({ params, body }) => ({ result: await desk.takeCall(params.provider, body) }),
    });
  });
}
