import type { StoryNotice } from './story.ts';

/** The service answered with an error, or not at all. */
export class ServiceCallFailed extends Error {}

/** What the supervisor asks of the service, through its public interface, with the operator's token. */
export class ServiceCalls {
  readonly #ports: () => readonly number[];
  readonly #token: () => string;

  /** `ports` answers those of the servers that run; the first is asked. */
  constructor(ports: () => readonly number[], token: () => string) {
    this.#ports = ports;
    this.#token = token;
  }

  async call<T>(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    port: number | undefined = this.#ports()[0],
  ): Promise<T> {
    if (port === undefined) throw new ServiceCallFailed('The service is stopped.');
    const address = `http://127.0.0.1:${port}`;
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

  /**
   * Signs and publishes the clock of the exercise: `storyMs` is now. Every server is told at once, so that none of them dates
   * what comes next by the clock of before.
   */
  async setClock(storyMs: number): Promise<void> {
    const began = Date.now();
    for (const port of this.#ports()) {
      const played = Math.round(storyMs + Date.now() - began);
      await this.call('POST', '/api/authority/clock', { storyMs: played, rate: 1 }, port);
    }
  }

  addVenue(venue: {
    name: string;
    kind: string;
    region: string;
    owner?: string;
  }): Promise<{ venueId: number; enrolmentCode: string }> {
    return this.call('POST', '/api/register/venues', venue);
  }

  /** Asked of the server at that port: whoever reads is led to one of them like everybody. */
  rows(venueId: number, limit: number, port?: number): Promise<{ rows: unknown[]; total: number }> {
    return this.call('GET', `/api/register/rows?venue=${venueId}&limit=${limit}`, undefined, port);
  }
}
