import { Type } from 'typebox';
import type { Operation } from './operation.ts';
import { exact, Word } from './shapes.ts';

export const healthOperations = {
  live: {
    operationId: 'live',
    method: 'GET',
    url: '/health/live',
    summary: 'The process runs',
    answer: Type.Object({ live: Type.Literal(true) }, exact),
  },
  ready: {
    operationId: 'ready',
    method: 'GET',
    url: '/health/ready',
    summary: 'The server takes requests; a database that is gone for everyone does not change that',
    answer: Type.Object(
      {
        ready: Type.Boolean(),
        database: Type.Enum(['up', 'down']),
        desks: Type.Array(Word),
      },
      exact,
    ),
  },
  agent: {
    operationId: 'agent',
    method: 'GET',
    url: '/health/agent',
    summary: 'What a balancer’s agent check is told: a weight in percent, none while the server leaves',
    answer: Type.Object({ weight: Type.String({ pattern: '^[0-9]{1,3}%$' }) }, exact),
  },
} as const satisfies Record<string, Operation>;
