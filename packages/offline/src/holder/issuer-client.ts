import { randomBytes } from '../storage/random.ts';
import { Doors } from '../sync/doors.ts';
import { callServer } from '../sync/server.ts';
import type {
  Enrolment,
  IssuedBatch,
  IssuedCertificate,
  PreparedBatch,
  QueuePlace,
  SignInProvider,
} from './types.ts';

/** The issuer's desk, as a wallet talks to it. */
export class IssuerClient {
  readonly #doors = new Doors(randomBytes(16));

  readonly #addresses: () => readonly string[];

  /** @param doors its doors, as they are named when something is asked; or the only one */
  constructor(doors: string | (() => readonly string[]) = '/api/issuer') {
    this.#addresses = typeof doors === 'string' ? () => [doors] : doors;
  }

  /** Asks what may be asked twice: where one door fails, the next is tried. */
  #ask<T>(path: string, body?: unknown): Promise<T> {
    return this.#doors.ask(this.#addresses(), (door) => callServer<T>(`${door}${path}`, body), true);
  }

  /** Does what must not be done twice: at one door, once. */
  #do<T>(path: string, body: unknown): Promise<T> {
    return this.#doors.ask(this.#addresses(), (door) => callServer<T>(`${door}${path}`, body), false);
  }

  people(): Promise<{ id: string; name: string; birthDate: string; tag: string }[]> {
    return this.#ask('/people');
  }

  /** Providers at whose own page people sign in. */
  providers(): Promise<SignInProvider[]> {
    return this.#ask('/providers');
  }

  /** The provider's page to go to, and a secret to keep until it comes back. */
  beginSignIn(provider: string): Promise<{ address: string; keep: string }> {
    return this.#ask(`/oidc/${encodeURIComponent(provider)}/begin`);
  }

  /** What the provider's page came back with (its query), checked by the issuer. */
  finishSignIn(
    provider: string,
    keep: string,
    answer: string,
  ): Promise<{ signIn: string; person: { name: string; birthDate: string } }> {
    return this.#do(`/oidc/${encodeURIComponent(provider)}/finish`, { keep, answer });
  }

  /** Whether this enrolment may go on, or where it stands in the queue. */
  place(enrolment: string, work: 'passes' | 'paper'): Promise<QueuePlace> {
    return this.#ask('/queue', { enrolment, work });
  }

  /** Enrols whoever signed in at a provider. */
  async enrolSignedIn(provider: string, signIn: string): Promise<Enrolment> {
    const answer = await this.#do<Omit<Enrolment, 'renewAfter'>>('/enrolments', {
      provider,
      assertion: { signIn },
    });
    return { ...answer, renewAfter: null };
  }

  /** Enrols a person of the demonstration provider. `issuedAt` (seconds) is heeded in an exercise only. */
  async enrol(person: string, issuedAt?: number): Promise<Enrolment> {
    const answer = await this.#do<Omit<Enrolment, 'renewAfter'> & { certificates: IssuedCertificate[] }>(
      '/enrolments',
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
    return (await this.#ask<{ nonce: string }>('/nonces', { enrolment })).nonce;
  }

  batch(enrolment: Enrolment, prepared: PreparedBatch): Promise<IssuedBatch> {
    return this.#do('/batches', {
      enrolment: enrolment.enrolment,
      nonce: enrolment.nonce,
      keys: prepared.request,
    });
  }

  paperPass(enrolment: string): Promise<{ text: string; lastDay: string; html: string }> {
    return this.#do('/paper-passes', { enrolment });
  }
}
