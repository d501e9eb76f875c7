import type {
  Enrolment,
  IssuedBatch,
  IssuedCertificate,
  PreparedBatch,
  QueuePlace,
  SignInProvider,
} from './types.ts';

/** Asking a server failed: `code` is a code of its contract, or `network` where none answered. */
export class ServerError extends Error {
  override readonly name = 'ServerError';

  constructor(
    readonly status: number,
    readonly code: string,
    readonly retryAfterSeconds: number | null,
  ) {
    super(`The server answered ${status || 'nothing'} (${code}).`);
  }
}

/** One JSON call. Throws `ServerError`. */
export async function callServer<T>(address: string, body?: unknown, timeoutMs = 10_000): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(address, {
      ...(body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
      cache: 'no-store',
    });
  } catch {
    throw new ServerError(0, 'network', null);
  }
  const content = (await answer.json().catch(() => null)) as (T & { error?: string }) | null;
  if (answer.ok && content !== null) return content;
  const after = Number(answer.headers.get('retry-after'));
  throw new ServerError(
    answer.status,
    content?.error ?? 'unknown',
    Number.isFinite(after) && after > 0 ? after : null,
  );
}

/** The issuer's desk, as a wallet talks to it. */
export class IssuerClient {
  constructor(private readonly base = '/api/issuer') {}

  people(): Promise<{ id: string; name: string; birthDate: string; tag: string }[]> {
    return callServer(`${this.base}/people`);
  }

  /** Providers at whose own page people sign in. */
  providers(): Promise<SignInProvider[]> {
    return callServer(`${this.base}/providers`);
  }

  /** The provider's page to go to, and a secret to keep until it comes back. */
  beginSignIn(provider: string): Promise<{ address: string; keep: string }> {
    return callServer(`${this.base}/oidc/${encodeURIComponent(provider)}/begin`);
  }

  /** What the provider's page came back with (its query), checked by the issuer. */
  finishSignIn(
    provider: string,
    keep: string,
    answer: string,
  ): Promise<{ signIn: string; person: { name: string; birthDate: string } }> {
    return callServer(`${this.base}/oidc/${encodeURIComponent(provider)}/finish`, { keep, answer });
  }

  /** Whether this enrolment may go on, or where it stands in the queue. */
  place(enrolment: string, work: 'passes' | 'paper'): Promise<QueuePlace> {
    return callServer(`${this.base}/queue`, { enrolment, work });
  }

  /** Enrols whoever signed in at a provider. */
  async enrolSignedIn(provider: string, signIn: string): Promise<Enrolment> {
    const answer = await callServer<Omit<Enrolment, 'renewAfter'>>(`${this.base}/enrolments`, {
      provider,
      assertion: { signIn },
    });
    return { ...answer, renewAfter: null };
  }

  /** Enrols a person of the demonstration provider. `issuedAt` (seconds) is heeded in an exercise only. */
  async enrol(person: string, issuedAt?: number): Promise<Enrolment> {
    const answer = await callServer<Omit<Enrolment, 'renewAfter'> & { certificates: IssuedCertificate[] }>(
      `${this.base}/enrolments`,
      {
        provider: 'demonstration',
        assertion: { person },
        ...(issuedAt === undefined ? {} : { issuedAt }),
      },
    );
    return { ...answer, renewAfter: null };
  }

  /** A new nonce, where the answer to a batch was lost. */
  async nonce(enrolment: string): Promise<string> {
    return (await callServer<{ nonce: string }>(`${this.base}/nonces`, { enrolment })).nonce;
  }

  batch(enrolment: Enrolment, prepared: PreparedBatch): Promise<IssuedBatch> {
    return callServer(`${this.base}/batches`, {
      enrolment: enrolment.enrolment,
      nonce: enrolment.nonce,
      keys: prepared.request,
    });
  }

  paperPass(enrolment: string): Promise<{ text: string; lastDay: string; html: string }> {
    return callServer(`${this.base}/paper-passes`, { enrolment });
  }
}
