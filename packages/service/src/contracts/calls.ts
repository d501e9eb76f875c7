import { Type } from 'typebox';
import type { Operation } from './operation.ts';
import { exact, Milliseconds, Seconds, VenueId, Word } from './shapes.ts';

const Telephone = Type.String({ minLength: 1, maxLength: 40 });

/** The number that guests call to be recorded at a venue, or null. It works from the first call on that has arrived. */
export const VenueCallNumber = Type.Union([
  Type.Object(
    {
      number: Type.String({ maxLength: 40 }),
      shown: Type.String({ maxLength: 48, description: 'In groups, as signs show it' }),
      state: Type.Enum(['waiting', 'works']),
      sinceMs: Milliseconds,
    },
    exact,
  ),
  Type.Null(),
]);

export const callOperations = {
  takeCall: {
    operationId: 'takeCall',
    method: 'POST',
    url: '/api/register/calls/:provider',
    summary:
      'A telephone provider tells of a call: signed with webhook-signature over "<webhook-timestamp>.<body>"; a call told twice is one entry',
    params: Type.Object({ provider: Word }, exact),
    body: Type.Object(
      {
        callId: Type.String({
          minLength: 1,
          maxLength: 200,
          description: "The provider's own id of the call",
        }),
        calledNumber: Telephone,
        callerNumber: Type.String({
          maxLength: 40,
          description: 'Sealed on arrival; empty where it was withheld',
        }),
        at: { ...Seconds, description: 'When the call was made; a late delivery keeps it' },
      },
      exact,
    ),
    bodyLimit: 4096,
    answer: Type.Object({ result: Type.Enum(['stored', 'already-stored', 'not-wanted']) }, exact),
  },
  setCallNumber: {
    operationId: 'setCallNumber',
    method: 'POST',
    url: '/api/register/venues/:venueId/call-number',
    summary: 'Give a venue the number that guests call to be recorded, or take it away',
    params: Type.Object({ venueId: VenueId }, exact),
    body: Type.Object({ number: Type.Union([Telephone, Type.Null()]) }, exact),
    answer: Type.Object({ call: VenueCallNumber }, exact),
  },
} as const satisfies Record<string, Operation>;
