import { ApiError, healthOperations as operations, route } from '../contracts/index.ts';
import type { DeskName, DeskServer } from '../lib/desk.ts';
import type { DatabaseWatch } from './databases.ts';

/**
 * Live: the process runs. Ready: started, not closing, and this server's own connections work. A database that is gone for
 * everyone leaves the server ready (it says so, and answers 503 itself); being busy is no reason to be ejected either.
 */
export function mountHealth(
  server: DeskServer,
  parts: {
    readonly desks: readonly DeskName[];
    /** True from the wish to close on: balancers are told first, work is taken for a while yet. */
    readonly leaving: () => boolean;
    readonly watch: DatabaseWatch;
    /** The answer to an agent check. */
    readonly weight: () => string;
  },
): void {
  const { desks, leaving, watch, weight } = parts;
  server.route({ ...route(operations.live), handler: async () => ({ live: true as const }) });
  server.route({
    ...route(operations.ready),
    handler: async () => {
      if (leaving()) throw new ApiError('service.draining');
      const state = watch.state();
      if (state === 'broken') throw new ApiError('service.pool-broken');
      return { ready: true, database: state, desks: [...desks] };
    },
  });
  server.route({ ...route(operations.agent), handler: async () => ({ weight: weight() }) });
}
