import { presentPass } from '@munjigi/core/entry-pass';
import { deviceSigner, type HeldPass, IssuerClient, prepareBatch, readBatch } from '@munjigi/offline';
import type { Visit } from './gate.ts';

/** A code, and what a gate must say to it: known by how it was made, not by asking the product. */
export interface Code {
  readonly text: string;
  readonly kind: keyof typeof MUST;
}

type Held = Omit<HeldPass, 'id'>;

/** What a gate must answer to each kind of code, on 6 January 2022. */
export const MUST = {
  valid: (visit: Visit) => visit.verdict === 'admit',
  /** Its proof ended on 2 January. */
  ended: (visit: Visit) => visit.verdict === 'another-proof',
  /** Drawn two minutes ago: a picture of a screen. */
  stale: (visit: Visit) => visit.verdict === 'cannot-tell' || visit.verdict === 'another-proof',
  /** A letter of the code was changed. */
  forged: (visit: Visit) => visit.verdict !== 'admit',
} as const;

/** Passes of demonstration people, fetched from the issuer as wallets do. */
export class Visitors {
  readonly #valid: Held[] = [];
  readonly #ended: Held[] = [];

  constructor(
    private readonly issuer: string,
    private readonly random: () => number,
  ) {}

  get passes(): number {
    return this.#valid.length;
  }

  /** Enrols wallets and fetches a batch for each. `issuedAt` (seconds) is when the ended ones were made. */
  async fetch(wallets: number, each: number, issuedAt: number): Promise<void> {
    const client = new IssuerClient(this.issuer);
    for (let one = 0; one < wallets; one++) {
      const enrolment = await client.enrol(one % 5 === 4 ? 'seoyeon' : 'haneul');
      const prepared = await prepareBatch(each, enrolment.nonce);
      this.#valid.push(...readBatch(prepared, await client.batch(enrolment, prepared), null));
    }
    const enrolment = await client.enrol('jeongmin', issuedAt);
    const prepared = await prepareBatch(each, enrolment.nonce);
    this.#ended.push(...readBatch(prepared, await client.batch(enrolment, prepared), null));
  }

  /** The code of the next guest, drawn at an instant (seconds): most are valid, some are not. */
  async next(at: number): Promise<Code> {
    const dice = this.random();
    if (dice < 0.05) return { kind: 'ended', text: await this.#draw(this.#any(this.#ended), at) };
    const pass = this.#any(this.#valid);
    if (dice < 0.07) return { kind: 'stale', text: await this.#draw(pass, at - 120) };
    const text = await this.#draw(pass, at);
    if (dice > 0.02 + 0.07) return { kind: 'valid', text };
    const place = 40 + Math.floor(this.random() * (text.length - 60));
    const other = text[place] === 'A' ? 'B' : 'A';
    return { kind: 'forged', text: `${text.slice(0, place)}${other}${text.slice(place + 1)}` };
  }

  /** A code that every gate must let in. */
  valid(at: number): Promise<string> {
    return this.#draw(this.#any(this.#valid), at);
  }

  #any(passes: readonly Held[]): Held {
    return passes[Math.floor(this.random() * passes.length)]!;
  }

  #draw({ pass, key }: Held, at: number): Promise<string> {
    return presentPass(pass, deviceSigner(key), Math.floor(at), 0);
  }
}
