import { fromBase64 } from '@munjigi/core/encoding';
import { ApiError, posterOperations, route } from '../../contracts/index.ts';
import type { DeskServer } from '../../lib/desk.ts';
import type { RegisterDesk } from '../types.ts';

/** Adds the operations of posters. */
export function mountPosters(server: DeskServer, desk: RegisterDesk): void {
  const posters = () => {
    if (!desk.posters) throw new ApiError('register.poster-none');
    return desk.posters;
  };
  server.route({
    ...route(posterOperations.venuePoster),
    handler: async ({ who, params }) => ({ poster: await posters().show(who, params.venueId) }),
  });
  server.route({
    ...route(posterOperations.changePoster),
    handler: async ({ who, params, body }) => ({
      poster: await posters().change(who, params.venueId, body.wanted),
    }),
  });
  server.route({
    ...route(posterOperations.posterPage),
    async handler({ who, params }, reply) {
      const page = await posters().page(who, params.venueId);
      return reply
        .type('application/pdf')
        .header('content-disposition', 'inline; filename="poster.pdf"')
        .send(Buffer.from(page) as never);
    },
  });
  server.route({
    ...route(posterOperations.takeVisit),
    handler: async ({ body }) => ({
      result: await desk.takeVisit({
        code: fromBase64(body.code),
        visit: fromBase64(body.visit),
        at: body.at,
        dayKeyId: body.dayKeyId,
        box: fromBase64(body.box),
      }),
    }),
  });
}
