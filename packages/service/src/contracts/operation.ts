import type { TSchema } from 'typebox';
import { accessOf, needsNoAccount } from './access.ts';
import { ErrorBody } from './shapes.ts';

/** One operation of the service: where it is, what goes in, what comes out. Types, checks and OpenAPI follow from it. */
export interface Operation {
  readonly operationId: string;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly summary: string;
  readonly params?: TSchema;
  readonly querystring?: TSchema;
  readonly body?: TSchema;
  /** The schema of an answer with status 200. */
  readonly answer?: TSchema;
  /** Content type of an answer that is not JSON. */
  readonly media?: 'application/cose' | 'application/pdf' | 'text/html' | 'text/csv';
  /** Largest body in bytes, where it is not the usual 64 KiB. */
  readonly bodyLimit?: number;
}

/** The desk an operation belongs to, or `health`. */
export const deskOf = ({ url }: Operation): string =>
  url.startsWith('/api/') ? url.split('/')[2]! : 'health';

type Part<O extends Operation, K extends 'params' | 'querystring' | 'body'> = O[K] extends TSchema
  ? { [P in K]: O[K] }
  : unknown;
type Answer<O extends Operation> = O['answer'] extends TSchema
  ? { response: { 200: O['answer']; default: typeof ErrorBody } }
  : { response: { default: typeof ErrorBody } };

/** The schema that Fastify takes for an operation, with its exact types. */
export type RouteSchema<O extends Operation> = Part<O, 'params'> &
  Part<O, 'querystring'> &
  Part<O, 'body'> &
  Answer<O>;

/**
 * The fixed part of a route: `app.route({ ...route(operations.enrol), handler })`. It carries the operation's row of the
 * authorisation table, which the frame checks before the handler runs.
 */
export function route<const O extends Operation>(operation: O) {
  const { params, querystring, body, answer, media } = operation;
  const access = accessOf(operation.operationId);
  const media200 = {
    200: {
      description: operation.summary,
      content: { [media ?? '']: { schema: { type: 'string', format: 'binary' } } },
    },
  };
  const schema = {
    operationId: operation.operationId,
    summary: operation.summary,
    tags: [deskOf(operation)],
    ...(needsNoAccount(access) ? {} : { security: [{ session: [] }, { operator: [] }] }),
    ...(params ? { params } : {}),
    ...(querystring ? { querystring } : {}),
    ...(body ? { body } : {}),
    response: { ...(answer ? { 200: answer } : media ? media200 : {}), default: ErrorBody },
  };
  return {
    method: operation.method as O['method'],
    url: operation.url,
    schema: schema as unknown as RouteSchema<O>,
    config: { access },
    ...(operation.bodyLimit ? { bodyLimit: operation.bodyLimit } : {}),
  };
}
