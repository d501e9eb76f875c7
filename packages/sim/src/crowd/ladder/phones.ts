import { fromBase64 } from '@munjigi/core/encoding';
import { presentSubject } from '@munjigi/core/entry-pass';
import { deviceSigner, type KeptVisit, type RulesInUse, Visits } from '@munjigi/offline';
import { pause } from '../pause.ts';
import { crypto } from '../rules.ts';
import type { Held } from '../visitors.ts';
import type { LadderTerms, WayEntry } from './terms.ts';

/** A wallet is opened so often, in milliseconds: then it sends what is due. */
const OPENED_MS = 4_000;
/** What is a day for a wallet until it tells of a visit once more; the day is shortened here, as the outage is. */
const A_DAY_MS = 90_000;
const PAUSE_SECONDS = 0.25;

/** A phone of somebody who scanned the poster: what it keeps of its one visit, in memory. */
class Phone {
  readonly visits: Visits;
  readonly savedAt = Date.now();
  #kept: KeptVisit | null = null;
  #enteredAt = 0;

  constructor(held: Held, doors: () => readonly string[]) {
    const change = (more: Partial<KeptVisit>) => {
      if (this.#kept) this.#kept = { ...this.#kept, ...more };
    };
    this.visits = new Visits({
      crypto,
      doors,
      againMs: () => A_DAY_MS,
      store: {
        proofOfVisit: (now) => presentSubject(held.pass, deviceSigner(held.key), Math.floor(now)),
        addVisit: async (visit) => {
          this.#kept = visit;
          this.#enteredAt = visit.at;
        },
        visits: async () => (this.#kept ? [this.#kept] : []),
        visitTold: async (_, again) => change({ again }),
        visitRefused: async () => change({ refused: true }),
        visitDone: async () => {
          this.#kept = null;
        },
      },
    });
  }

  /** False while the register has not answered, or where it never takes the visit. */
  get answered(): boolean {
    return this.#kept === null || this.#kept.again !== null;
  }

  get entry(): WayEntry {
    return { enteredAt: this.#enteredAt, savedAt: this.savedAt, answered: this.answered };
  }
}

/** Guests who scan the venue's poster with their own wallet, each with a phone of their own. */
export class PosterPhones {
  readonly #phones: Phone[] = [];
  readonly #opening: NodeJS.Timeout;

  constructor(
    private readonly terms: LadderTerms,
    private readonly rules: RulesInUse,
    private readonly held: readonly Held[],
  ) {
    this.#opening = setInterval(() => this.#openAll(), OPENED_MS).unref();
  }

  /** Somebody scans it, taps once, and goes in. Throws where the wallet could not write the visit. */
  async scan(now: number): Promise<void> {
    const { inUse: use, policy } = this.rules;
    if (this.terms.poster === null || !use || !policy) throw new Error('Nothing to scan with.');
    const phone = new Phone(
      this.held[this.#phones.length % this.held.length]!,
      () => this.rules.inUse?.bundle.endpoints.register ?? [],
    );
    const code = fromBase64(this.terms.poster);
    const poster = await phone.visits.read(code, use.bundle);
    const written = await phone.visits.write(code, poster, use.bundle, policy.calendar, now);
    if (typeof written === 'string') throw new Error(`A visit was not written: ${written}.`);
    this.#phones.push(phone);
    void phone.visits.send();
  }

  /** Resolves when the register has answered each of them. */
  async told(): Promise<void> {
    while (this.#phones.some(({ answered }) => !answered)) await pause(PAUSE_SECONDS);
  }

  close(): void {
    clearInterval(this.#opening);
    for (const { visits } of this.#phones) visits.close();
  }

  entries(): readonly WayEntry[] {
    return this.#phones.map(({ entry }) => entry);
  }

  #openAll(): void {
    for (const { visits } of this.#phones) void visits.send();
  }
}
