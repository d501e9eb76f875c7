import { TROUBLES } from '@munjigi/core/trouble';
import { Type } from 'typebox';
import type { Operation } from './operation.ts';
import { Bytes, CompressedKey, exact, Seconds } from './shapes.ts';

const lately = {
  since: Seconds,
  troubles: Type.Array(
    Type.Object({ what: Type.Enum([...TROUBLES]), venues: Type.Integer({ minimum: 5 }) }, exact),
  ),
};

export const troubleOperations = {
  reportTrouble: {
    operationId: 'reportTrouble',
    method: 'POST',
    url: '/api/register/troubles',
    summary: 'An owner says with one of four words that something does not work; a venue counts once an hour',
    body: Type.Object(
      {
        gateKey: CompressedKey,
        signed: Bytes(1, 256, 'The report, COSE_Sign1 by the gate: docs/protocol/trouble.cddl'),
      },
      exact,
    ),
    answer: Type.Object({ counted: Type.Boolean() }, exact),
  },
  listTroubles: {
    operationId: 'listTroubles',
    method: 'GET',
    url: '/api/register/troubles',
    summary:
      'How many venues said in this hour and the last what does not work; fewer than five are not told',
    answer: Type.Object(lately, exact),
  },
  troublesSaid: {
    operationId: 'troublesSaid',
    method: 'GET',
    url: '/api/authority/troubles',
    summary:
      'What owners say does not work, beside what canaries see; null where the register does not answer',
    answer: Type.Union([Type.Object(lately, exact), Type.Null()]),
  },
} as const satisfies Record<string, Operation>;
