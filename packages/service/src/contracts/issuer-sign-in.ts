import { Type } from 'typebox';
import type { Operation } from './operation.ts';
import { exact, LocalDate, Name, Secret, Word } from './shapes.ts';

const Title = Type.String({ minLength: 1, maxLength: 60 });

/** Signing in at an identity provider's own page, and waiting for one's turn. */
export const signInOperations = {
  listProviders: {
    operationId: 'listProviders',
    method: 'GET',
    url: '/api/issuer/providers',
    summary: 'Identity providers at whose own page people sign in',
    answer: Type.Array(
      Type.Object({ name: Word, title: Type.Object({ ko: Title, en: Title }, exact) }, exact),
    ),
  },
  beginSignIn: {
    operationId: 'beginSignIn',
    method: 'GET',
    url: '/api/issuer/oidc/:provider/begin',
    summary: "The provider's page to go to, and a secret that the wallet keeps until it comes back",
    params: Type.Object({ provider: Word }, exact),
    answer: Type.Object({ address: Type.String({ maxLength: 4000 }), keep: Secret }, exact),
  },
  finishSignIn: {
    operationId: 'finishSignIn',
    method: 'POST',
    url: '/api/issuer/oidc/:provider/finish',
    summary: 'Checks with the provider what its page came back with; the answer enrols once',
    params: Type.Object({ provider: Word }, exact),
    body: Type.Object(
      {
        keep: Secret,
        answer: Type.String({
          maxLength: 8000,
          pattern: '^\\?[^#\\s]*$',
          description: 'The query with which the page came back, from its question mark on',
        }),
      },
      exact,
    ),
    answer: Type.Object(
      { signIn: Secret, person: Type.Object({ name: Name, birthDate: LocalDate }, exact) },
      exact,
    ),
  },
  withdrawKey: {
    operationId: 'withdrawKey',
    method: 'POST',
    url: '/api/issuer/keys/withdraw',
    summary: 'Withdraws a signing key: its passes count nowhere under the next bundle, and another key signs',
    body: Type.Object({ kid: Type.Integer({ minimum: 1, maximum: 65_535 }) }, exact),
    answer: Type.Object({ signsNow: Type.Integer({ minimum: 1, maximum: 65_535 }) }, exact),
  },
  queuePlace: {
    operationId: 'queuePlace',
    method: 'POST',
    url: '/api/issuer/queue',
    summary: 'Whether an enrolment may go on, or its place in the queue with the wait as it is measured',
    body: Type.Object({ enrolment: Secret, work: Type.Enum(['passes', 'paper']) }, exact),
    answer: Type.Union([
      Type.Object({ state: Type.Literal('go') }, exact),
      Type.Object(
        {
          state: Type.Literal('wait'),
          place: Type.Integer({ minimum: 1, description: 'People in front at most, and this one' }),
          waitSeconds: Type.Union([Type.Integer({ minimum: 1, maximum: 21_600 }), Type.Null()]),
          askAgainSeconds: Type.Integer({ minimum: 1, maximum: 120 }),
        },
        exact,
      ),
    ]),
  },
} as const satisfies Record<string, Operation>;
