import { Type } from 'typebox';
import { signInOperations } from './issuer-sign-in.ts';
import type { Operation } from './operation.ts';
import { Bytes, CompressedKey, exact, LocalDate, Name, Seconds, Secret, Signature, Word } from './shapes.ts';

const Text = Type.String({ maxLength: 120 });

/** One certificate of a person as the issuer judges it: what the wallet shows on its certificate page. */
export const Certificate = Type.Object(
  {
    certificate: Text,
    rule: Text,
    admissionClass: Type.Integer({ minimum: 0, maximum: 128 }),
    standing: Type.Enum(['valid', 'ended', 'not-yet']),
    from: Type.Union([Seconds, Type.Null()]),
    until: Type.Union([Seconds, Type.Null()]),
    why: Type.Object(
      { key: Text, parameters: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])) },
      exact,
    ),
  },
  exact,
);

const Nonce = Bytes(16, 16, 'Nonce for one batch');

export const issuerOperations = {
  ...signInOperations,
  listPeople: {
    operationId: 'listPeople',
    method: 'GET',
    url: '/api/issuer/people',
    summary: 'The people of the demonstration provider; no other provider lists anybody',
    answer: Type.Array(
      Type.Object(
        { id: Word, name: Name, birthDate: LocalDate, tag: Text, nameEn: Text, tagEn: Text },
        exact,
      ),
    ),
  },
  enrol: {
    operationId: 'enrol',
    method: 'POST',
    url: '/api/issuer/enrolments',
    summary: 'Enrol a person through an identity provider',
    body: Type.Object(
      {
        provider: Word,
        assertion: Type.Union([Type.Object({ person: Word }, exact), Type.Object({ signIn: Secret }, exact)]),
        issuedAt: Type.Optional(Seconds),
      },
      exact,
    ),
    answer: Type.Object(
      {
        enrolment: Secret,
        nonce: Nonce,
        person: Type.Object({ name: Name, birthDate: LocalDate }, exact),
        hint: Type.Integer({ minimum: 0, maximum: 1023 }),
        certificates: Type.Array(Certificate),
      },
      exact,
    ),
  },
  addSpecimen: {
    operationId: 'addSpecimen',
    method: 'POST',
    url: '/api/issuer/specimens',
    summary: 'Enrol a canary: its passes go the whole way, and no door takes them for a guest',
    answer: Type.Object({ enrolment: Secret, nonce: Nonce }, exact),
  },
  newNonce: {
    operationId: 'newNonce',
    method: 'POST',
    url: '/api/issuer/nonces',
    summary: 'A new nonce for an enrolment, where the last answer was lost',
    body: Type.Object({ enrolment: Secret }, exact),
    answer: Type.Object({ nonce: Nonce }, exact),
  },
  issueBatch: {
    operationId: 'issueBatch',
    method: 'POST',
    url: '/api/issuer/batches',
    summary: 'A batch of passes, one for each key, each key with its proof of possession',
    body: Type.Object(
      {
        enrolment: Secret,
        nonce: Nonce,
        keys: Type.Array(Type.Object({ key: CompressedKey, proof: Signature }, exact), {
          minItems: 1,
          maxItems: 60,
        }),
      },
      exact,
    ),
    answer: Type.Object(
      {
        passes: Type.Array(
          Type.Object(
            { pass: Bytes(1, 260, 'Pass, COSE_Sign1'), notice: Bytes(16, 16, 'Notice secret of this pass') },
            exact,
          ),
        ),
        renewAfter: Seconds,
        nonce: Nonce,
        certificates: Type.Array(Certificate),
      },
      exact,
    ),
  },
  issuePaper: {
    operationId: 'issuePaper',
    method: 'POST',
    url: '/api/issuer/paper-passes',
    summary: 'A pass to print, with its last day in words',
    body: Type.Object({ enrolment: Secret }, exact),
    answer: Type.Object(
      {
        text: Type.String({ pattern: '^MJ1:', maxLength: 400 }),
        lastDay: LocalDate,
        html: Type.String({ description: 'Address of the printable page' }),
      },
      exact,
    ),
  },
  paperPage: {
    operationId: 'paperPage',
    method: 'GET',
    url: '/api/issuer/paper-passes/:page',
    summary: 'The printable page of a paper pass, for ten minutes after it was issued',
    params: Type.Object({ page: Type.String({ pattern: '^[A-Za-z0-9_-]{22}\\.html$' }) }, exact),
    media: 'text/html',
  },
} as const satisfies Record<string, Operation>;
