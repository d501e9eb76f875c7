import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  ApiError,
  route,
  type SessionOperations,
  type SignedInBody,
  sessionOperationsOf,
} from '../../contracts/index.ts';
import type { DeskName, DeskServer } from '../desk.ts';
import type { Accounts } from './index.ts';
import { fromElsewhere } from './own-page.ts';
import { type Account, type NewSession, SESSION_MS } from './types.ts';

export const cookieNameOf = (body: DeskName): string => `munjigi_${body}`;

/** The session token in a Cookie header, or null. Two cookies of the name are none: one of them was planted. */
export function readCookie(header: string | undefined, body: DeskName): string | null {
  const wanted = `${cookieNameOf(body)}=`;
  const found = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(wanted));
  return found.length === 1 ? found[0]!.slice(wanted.length) : null;
}

/** A cookie that only this desk's own addresses get back, and no script reads (RFC 6265 §5.2). */
const cookieOf = (body: DeskName, token: string, secure: boolean, seconds: number): string =>
  `${cookieNameOf(body)}=${token}; Path=/api/${body}; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;

/** The operations of one body's accounts: the same for each desk, on its own database. */
export function mountAccounts(server: DeskServer, accounts: Accounts): void {
  const { body } = accounts;
  const operations: SessionOperations = sessionOperationsOf[body];
  const secure = accounts.origins.every((origin) => origin.startsWith('https:'));

  const told = async (
    { accountId, name, roles, venueIds }: Account,
    endsMs: number,
  ): Promise<SignedInBody> => {
    const { length } = await accounts.credentialIdsOf(accountId);
    return {
      accountId,
      name,
      roles: [...roles],
      venueIds: [...venueIds],
      passkeys: length,
      endsMs,
      advice: length < 2 ? ['second-authenticator'] : [],
    };
  };
  const begin = async (reply: FastifyReply, { token, account, endsMs, secure }: NewSession) => {
    reply.header('set-cookie', cookieOf(body, token, secure, SESSION_MS / 1000));
    return told(account, endsMs);
  };
  const tokenOf = (request: FastifyRequest) => readCookie(request.headers.cookie, body);
  const signedIn = async (request: FastifyRequest) => {
    const token = tokenOf(request);
    return token === null ? null : accounts.signedIn(token);
  };
  /** The caller that the frame has let through. */
  const callerOf = ({ who }: FastifyRequest) => {
    if (!who) throw new ApiError('session.needed');
    return who;
  };

  /** Nobody is signed in, out or up by another page, not even without a session. */
  const onRequest = async ({ headers }: FastifyRequest) => {
    if (fromElsewhere(headers)) throw new ApiError('session.elsewhere');
  };

  server.route({
    ...route(operations.invite),
    handler: async (request) => accounts.invite(request.body, callerOf(request)),
  });
  server.route({
    ...route(operations.approveInvite),
    handler: async (request) => {
      await accounts.approveInvite(request.body.inviteId, callerOf(request));
      return { approved: true as const };
    },
  });
  server.route({
    ...route(operations.enrolOptions),
    onRequest,
    handler: async (request) => {
      const { code } = request.body;
      if (code !== undefined) return { options: await accounts.enrolOptions({ code }) };
      const signed = await signedIn(request);
      if (!signed) throw new ApiError('session.needed');
      return { options: await accounts.enrolOptions(signed) };
    },
  });
  server.route({
    ...route(operations.enrol),
    onRequest,
    handler: async (request, reply) => begin(reply, await accounts.enrol(request.body.response as never)),
  });
  server.route({
    ...route(operations.signInOptions),
    onRequest,
    handler: async () => ({ options: await accounts.signInOptions() }),
  });
  server.route({
    ...route(operations.signIn),
    onRequest,
    handler: async (request, reply) => {
      const { response } = request.body;
      const { userHandle, ...rest } = response.response;
      // Browsers say null where an authenticator does not tell the account.
      const signed = { ...response, response: userHandle ? { ...rest, userHandle } : rest };
      return begin(reply, await accounts.signIn(signed as never));
    },
  });
  server.route({
    ...route(operations.signOut),
    onRequest,
    handler: async (request, reply) => {
      const token = tokenOf(request);
      if (token !== null) await accounts.signOut(token);
      reply.header('set-cookie', cookieOf(body, '', secure, 0));
      return { signedOut: true as const };
    },
  });
  server.route({
    ...route(operations.session),
    handler: async (request) => {
      const signed = await signedIn(request);
      return { account: signed && (await told({ ...signed.who, endedMs: null }, signed.endsMs)) };
    },
  });
  server.route({
    ...route(operations.accounts),
    handler: async (request) => {
      const who = callerOf(request);
      const { role } = request.query;
      const all = who.roles.includes('operator') || who.roles.includes('officer');
      const found = await accounts.list(all ? (role ? { role } : {}) : { staffOf: who.venueIds });
      const seen = new Set(found.map(({ accountId }) => accountId));
      const invites = await accounts.openInvites();
      return {
        accounts: found.map(({ accountId, name, roles, venueIds, passkeys }) => ({
          accountId,
          name,
          roles: [...roles],
          venueIds: [...venueIds],
          passkeys: [...passkeys],
        })),
        invites: invites.filter(({ accountId }) => all || seen.has(accountId)),
      };
    },
  });
  server.route({
    ...route(operations.endAccount),
    handler: async (request) => {
      await accounts.end(request.body.accountId, callerOf(request));
      return { ended: true as const };
    },
  });
  server.route({
    ...route(operations.endPasskey),
    handler: async (request) => {
      const { credentialId } = request.body;
      const bytes = new Uint8Array(Buffer.from(credentialId, 'base64url'));
      await accounts.endPasskey(bytes, callerOf(request));
      return { ended: true as const };
    },
  });
}
