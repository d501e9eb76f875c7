import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import type { Entitlement } from '@munjigi/core/rules';
import { type Clock, nowSeconds } from '../clock/index.ts';
import { ApiError, issuerOperations as operations, route } from '../contracts/index.ts';
import type { DeskServer } from '../lib/desk.ts';
import { type IssuingParts, issueBatch, judge } from './issue.ts';
import { issuePaper, openPaperPage } from './paper.ts';
import { mountSignIn } from './sign-in-routes.ts';
import { SPECIMEN, SPECIMEN_PERSON } from './specimen.ts';
import { issuingMoment } from './terms.ts';

/** The certificates as the wallet shows them, to the visitor's own eyes alone. */
const certificatesOf = ({ all }: Entitlement) =>
  all.map((one) => ({ ...one, why: { ...one.why, parameters: { ...one.why.parameters } } }));

/** The issuer's operations. */
export function mountIssuer(server: DeskServer, parts: IssuingParts, clock: Clock, exercise: boolean): void {
  server.route({
    ...route(operations.listPeople),
    handler: async () =>
      [...parts.providers.values()].flatMap((provider) =>
        (provider.list?.() ?? []).map(({ person, asOf, familyName, ...told }) => ({ id: person, ...told })),
      ),
  });

  server.route({
    ...route(operations.enrol),
    handler: async ({ body }) => {
      const provider = parts.providers.get(body.provider);
      if (!provider) throw new ApiError('issuer.provider-unknown');
      if (body.issuedAt !== undefined && !exercise) throw new ApiError('issuer.issued-at');
      const identity = await provider.identify(body.assertion);
      if (!identity) throw new ApiError('issuer.person-unknown');
      const at = nowSeconds(clock);
      const asOf = exercise ? (body.issuedAt ?? identity.asOf) : null;
      const who = { provider: body.provider, person: identity.person };
      const { entitlement, hint } = await judge(parts, who, issuingMoment(parts.policy, asOf, at));
      // One row for every round of a canary would be a heap of them: the one that it has begins again.
      const { secret, nonce } = await (who.provider === SPECIMEN && 'signIn' in body.assertion
        ? parts.enrolments.anew(body.assertion.signIn, at)
        : parts.enrolments.add(who.provider, who.person, asOf, at));
      const { name, birthDate } = identity;
      return {
        enrolment: secret,
        nonce: toBase64url(nonce),
        person: { name, birthDate },
        hint,
        certificates: certificatesOf(entitlement),
      };
    },
  });

  server.route({
    ...route(operations.addSpecimen),
    handler: async () => {
      const { secret, nonce } = await parts.enrolments.add(
        SPECIMEN,
        SPECIMEN_PERSON,
        null,
        nowSeconds(clock),
      );
      return { enrolment: secret, nonce: toBase64url(nonce) };
    },
  });

  mountSignIn(server, parts, clock);

  server.route({
    ...route(operations.newNonce),
    handler: async ({ body }) => ({ nonce: toBase64url(await parts.enrolments.renewNonce(body.enrolment)) }),
  });

  server.route({
    ...route(operations.issueBatch),
    handler: async ({ body }) => {
      const keys = body.keys.map(({ key, proof }) => ({ key: fromBase64(key), proof: fromBase64(proof) }));
      const batch = await issueBatch(parts, body.enrolment, fromBase64(body.nonce), keys, nowSeconds(clock));
      return {
        passes: batch.passes.map(({ pass, notice }) => ({
          pass: toBase64url(pass),
          notice: toBase64url(notice),
        })),
        renewAfter: batch.renewAfter,
        nonce: toBase64url(batch.nonce),
        certificates: certificatesOf(batch.entitlement),
      };
    },
  });

  server.route({
    ...route(operations.issuePaper),
    handler: async ({ body }) => {
      const { text, lastDay, page } = await issuePaper(parts, body.enrolment, nowSeconds(clock));
      return { text, lastDay, html: `/api/issuer/paper-passes/${page}.html` };
    },
  });

  server.route({
    ...route(operations.paperPage),
    handler: async ({ params }, reply) => {
      const html = await openPaperPage(parts, params.page.replace(/\.html$/, ''), nowSeconds(clock));
      return reply
        .type('text/html; charset=utf-8')
        .header(
          'content-security-policy',
          "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
        )
        .send(html as never);
    },
  });
}
