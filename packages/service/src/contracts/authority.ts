import { Type } from 'typebox';
import type { Operation } from './operation.ts';
import { Bytes, exact, Milliseconds, Parameters, Word } from './shapes.ts';

const document = <const N extends string>(name: N, summary: string) =>
  ({
    operationId: `get${name[0]!.toUpperCase()}${name.slice(1)}`,
    method: 'GET',
    url: `/api/authority/${name}`,
    summary,
    media: 'application/cose',
  }) as const satisfies Operation;

const Published = Type.Object({ sequence: Type.Integer({ minimum: 1 }) }, exact);

export const authorityOperations = {
  getRoot: document('root', 'The signed root: who may sign bundles'),
  getBundle: document('bundle', 'The signed trust bundle: everything a gate needs to decide alone'),
  getNow: document('now', 'The small signed document: what counts right now'),
  getClock: document('clock', 'The signed clock of an exercise'),
  publishRoot: {
    operationId: 'publishRoot',
    method: 'POST',
    url: '/api/authority/root',
    summary: 'Publishes a root that a ceremony made, signed by the old and by the new threshold',
    body: Type.Object({ root: Bytes(1, 48_000, 'Root document, COSE_Sign') }, exact),
    answer: Type.Object({ version: Type.Integer({ minimum: 1 }) }, exact),
  },
  publishNotice: {
    operationId: 'publishNotice',
    method: 'POST',
    url: '/api/authority/notices',
    summary: 'Say what counts right now; null ends the notice',
    body: Type.Object(
      {
        notice: Type.Union([Word, Type.Null()]),
        status: Type.Enum(['provisional', 'confirmed']),
        parameters: Type.Optional(Parameters),
        obligation: Type.Optional(Word),
      },
      exact,
    ),
    answer: Published,
  },
  setClock: {
    operationId: 'setClock',
    method: 'POST',
    url: '/api/authority/clock',
    summary: 'Set the moment that is played, in an exercise',
    body: Type.Object({ storyMs: Milliseconds, rate: Type.Number({ minimum: 0, maximum: 1000 }) }, exact),
    answer: Published,
  },
} as const satisfies Record<string, Operation>;
