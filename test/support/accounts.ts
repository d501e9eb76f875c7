import type { Role } from '../../packages/service/src/contracts/index.ts';
import type { DeskName } from '../../packages/service/src/lib/desk.ts';
import type { TestAnswer, TestService } from './service.ts';

/** A caller who is signed in: headers as the browser of that account sends them from the body's own console. */
export interface SignedIn {
  readonly accountId: string;
  readonly token: string;
  readonly headers: Record<string, string>;
  call(method: 'GET' | 'POST', url: string, body?: unknown): Promise<TestAnswer>;
}

export const originOf = (body: DeskName): string => `http://${body}.localhost:8787`;

/** What a browser sends with a session's token from the body's own console. */
export const sessionHeaders = (body: DeskName, token: string): Record<string, string> => ({
  cookie: `munjigi_${body}=${token}`,
  'sec-fetch-site': 'same-origin',
});

/** An account of a body that is signed in already, without a passkey: for tests of what lies behind the door. */
export async function signedIn(
  test: TestService,
  body: DeskName,
  role: Role,
  venueIds: readonly number[] = [],
): Promise<SignedIn> {
  const accounts = test.service.accounts.get(body)!;
  const { accountId } = await accounts.add({ name: `${role} of ${body}`, roles: [role], venueIds });
  const { token } = await accounts.begin(accountId);
  const headers = sessionHeaders(body, token);
  return { accountId, token, headers, call: (method, url, sent) => test.call(method, url, sent, headers) };
}
