import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import { type Access, ApiError, needsNoAccount } from '../contracts/index.ts';
import type { Accounts } from '../lib/accounts/index.ts';
import type { DeskName, DeskServer } from '../lib/desk.ts';
import { Admission, admitRequests, refuseAtTheDoor } from './admission/index.ts';
import { handleError } from './answer-error.ts';
import { answerBrokenRequest, STRICT_HEADERS } from './broken-request.ts';
import { buckets } from './buckets.ts';
import { callers } from './callers.ts';
import type { RateLimit } from './limits.ts';
import type { Metrics } from './metrics/index.ts';
import { readPackedBodies } from './packed-bodies.ts';

const BODY_LIMIT = 64 * 1024;
const HEADER_LIMIT = 8 * 1024;
const HEADERS_MS = 15_000;
const REQUEST_MS = 30_000;
/** A connection that nobody uses is kept so long. */
const KEPT_MS = 72_000;
const TWO_YEARS = 63_072_000;
/** Held open at a time: more than any balancer of ours sends here, and what memory bears. */
const CONNECTIONS = 8_000;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The operation's row of the authorisation table; see `route` of the contracts. */
    readonly access?: Access;
  }
  interface FastifyInstance {
    /** Every route that is mounted, as it is: `GET /api/register/venues` to its operation. */
    readonly mounted: ReadonlyMap<string, string>;
  }
}

export interface ServerOptions {
  readonly log: Logger;
  readonly operatorToken: string;
  /** Accounts of the desks that are open here. */
  readonly accounts: ReadonlyMap<DeskName, Accounts>;
  readonly behindProxy: boolean;
  /** Proxies on other machines that are believed too. */
  readonly proxies?: readonly string[];
  /** How often one network may enrol. */
  readonly enrolments: RateLimit;
  /** How much wider than usual the other limits are; 1 where nothing is said. */
  readonly limitFactor?: number;
  /** True where everything is served over https alone. */
  readonly httpsOnly?: boolean;
  readonly nowMs: () => number;
  /** True once a wish to close is known: connections are not kept open any longer. */
  readonly leaving?: () => boolean;
  /** True once the service is closing: new work is answered 503. */
  readonly draining: () => boolean;
  /** Who may work here now; where none is given, one of its own. */
  readonly admission?: Admission;
  readonly metrics?: Metrics;
}

const operationOf = (schema: object | undefined) =>
  (schema as { operationId?: string } | undefined)?.operationId;

/** The frame that all desks stand in: checks by contract, one shape of error, strict headers, a log without people. */
export function buildServer({
  log,
  operatorToken,
  accounts,
  behindProxy,
  proxies = [],
  enrolments,
  limitFactor = 1,
  httpsOnly = false,
  nowMs,
  draining,
  leaving = draining,
  admission = new Admission(),
  metrics,
}: ServerOptions): DeskServer {
  const mounted = new Map<string, string>();
  const headers = {
    ...STRICT_HEADERS,
    ...(httpsOnly ? { 'strict-transport-security': `max-age=${TWO_YEARS}` } : {}),
  };
  const refused = refuseAtTheDoor({
    admission,
    mounted,
    // A connection that stays open would keep a closing server waiting.
    headers: () => (leaving() ? { ...headers, connection: 'close' } : headers),
    open: () => !draining(),
    onAnswer: (operation, status, ms) => metrics?.answered(operation, status, ms),
  });
  const started = randomBytes(6).toString('hex');
  let requests = 0;
  const server = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    clientErrorHandler: answerBrokenRequest,
    requestIdHeader: false,
    genReqId: () => `${started}-${(++requests).toString(36)}`,
    trustProxy: behindProxy ? ['loopback', ...proxies] : false,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
    serverFactory(frame) {
      const terms = { maxHeaderSize: HEADER_LIMIT, headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS };
      const made = createServer({ ...terms, keepAliveTimeout: KEPT_MS }, (request, response) => {
        if (!refused(request, response)) frame(request, response);
      });
      made.maxConnections = CONNECTIONS;
      return made;
    },
  }) as unknown as DeskServer;
  const limits = buckets(enrolments, limitFactor);
  const wait = (seconds: number): void => {
    if (seconds > 0) throw new ApiError('request.rate', { retryAfterSeconds: seconds });
  };
  const { whoOf, check } = callers(operatorToken, accounts);

  server.setValidatorCompiler(TypeBoxValidatorCompiler);
  server.setErrorHandler(handleError);
  server.setNotFoundHandler((_request, reply) => {
    const { status, code, message } = new ApiError('request.not-found');
    reply.code(status).send({ error: code, message });
  });
  server.decorateRequest('who', null);
  server.decorate('mounted', mounted);
  server.addHook('onRoute', ({ method, url, config, schema }) => {
    if (!config?.access)
      throw new Error(
        `${String(method)} ${url} has no row in the authorisation table, so it is not mounted.`,
      );
    for (const one of [method].flat()) mounted.set(`${one} ${url}`, operationOf(schema) ?? '');
  });
  const { arrive, admit } = admitRequests(server, admission);
  const enter = async (access: Access, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    await admit(request, reply);
    request.who = await whoOf(request);
    check(access, request.who);
    wait(limits.takeCaller(access, request.method, request.ip, request.who, nowMs()));
  };
  server.addHook('onRequest', async (request, reply) => {
    const { access } = request.routeOptions.config;
    if (draining() && !request.routeOptions.url?.startsWith('/health/')) {
      throw new ApiError('service.draining');
    }
    if (!access) return;
    wait(limits.takeNetwork(access, request.method, request.ip, nowMs()));
    arrive(request, reply);
    // Who needs an account is looked up before anything is read; anybody else has a turn once it is all here.
    if (!needsNoAccount(access)) await enter(access, request, reply);
  });
  server.addHook('preValidation', async (request, reply) => {
    const { access } = request.routeOptions.config;
    if (access && needsNoAccount(access)) await enter(access, request, reply);
  });
  server.addHook('preHandler', async ({ method, ip, body, params, routeOptions }) => {
    const { access } = routeOptions.config;
    const gate =
      (body as { gateKey?: string } | null)?.gateKey ?? (params as { thumbprint?: string }).thumbprint;
    if (access && gate) wait(limits.takeGate(access, method, ip, gate, nowMs()));
  });
  readPackedBodies(server);
  server.addHook('onSend', async (_request, reply) => {
    for (const [name, value] of Object.entries(headers)) {
      if (!reply.hasHeader(name)) reply.header(name, value);
    }
    if (leaving()) reply.header('connection', 'close');
  });
  server.addHook('onResponse', async (request, reply) => {
    const operation = operationOf(request.routeOptions.schema);
    metrics?.answered(operation, reply.statusCode, reply.elapsedTime);
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
