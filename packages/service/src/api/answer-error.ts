import { isMunjigiError } from '@munjigi/core/errors';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { API_ERRORS, ApiError, type ApiErrorCode, operations } from '../contracts/index.ts';
import { DatabaseUnavailable } from '../db/index.ts';
import { comeAgainSeconds } from '../lib/come-again.ts';

const BY_FASTIFY: Readonly<Record<string, ApiErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.media-type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'request.too-large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'request.syntax',
  FST_ERR_CTP_INVALID_JSON_BODY: 'request.syntax',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request.syntax',
};

/** Input that a core function refused: the caller's fault, and its sentence carries no data. */
const BY_CORE = /^(encoding|chain|pass|signing|log|case)\./;

/** Every name that a contract gives to a field: anything else in a place was named by the caller. */
const FIELDS: ReadonlySet<string> = (() => {
  const names = new Set<string>();
  const look = (schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return;
    const { properties } = schema as { properties?: object };
    for (const name of Object.keys(properties ?? {})) names.add(name);
    for (const inner of Object.values(schema)) look(inner);
  };
  look(operations);
  return names;
})();

/** Where a schema was not met: a place in the request and the rule, never the value, nor a name that the caller made up. */
function placeOf(error: FastifyError): string {
  const first = error.validation?.[0];
  if (!first) return '';
  const place = first.instancePath
    .split('/')
    .slice(1, 9)
    .map((step) => (FIELDS.has(step) || /^\d{1,4}$/.test(step) ? `/${step}` : '/…'))
    .join('');
  const part = error.validationContext === 'querystring' ? 'query' : (error.validationContext ?? 'body');
  return ` ${part}${place}: ${first.keyword}.`;
}

export interface Answer {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly retryAfterSeconds: number | null;
}

/** What the caller is told of an error. Everything unforeseen is `service.failed`, whose details stay here. */
export function answerTo(error: unknown): Answer {
  const named = (code: ApiErrorCode, more = '', retryAfterSeconds: number | null = null): Answer => ({
    code,
    status: API_ERRORS[code][0],
    message: API_ERRORS[code][1] + more,
    retryAfterSeconds,
  });
  if (error instanceof ApiError)
    return named(
      error.code,
      '',
      error.retryAfterSeconds ?? (error.status === 503 ? comeAgainSeconds(Math.random()) : null),
    );
  if (isMunjigiError(error)) {
    return BY_CORE.test(error.code)
      ? { code: error.code, status: 400, message: error.message, retryAfterSeconds: null }
      : named('service.failed');
  }
  if (error instanceof DatabaseUnavailable)
    return named('service.database-down', '', comeAgainSeconds(Math.random()));
  const foreign = error as FastifyError;
  if (foreign?.validation) return named('request.schema', placeOf(foreign));
  const known = BY_FASTIFY[foreign?.code ?? ''];
  if (known) return named(known);
  if (error instanceof SyntaxError && foreign.statusCode === 400) return named('request.syntax');
  if (typeof foreign?.statusCode === 'number' && foreign.statusCode < 500) return named('request.schema');
  return named('service.failed');
}

/** What is counted, and would fill a log just when there is no time to write one. */
const COUNTED = new Set(['service.draining', 'service.full']);

/** The error handler of every route. */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { code, status, message, retryAfterSeconds } = answerTo(error);
  if (status === 500) request.log.error({ code, error });
  else if (status > 500 && !COUNTED.has(code)) request.log.warn({ code, error });
  if (retryAfterSeconds !== null) reply.header('retry-after', String(retryAfterSeconds));
  reply.code(status).type('application/json; charset=utf-8').send({ error: code, message });
}
