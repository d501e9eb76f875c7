import { presentPass } from '@munjigi/core/entry-pass';
import { deviceSigner, type HeldPass, prepareBatch, readBatch } from '@munjigi/offline';
import type { GuestKind } from './guests.ts';
import { issuerAt } from './issuer-at.ts';

/** A code on its way to a gate. */
export interface Arrival {
  readonly text: string;
  readonly kind: GuestKind;
  /** Index of the gate. */
  readonly gate: number;
}

/** A pass on a phone. */
export type Held = Omit<HeldPass, 'id'>;

/** A picture of a screen is so old, in seconds. */
const EARLIER = 120;

/** Passes of demonstration people, fetched from the issuer as wallets do, and who shows which of them where. */
export class Visitors {
  readonly #held = new Map<GuestKind, Held[]>();
  readonly #shown = new Map<GuestKind, number>();
  readonly #parts: Map<GuestKind, number>;
  #last: Arrival | null = null;

  /** The first of the kinds is the usual guest. */
  constructor(
    private readonly issuer: string,
    private readonly random: () => number,
    private readonly kinds: readonly GuestKind[],
  ) {
    this.#parts = new Map(kinds.map((kind) => [kind, kind.part]));
  }

  get passes(): number {
    return [...this.#held.values()].reduce((sum, held) => sum + held.length, 0);
  }

  /** Enrols wallets and fetches a batch for each: so many for usual guests, one for each other kind. */
  async fetch(wallets: number, each: number): Promise<void> {
    for (const kind of this.kinds) {
      if (kind.shown === 'twice' || kind.part === 0) continue;
      const held: Held[] = [];
      for (let one = 0; one < (kind === this.kinds[0] ? wallets : 1); one++)
        held.push(...(await this.#batch(kind, one, each)));
      this.#held.set(kind, held);
    }
  }

  /** The next guest and their gate, with a code drawn at an instant (seconds). Nobody shows a pass at one gate twice unless they must. */
  async next(at: number, gates: number): Promise<Arrival> {
    const kind = this.#any();
    const again = this.#last;
    if (kind.shown === 'twice' && again) {
      this.#last = null;
      return { ...again, kind };
    }
    const from = kind.shown === 'twice' ? this.kinds[0]! : kind;
    const held = this.#held.get(from)!;
    const turn = this.#shown.get(from) ?? 0;
    this.#shown.set(from, turn + 1);
    const place = turn % held.length;
    const drawnAt = kind.shown === 'earlier' ? at - EARLIER : at;
    const text = await draw(held[place]!, drawnAt);
    const arrival = {
      kind: from,
      text: kind.shown === 'broken' ? this.#broken(text) : text,
      gate: (place * 7 + Math.floor(turn / held.length)) % gates,
    };
    this.#last = from === this.kinds[0] ? arrival : null;
    return arrival;
  }

  /** Codes of usual guests, drawn at an instant (seconds). */
  async codes(count: number, at: number): Promise<readonly string[]> {
    const held = this.#held.get(this.kinds[0]!)!;
    return Promise.all(Array.from({ length: count }, (_, i) => draw(held[i % held.length]!, at)));
  }

  /** Phones that are behind fetch new passes: their owners are of another kind from now on. */
  async renew(): Promise<void> {
    for (const before of this.kinds) {
      const after = this.kinds.find(({ name }) => name === before.renewed);
      if (!after) continue;
      this.#held.set(after, await this.#batch(after, 0, this.#held.get(before)!.length));
      this.#parts.set(after, this.#parts.get(before)!);
      this.#parts.set(before, 0);
    }
  }

  /** One more pass of a usual guest. */
  async fresh(): Promise<Held> {
    return (await this.#batch(this.kinds[0]!, 0, 1))[0]!;
  }

  #batch({ people, issuedAt }: GuestKind, wallet: number, each: number): Promise<Held[]> {
    const issued = issuedAt === undefined ? undefined : Date.parse(issuedAt) / 1000;
    return batchOf(this.issuer, people[wallet % people.length]!, each, issued);
  }

  #any(): GuestKind {
    let dice = this.random();
    for (const [kind, part] of this.#parts) {
      if (dice < part) return kind;
      dice -= part;
    }
    return this.kinds[0]!;
  }

  #broken(text: string): string {
    const place = 40 + Math.floor(this.random() * (text.length - 60));
    const other = text[place] === 'A' ? 'B' : 'A';
    return `${text.slice(0, place)}${other}${text.slice(place + 1)}`;
  }
}

/**
 * Enrols somebody of the demonstration and fetches passes.
 * @param issued as of when they were issued, in seconds; now where nothing is said
 */
export async function batchOf(
  issuer: string,
  person: string,
  each: number,
  issued?: number,
): Promise<Held[]> {
  const client = issuerAt(issuer);
  const enrolment = await client.enrol(person, issued);
  const prepared = await prepareBatch(each, enrolment.nonce);
  return readBatch(prepared, await client.batch(enrolment, prepared), null);
}

/** The code of a pass as it is drawn at an instant (seconds). */
export const draw = ({ pass, key }: Held, at: number): Promise<string> =>
  presentPass(pass, deviceSigner(key), Math.floor(at), 0);
