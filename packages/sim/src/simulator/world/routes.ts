import { isMunjigiError } from '@munjigi/core/errors';
import { ApiError } from '@munjigi/service/contracts';
import type { Random } from '../kernel/random.ts';
import type { Answered, Asked } from '../network/network.ts';

interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly operation: string;
  readonly whole: ReadonlySet<string>;
  readonly handler: (request: unknown) => Promise<unknown>;
}

interface Definition {
  readonly method: string;
  readonly url: string;
  readonly schema: {
    readonly operationId: string;
    readonly querystring?: { readonly properties?: Record<string, { readonly type?: string }> };
  };
  readonly handler: (request: unknown) => Promise<unknown>;
}

/** A request that found its handler. */
export interface Found {
  readonly operation: string;
  run(): Promise<unknown>;
}

/** Stands where the frame around the desks stands: takes their routes, finds the one of a request, turns errors into answers. */
export class Routes {
  readonly #routes: Route[] = [];

  route(definition: Definition): void {
    const names: string[] = [];
    const pattern = definition.url.replace(/:([A-Za-z]+)/g, (_, name: string) => {
      names.push(name);
      return '([^/]+)';
    });
    const query = definition.schema.querystring?.properties ?? {};
    this.#routes.push({
      method: definition.method,
      pattern: new RegExp(`^${pattern}$`),
      names,
      operation: definition.schema.operationId,
      whole: new Set(Object.keys(query).filter((name) => query[name]!.type === 'integer')),
      handler: definition.handler,
    });
  }

  /** A frame with a body parser of its own stays shut: what comes through it (calls of a telephone provider) is not simulated. */
  register(): void {}

  /** Null where there is no such operation. */
  find({ method, path, body }: Asked): Found | null {
    const [name = '', search = ''] = path.split('?');
    for (const route of this.#routes) {
      const match = route.method === method ? route.pattern.exec(name) : null;
      if (!match) continue;
      const params = Object.fromEntries(
        route.names.map((one, i) => [one, decodeURIComponent(match[i + 1]!)]),
      );
      const query = Object.fromEntries(
        [...new URLSearchParams(search)].map(([key, value]) => [
          key,
          route.whole.has(key) ? Number(value) : value,
        ]),
      );
      const request = { params, query, body: body === null ? undefined : JSON.parse(body), who: null };
      return { operation: route.operation, run: () => route.handler(request) };
    }
    return null;
  }
}

/** As api/answer-error.ts answers: status and code of the one table, and when to come again. Null for what nobody foresaw. */
export function answerTo(error: unknown, random: Random): Answered | null {
  if (error instanceof ApiError) {
    const again = error.retryAfterSeconds ?? (error.status === 503 ? random.between(30, 59) : null);
    return { status: error.status, body: JSON.stringify({ error: error.code }), retryAfterSeconds: again };
  }
  if (isMunjigiError(error)) return { status: 400, body: JSON.stringify({ error: error.code }) };
  return null;
}
