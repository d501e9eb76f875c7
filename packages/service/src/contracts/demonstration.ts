import { Type } from 'typebox';
import type { Operation } from './operation.ts';
import { exact, Word } from './shapes.ts';

export const demonstrationOperations = {
  oldWay: {
    operationId: 'oldWay',
    method: 'POST',
    url: '/api/demonstration/old-way',
    summary:
      'How it was done then: verify and save in one call to the server, while the guest waits (exercise only)',
    body: Type.Object({ code: Type.String({ minLength: 1, maxLength: 2000 }) }, exact),
    answer: Type.Object(
      {
        verdict: Type.Enum(['admit', 'refuse', 'cannot-tell']),
        reason: Word,
        saved: Type.Boolean(),
      },
      exact,
    ),
  },
} as const satisfies Record<string, Operation>;
