import type { StoryNotice } from './story.ts';

/** The service answered with an error, or not at all. */
export class ServiceCallFailed extends Error {}

/** What the supervisor asks of the service, through its public interface, with the operator's token. */
export class ServiceCalls {
  readonly #address: () => string | null;
  readonly #token: () => string;

  constructor(address: () => string | null, token: () => string) {
    this.#address = address;
    this.#token = token;
  }

  async call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
    const address = this.#address();
    if (address === null) throw new ServiceCallFailed('The service is stopped.');
    const answer = await fetch(address + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#token()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    }).catch((error: Error) => {
      throw new ServiceCallFailed(`${method} ${path}: no answer (${error.message}).`);
    });
    const text = await answer.text();
    if (!answer.ok) throw new ServiceCallFailed(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  }

  publishNotice(
    notice: Pick<StoryNotice, 'notice' | 'status' | 'parameters' | 'obligation'>,
  ): Promise<{ sequence: number }> {
    return this.call('POST', '/api/authority/notices', {
      notice: notice.notice,
      status: notice.status,
      ...(notice.parameters ? { parameters: notice.parameters } : {}),
      ...(notice.obligation ? { obligation: notice.obligation } : {}),
    });
  }

  /** Signs and publishes the clock of the exercise: `storyMs` is now. */
  setClock(storyMs: number): Promise<{ sequence: number }> {
    return this.call('POST', '/api/authority/clock', { storyMs: Math.round(storyMs), rate: 1 });
  }

  addVenue(venue: {
    name: string;
    kind: string;
    region: string;
    owner?: string;
  }): Promise<{ venueId: number; enrolmentCode: string }> {
    return this.call('POST', '/api/register/venues', venue);
  }

  rows(venueId: number, limit: number): Promise<{ rows: unknown[]; total: number }> {
    return this.call('GET', `/api/register/rows?venue=${venueId}&limit=${limit}`);
  }
}
