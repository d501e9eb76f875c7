import { Type } from 'typebox';
import type { Operation } from './operation.ts';
import { Bytes, exact, Milliseconds, Seconds, VenueId } from './shapes.ts';

const venue = Type.Object({ venueId: VenueId }, exact);
const MOST = 2_147_483_647;

/** The poster that counts at a venue, or null. */
export const VenuePoster = Type.Union([
  Type.Object(
    {
      posterNo: Type.Integer({ minimum: 1, maximum: MOST, description: 'Counts within the venue' }),
      madeMs: Milliseconds,
    },
    exact,
  ),
  Type.Null(),
]);
const answer = Type.Object({ poster: VenuePoster }, exact);

export const posterOperations = {
  venuePoster: {
    operationId: 'venuePoster',
    method: 'GET',
    url: '/api/register/venues/:venueId/poster',
    summary: 'The poster that visitors scan at a venue, where it has one',
    params: venue,
    answer,
  },
  changePoster: {
    operationId: 'changePoster',
    method: 'POST',
    url: '/api/register/venues/:venueId/poster',
    summary: "Make a venue's next poster in place of the one it has, or give that one up",
    params: venue,
    body: Type.Object({ wanted: Type.Boolean() }, exact),
    answer,
  },
  posterPage: {
    operationId: 'posterPage',
    method: 'GET',
    url: '/api/register/venues/:venueId/poster/page',
    summary: 'The poster to be printed, one page, as PDF',
    params: venue,
    media: 'application/pdf',
  },
  takeVisit: {
    operationId: 'takeVisit',
    method: 'POST',
    url: '/api/register/posters/visits',
    summary: "A visit that a guest wrote by a venue's poster; told twice it is one entry",
    body: Type.Object(
      {
        code: Bytes(1, 640, 'The code of the poster, as it was scanned'),
        visit: Bytes(16, 16, 'Drawn for this visit alone, 16 bytes'),
        at: { ...Seconds, description: 'When the visitor came in; a late delivery keeps it' },
        dayKeyId: Type.Integer({ minimum: 1, maximum: MOST }),
        box: Bytes(193, 193, 'Who it was, sealed for the key of that day'),
      },
      exact,
    ),
    bodyLimit: 4096,
    answer: Type.Object({ result: Type.Enum(['stored', 'already-stored', 'not-wanted']) }, exact),
  },
} as const satisfies Record<string, Operation>;
