import { fromBase64, toHex } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import type { StoryClockPort } from '../clock/index.ts';
import { ApiError, authorityOperations as operations, route } from '../contracts/index.ts';
import type { DeskServer } from '../lib/desk.ts';
import type { DocumentName, Documents } from './documents.ts';
import type { ByPerson } from './incidents/by-person.ts';
import type { Publisher } from './publisher.ts';

/** How long caches may keep each document, in seconds: `now` must reach everyone within two minutes. */
const MAX_AGE: Record<DocumentName, number> = { root: 300, bundle: 60, now: 20, clock: 1 };

const READ = {
  root: operations.getRoot,
  bundle: operations.getBundle,
  now: operations.getNow,
  clock: operations.getClock,
} as const;

/** The authority's operations: the same bytes as in the mirror, and what operators publish. */
export function mountAuthority(
  server: DeskServer,
  {
    documents,
    publisher,
    byPerson,
    clock,
    exercise,
    told,
  }: {
    documents: Documents;
    publisher: Publisher;
    byPerson: ByPerson;
    clock: StoryClockPort;
    exercise: boolean;
    /** Called when a person has said what counts. */
    told: () => Promise<void>;
  },
): void {
  for (const name of ['root', 'bundle', 'now', 'clock'] as const) {
    server.route({
      ...route(READ[name]),
      handler: async (request, reply) => {
        const document = documents.latest(name);
        if (!document) throw new ApiError('authority.document-missing');
        const etag = `"${toHex(document.digest.subarray(0, 16))}"`;
        reply.header('etag', etag).header('cache-control', `public, max-age=${MAX_AGE[name]}`);
        if (request.headers['if-none-match'] === etag) return reply.code(304).send(undefined as never);
        return reply.type('application/cose').send(Buffer.from(document.bytes) as never);
      },
    });
  }

  server.route({
    ...route(operations.publishRoot),
    handler: async ({ body }) => {
      try {
        const { version } = await publisher.takeRoot(fromBase64(body.root));
        return { version };
      } catch (cause) {
        if (isMunjigiError(cause) && cause.code.startsWith('trust.'))
          throw new ApiError('authority.root-refused', { cause });
        throw cause;
      }
    },
  });

  server.route({
    ...route(operations.publishNotice),
    handler: async ({ body, who }) => {
      const { notice, status, parameters = {}, obligation = null } = body;
      const saying = { notice, status, parameters, obligation };
      const sequence = await byPerson.say(saying, who?.accountId ?? null);
      await told();
      return { sequence };
    },
  });

  server.route({
    ...route(operations.setClock),
    handler: async ({ body }) => {
      if (!exercise) throw new ApiError('authority.not-an-exercise');
      const { sequence } = await publisher.play({
        storyMs: body.storyMs,
        realMs: clock.realMs(),
        rate: body.rate,
      });
      return { sequence };
    },
  });
}
