import type { TroublesLately } from '@munjigi/core/trouble';
import { route, troubleOperations } from '../contracts/index.ts';
import type { DeskServer } from '../lib/desk.ts';

/** The register's word on what owners say; null where it does not answer. */
export type TroublesSaid = () => Promise<TroublesLately | null>;

/** What owners say, for the people who look at incidents. Nothing is published because of it: a canary or a person has to see it too. */
export function mountTroubles(server: DeskServer, said: TroublesSaid): void {
  server.route({
    ...route(troubleOperations.troublesSaid),
    async handler() {
      const lately = await said().catch(() => null);
      return lately && { since: lately.since, troubles: [...lately.troubles] };
    },
  });
}
