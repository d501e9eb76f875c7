import type { FastifyRequest } from 'fastify';
import { type Access, ApiError, needsNoAccount } from '../contracts/index.ts';
import { type Accounts, fromOwnPage, readCookie } from '../lib/accounts/index.ts';
import type { DeskName } from '../lib/desk.ts';
import { OPERATOR, type Who } from '../lib/who.ts';
import { operatorCheck } from './operator.ts';

/** The desk under whose address a route stands, or null. */
export const deskOfUrl = (url: string | undefined): DeskName | null =>
  (/^\/api\/(issuer|register|authority)(?=\/|$)/.exec(url ?? '')?.[1] as DeskName | undefined) ?? null;

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Finds out who calls, once a request, and checks the row of the authorisation table. */
export function callers(operatorToken: string, accounts: ReadonlyMap<DeskName, Accounts>) {
  const isOperator = operatorCheck(operatorToken);
  return {
    /** Who calls, or null. Throws `session.elsewhere` where another page makes a browser send its cookie. */
    async whoOf(request: FastifyRequest): Promise<Who | null> {
      if (isOperator(request.headers.authorization)) return OPERATOR;
      const desk = deskOfUrl(request.routeOptions.url);
      const body = desk && accounts.get(desk);
      const token = body && readCookie(request.headers.cookie, desk);
      const signed = token ? await body.signedIn(token) : null;
      if (!signed) return null;
      if (!READS.has(request.method) && !fromOwnPage(request.headers, body!.origins))
        throw new ApiError('session.elsewhere');
      return signed.who;
    },
    /** Throws `session.needed`, `operator.token` or `session.role`. */
    check(access: Access, who: Who | null): void {
      if (needsNoAccount(access)) return;
      const roles: readonly string[] = access.callers;
      if (!who) throw new ApiError(roles.join() === 'operator' ? 'operator.token' : 'session.needed');
      if (!who.roles.some((role) => roles.includes(role))) throw new ApiError('session.role');
    },
  };
}
