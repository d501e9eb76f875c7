import type { RulesInUse } from '@munjigi/offline';
import type { CrowdGate } from '../gate.ts';
import { crowdRules } from '../rules.ts';
import { batchOf } from '../visitors.ts';
import { TelephoneProvider } from './calls.ts';
import { PosterPhones } from './phones.ts';
import { PaperSheets } from './sheets.ts';
import type { LadderTerms, WayLedger } from './terms.ts';

/** Each way has a guest so often, in milliseconds. */
const EVERY_MS = 2_500;
const PASSES = 40;

/**
 * Guests who come by the other ways while a drill is played, whether anything is broken or not: a look by eye, a call, the poster, a
 * line on paper. What each leaves is remembered on its own side.
 */
export class Ladder {
  readonly #provider: TelephoneProvider;
  readonly #sheets: PaperSheets;
  #timer: NodeJS.Timeout | null = null;
  #turns = 0;
  /** What went wrong, in a few words without anybody's data. */
  readonly wrong: string[] = [];
  seenByEye = 0;

  private constructor(
    private readonly terms: LadderTerms,
    private readonly gates: readonly CrowdGate[],
    private readonly random: () => number,
    private readonly rules: RulesInUse,
    private readonly phones: PosterPhones,
  ) {
    this.#provider = new TelephoneProvider(terms, random, () => this.#now);
    this.#sheets = new PaperSheets(terms, random);
  }

  static async open(terms: LadderTerms, gates: readonly CrowdGate[], random: () => number): Promise<Ladder> {
    const rules = await crowdRules(terms.mirrors, random, () => {});
    await rules.refresh();
    const held = await batchOf(terms.issuer, terms.people[0]!, PASSES);
    const ladder = new Ladder(terms, gates, random, rules, new PosterPhones(terms, rules, held));
    ladder.#timer = setInterval(() => void ladder.#next(), EVERY_MS / 4);
    return ladder;
  }

  look(): Promise<unknown> {
    return this.rules.refresh();
  }

  /** The register was put back to what it was before: who keeps calls is asked to tell of them again. */
  putBack(): void {
    this.#provider.tellAgain();
  }

  /** Nobody comes any more; sheets are typed, and whatever was not answered is told of until it is. */
  async end(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    await Promise.all([this.#sheets.type(), this.#provider.told(), this.phones.told()]);
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.rules.stop();
    this.#provider.close();
    this.phones.close();
  }

  ledgers(): readonly WayLedger[] {
    const { venueId } = this.terms;
    return [
      { venueId, way: 'call', entries: this.#provider.entries() },
      { venueId, way: 'poster', entries: this.phones.entries() },
      { venueId, way: 'paper', entries: this.#sheets.entries() },
    ];
  }

  /** One guest after the other, each by the next way. */
  async #next(): Promise<void> {
    const turn = this.#turns++;
    const policy = this.rules.policy;
    try {
      if (turn % 4 === 0) this.#provider.call();
      else if (turn % 4 === 1 && this.terms.poster !== null) await this.phones.scan(this.#now);
      else if (turn % 4 === 2 && policy) this.#sheets.write(this.#now, policy.calendar);
      else if (turn % 4 === 3) await this.#seen(this.gates[(turn * 7) % this.gates.length]!);
    } catch (error) {
      this.wrong.push((error as Error).message);
    }
  }

  async #seen(gate: CrowdGate): Promise<void> {
    const number = `010${String(Math.floor(this.random() * 1e8)).padStart(8, '0')}`;
    const { verdict, reason, counter } = await gate.seenByEye({ kind: 'phone', number });
    if (verdict !== 'admit' || counter === null) this.wrong.push(`by eye: ${verdict} ${reason}`);
    else this.seenByEye += 1;
  }

  get #now(): number {
    return (this.rules.clock.estimate()?.ms ?? Date.now()) / 1000;
  }
}
