import { type Clock, nowSeconds } from '../clock/index.ts';
import { ApiError, issuerOperations as operations, route } from '../contracts/index.ts';
import type { DeskServer } from '../lib/desk.ts';
import type { SigningIn } from './identity.ts';
import type { IssuingParts } from './issue.ts';

/** Signing in at a provider's own page, one's place in the queue, and the end of a key. */
export function mountSignIn(server: DeskServer, parts: IssuingParts, clock: Clock): void {
  const signingInAt = (name: string): SigningIn => {
    const found = parts.providers.get(name)?.signingIn;
    if (!found) throw new ApiError('issuer.provider-unknown');
    return found;
  };

  server.route({
    ...route(operations.listProviders),
    handler: async () =>
      [...parts.providers.values()].flatMap(({ name, signingIn }) =>
        signingIn ? [{ name, title: { ...signingIn.title } }] : [],
      ),
  });

  server.route({
    ...route(operations.beginSignIn),
    handler: async ({ params }) => signingInAt(params.provider).begin(),
  });

  server.route({
    ...route(operations.finishSignIn),
    handler: async ({ params, body }) => {
      const { signIn, identity } = await signingInAt(params.provider).finish(body.keep, body.answer);
      return { signIn, person: { name: identity.name, birthDate: identity.birthDate } };
    },
  });

  server.route({
    ...route(operations.withdrawKey),
    handler: async ({ body }) => {
      const at = nowSeconds(clock);
      const done = await parts.keys.withdraw(body.kid, at);
      await parts.onKeysChanged(await parts.keys.serving(at));
      return done;
    },
  });

  server.route({
    ...route(operations.queuePlace),
    handler: async ({ body }) => {
      const { issuedBefore, secretHash, ticket } = await parts.enrolments.find(body.enrolment);
      const work = body.work === 'paper' ? 'paper' : issuedBefore ? 'renewal' : 'first';
      return parts.queue.place(work, secretHash, ticket);
    },
  });
}
