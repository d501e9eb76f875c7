import {
  type Enrolment,
  type IssuerClient,
  inTurn,
  prepareBatch,
  readBatch,
  ServerError,
} from '@munjigi/offline';
import { issuerAt } from './issuer-at.ts';
import { pause } from './pause.ts';

/** Who asks for what, and how they come. */
export interface Fetching {
  readonly issuer: string;
  readonly wallets: number;
  /** They come spread over so many seconds, each at an instant of its own. */
  readonly overSeconds: number;
  /** `first`: people enrol and get their first batch. `renewal`: wallets that were prepared fetch the next one. */
  readonly work: 'first' | 'renewal';
  readonly people: readonly string[];
  /** An identity provider at whose page first-time people sign in; else they are people of the demonstration. */
  readonly provider?: string;
  readonly passesEach: number;
  /** Nobody waits longer, in seconds. */
  readonly patienceSeconds: number;
}

/** What became of them. */
export interface Fetched {
  readonly wallets: number;
  readonly served: number;
  readonly gaveUp: number;
  /** Answers that told somebody to come again, by their code. */
  readonly toldToWait: Readonly<Record<string, number>>;
  /** Farthest place in the queue that anybody was told. */
  readonly farthestPlace: number;
  /** From the first tap to the passes, of those who were served. */
  readonly ms: readonly number[];
  /** Seconds, from a wallet's batch on, at which it will renew by itself. */
  readonly renewAfter: readonly number[];
}

/** A server that says nothing of when to come again is asked again within so many seconds. */
const AGAIN_SECONDS = 4;

/** Wallets of a crowd: they ask the issuer by the product's own parts, wait for their turn, and come again when they are told. */
export class Wallets {
  readonly #prepared: { enrolment: Enrolment }[] = [];

  constructor(private readonly random: () => number) {}

  /** Enrols so many, each with a first batch, a few at a time: wallets as they are on an ordinary day. */
  async prepare(issuer: string, wallets: number, people: readonly string[]): Promise<number> {
    const client = issuerAt(issuer);
    const left = Array.from({ length: wallets }, (_, i) => people[i % people.length]!);
    const some = async (): Promise<void> => {
      for (let person = left.pop(); person !== undefined; person = left.pop()) {
        const enrolment = await client.enrol(person);
        const prepared = await prepareBatch(1, enrolment.nonce);
        const { nonce } = await client.batch(enrolment, prepared);
        this.#prepared.push({ enrolment: { ...enrolment, nonce } });
      }
    };
    await Promise.all([some(), some(), some()]);
    return this.#prepared.length;
  }

  async fetch(asked: Fetching): Promise<Fetched> {
    const result = { served: 0, gaveUp: 0, farthestPlace: 0, ms: [] as number[], renewAfter: [] as number[] };
    const toldToWait: Record<string, number> = {};
    const told = (error: ServerError): void => {
      toldToWait[error.code] = (toldToWait[error.code] ?? 0) + 1;
    };
    const one = async (i: number): Promise<void> => {
      await pause((asked.overSeconds * (i + this.random())) / asked.wallets);
      const begun = performance.now();
      const until = begun + asked.patienceSeconds * 1000;
      const client = issuerAt(asked.issuer);
      let isSpent = false;
      const held =
        asked.work === 'renewal' ? this.#prepared[i % this.#prepared.length]! : { enrolment: null };
      for (;;) {
        try {
          // An answer that was lost has spent its nonce.
          if (isSpent && held.enrolment)
            held.enrolment = { ...held.enrolment, nonce: await client.nonce(held.enrolment.enrolment) };
          isSpent = false;
          held.enrolment ??= await (asked.provider === undefined
            ? client.enrol(asked.people[i % asked.people.length]!)
            : signIn(client, asked.provider));
          const { enrolment, renewAfter } = await this.#batch(client, held.enrolment, asked, (place) => {
            result.farthestPlace = Math.max(result.farthestPlace, place);
          });
          held.enrolment = enrolment;
          result.served += 1;
          result.ms.push(performance.now() - begun);
          result.renewAfter.push(renewAfter);
          return;
        } catch (error) {
          if (!(error instanceof ServerError) || error.status === 400) throw error;
          told(error);
          if (performance.now() > until) {
            result.gaveUp += 1;
            return;
          }
          isSpent ||= error.code === 'issuer.nonce';
          await pause((error.retryAfterSeconds ?? 0) + this.random() * AGAIN_SECONDS);
        }
      }
    };
    await Promise.all(Array.from({ length: asked.wallets }, (_, i) => one(i)));
    return { wallets: asked.wallets, ...result, toldToWait };
  }

  async #batch(
    client: IssuerClient,
    enrolment: Enrolment,
    { passesEach }: Fetching,
    onPlace: (place: number) => void,
  ): Promise<{ readonly enrolment: Enrolment; readonly renewAfter: number }> {
    const prepared = await prepareBatch(passesEach, enrolment.nonce);
    const answer = await inTurn(
      client,
      enrolment.enrolment,
      'passes',
      () => client.batch(enrolment, prepared),
      (waiting) => waiting && onPlace(waiting.place),
    );
    readBatch(prepared, answer, null);
    return { enrolment: { ...enrolment, nonce: answer.nonce }, renewAfter: answer.renewAfter };
  }
}

/** Signs somebody in at the provider's page, as a browser does, and enrols them. Throws `ServerError`. */
export async function signIn(client: IssuerClient, provider: string): Promise<Enrolment> {
  const { address, keep } = await client.beginSignIn(provider);
  const back = await fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(5_000) }).catch(
    () => null,
  );
  const place = back?.headers.get('location');
  if (!place) throw new ServerError(0, 'provider-page', null);
  const { signIn: signedIn } = await client.finishSignIn(provider, keep, new URL(place).search);
  return client.enrolSignedIn(provider, signedIn);
}
