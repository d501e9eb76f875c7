import type { IncomingMessage, ServerResponse } from 'node:http';
import { API_ERRORS, workOf } from '../../contracts/index.ts';
import type { Admission } from './admission.ts';

type Counted = Parameters<Admission['enter']>[0];

export interface DoorParts {
  readonly admission: Admission;
  /** Every route that is mounted, such as `GET /api/register/venues`, to its operation. */
  readonly mounted: ReadonlyMap<string, string>;
  /** Headers that every answer has. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** False while nobody is to be refused here. */
  readonly open: () => boolean;
  readonly onAnswer: (operation: string, status: number, ms: number) => void;
}

const [STATUS, MESSAGE] = API_ERRORS['service.full'];
const BODY = JSON.stringify({ error: 'service.full', message: MESSAGE });

/**
 * Refuses what would find a queue full before the frame looks at it, in the frame's own words. Where three times as much comes as can be
 * done, two of three requests end here, and what each of them costs is taken from those that are served: here it is a third.
 * True where a request was answered. Addresses with a part that varies are left to the frame.
 */
export function refuseAtTheDoor({ admission, mounted, headers, open, onAnswer }: DoorParts) {
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (!open()) return false;
    const url = request.url ?? '';
    const query = url.indexOf('?');
    const operation = mounted.get(`${request.method} ${query < 0 ? url : url.slice(0, query)}`);
    const work = operation ? workOf(operation) : 'health';
    if (work === 'health' || !admission.isFull(work)) return false;
    answer(admission, work, response, headers());
    onAnswer(operation!, STATUS, 0);
    return true;
  };
}

function answer(
  admission: Admission,
  work: Counted,
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
): void {
  const { retryAfterSeconds } = admission.refuse(work, 'queue');
  response
    .writeHead(STATUS, {
      ...headers,
      'content-type': 'application/json; charset=utf-8',
      'content-length': BODY.length,
      'retry-after': String(retryAfterSeconds),
    })
    .end(BODY);
}
