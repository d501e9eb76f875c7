import { expect } from 'vitest';
import type { Odd, TestProvider } from './calls.ts';
import { STORY_SECONDS, type TestService } from './service.ts';

/** Somebody who called, and the id that the provider made out of it. */
export const CALLER = '010-3846-5172';
export const CALL_ID = '20220106-0103846-5172-0001';
const CALLED = '080-555-0123';

/** A guest calls a venue: taken, told again, forged, wrong in every field, and while the database fails. Answers what was answered. */
export async function plantCalls(
  test: TestService,
  provider: TestProvider,
  venueName: string,
): Promise<string[]> {
  const register = test.databases.get('register')!;
  const { rows } = await register.query<{ venueId: number }>(
    'SELECT venue_id AS "venueId" FROM venue WHERE name = $1',
    [venueName],
  );
  await test.operate('POST', `/api/register/venues/${rows[0]!.venueId}/call-number`, { number: CALLED });
  const answers: string[] = [];
  const tell = async (change: object, odd: Odd = {}) => {
    const call = {
      callId: CALL_ID,
      calledNumber: CALLED,
      callerNumber: CALLER,
      at: STORY_SECONDS,
      ...change,
    };
    const { body, headers } = provider.deliver(call, STORY_SECONDS, odd);
    const answer = await test.service.server.inject({
      method: 'POST',
      url: `/api/register/calls/${provider.name}`,
      headers,
      payload: body,
    });
    answers.push(`${answer.payload}${JSON.stringify(answer.headers)}`);
    return answer.statusCode;
  };
  expect([await tell({}), await tell({})]).toEqual([200, 200]);
  const wrong = [
    await tell({}, { signature: 'AAAA' }),
    await tell({ callerNumber: `${CALLER}x` }),
    await tell({ calledNumber: CALLER }),
    await tell({ at: CALLER }),
    await tell({ [CALLER]: CALLER }),
  ];
  for (const status of wrong) expect(status).toBeGreaterThanOrEqual(400);
  await register.script('ALTER TABLE call_day ADD CONSTRAINT never CHECK (calls < 0) NOT VALID');
  expect(await tell({ callId: `${CALL_ID}-2` })).toBe(500);
  await register.script('ALTER TABLE call_day DROP CONSTRAINT never');
  return answers;
}
