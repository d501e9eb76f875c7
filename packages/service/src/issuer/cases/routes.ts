import { toBase64url } from '@munjigi/core/encoding';
import { issuerCaseOperations as operations, route } from '../../contracts/index.ts';
import type { DeskServer } from '../../lib/desk.ts';
import type { IssuerCases } from './issuer-cases.ts';

/** The one question that the authority may ask an issuer. What proves it stands in the question. */
export function mountIssuerCases(server: DeskServer, cases: IssuerCases): void {
  server.route({
    ...route(operations.resolveHandles),
    handler: async ({ body }) => {
      const { resolution, people } = await cases.resolve(body);
      return {
        resolution: toBase64url(resolution),
        people: people.map(({ handle, name, birthDate }) => ({
          handle: toBase64url(handle),
          name,
          birthDate,
        })),
      };
    },
  });
}
