import { randomBytes } from 'node:crypto';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import type { Logger } from 'pino';
import { type Access, ApiError, needsNoAccount } from '../contracts/index.ts';
import type { DeskServer } from '../lib/desk.ts';
import { handleError } from './answer-error.ts';
import type { RateLimit } from './limits.ts';
import { operatorCheck } from './operator.ts';
import { readPackedBodies } from './packed-bodies.ts';

const BODY_LIMIT = 64 * 1024;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The operation's row of the authorisation table; see `route` of the contracts. */
    readonly access?: Access;
  }
}

export interface ServerOptions {
  readonly log: Logger;
  readonly operatorToken: string;
  readonly behindProxy: boolean;
  /** How often one network may enrol. */
  readonly enrolments: RateLimit;
  readonly nowMs: () => number;
  /** True once the service is closing: new work is answered 503. */
  readonly draining: () => boolean;
}

/** The frame that all desks stand in: checks by contract, one shape of error, strict headers, a log without people. */
export function buildServer({
  log,
  operatorToken,
  behindProxy,
  enrolments,
  nowMs,
  draining,
}: ServerOptions): DeskServer {
  const server = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    requestIdHeader: false,
    genReqId: () => randomBytes(8).toString('hex'),
    trustProxy: behindProxy ? 'loopback' : false,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 200 },
  }) as unknown as DeskServer;
  const isOperator = operatorCheck(operatorToken);

  server.setValidatorCompiler(TypeBoxValidatorCompiler);
  server.setErrorHandler(handleError);
  server.setNotFoundHandler((_request, reply) => {
    const { status, code, message } = new ApiError('request.not-found');
    reply.code(status).send({ error: code, message });
  });
  server.addHook('onRequest', async (request) => {
    const { access } = request.routeOptions.config;
    if (draining() && !request.routeOptions.url?.startsWith('/health/')) {
      throw new ApiError('service.draining');
    }
    if (access && !needsNoAccount(access)) {
      const allowed = access.callers.includes('operator') && isOperator(request.headers.authorization);
      if (!allowed) throw new ApiError('operator.token');
    }
    const wait = access?.limit ? enrolments.take(request.ip, nowMs()) : 0;
    if (wait > 0) throw new ApiError('request.rate', { retryAfterSeconds: wait });
  });
  readPackedBodies(server);
  server.addHook('onSend', async (_request, reply) => {
    const set = (name: string, value: string) => {
      if (!reply.hasHeader(name)) reply.header(name, value);
    };
    set('cache-control', 'no-store');
    set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
    set('x-content-type-options', 'nosniff');
    set('referrer-policy', 'no-referrer');
    set('cross-origin-resource-policy', 'same-origin');
    // A connection that stays open would keep a closing server waiting.
    if (draining()) reply.header('connection', 'close');
  });
  server.addHook('onResponse', async (request, reply) => {
    const operation = request.routeOptions.schema?.['operationId' as never] as string | undefined;
    request.log.debug({
      requestId: request.id,
      operation,
      method: request.method,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    });
  });
  return server;
}
