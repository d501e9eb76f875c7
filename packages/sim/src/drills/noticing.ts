import {
  CrowdGate,
  draw,
  type GateLedger,
  type GateTerms,
  type GuestKind,
  type Held,
  seeded,
  Visitors,
} from '../crowd/index.ts';
import type { ServiceStage } from '../stage/index.ts';

const ROUND_MS = 2_500;
const PATIENCE_MS = 2_000;
const LOOKS = 3;
const FAILING = 2;
/** The authority says what counts at least every five minutes; a word of before is no word (seconds). */
const OLDEST_WORD = 420;

/**
 * A part of the canary's way. `issuing`: a pass is issued. `entry`: it is shown, judged, written down and receipted. `documents`: the
 * signed files are good and fresh. A drill with more doors has more of them.
 */
export type Leg = string;

/** Who notices during a drill, and what the drill may know of it. */
export interface Noticing {
  /** When the leg's failure was noticed (milliseconds); null where it never was. */
  readonly noticedAt: number | null;
  /** True where a leg is good by the last look. */
  isGood(leg: Leg): boolean;
  /** How often a leg was found to have failed so far. */
  failed(leg: Leg): number;
  /** This way is gone too from now on; the product's own canary has its ways. */
  also?(leg: Leg, look: () => Promise<boolean>): void;
  /** What it wrote at doors of people. */
  ledgers(): readonly GateLedger[];
  stop(): void;
  close(): void;
}

interface NoticingParts {
  readonly terms: GateTerms;
  readonly issuer: string;
  readonly service: ServiceStage;
  /** Who the canary's visitor is. */
  readonly guest: GuestKind;
  /** The leg that is waited for, and the notice that is published when it fails; null where nothing is to be said. */
  readonly leg: Leg | null;
  readonly notice: string | null;
  note(what: string): void;
}

/**
 * The drill's own canary: a gate and a wallet that go the whole way every few seconds, and a rule that publishes the pre-approved
 * notice when two of three rounds failed. It knows nothing of what the drill does.
 */
export class OwnCanary implements Noticing {
  readonly #legs = new Map<Leg, () => Promise<boolean>>([
    ['issuing', () => this.#issued()],
    ['entry', () => this.#entered()],
    ['documents', () => this.#documents()],
  ]);
  readonly #rounds = new Map<Leg, boolean[]>();
  #timer: NodeJS.Timeout | null = null;
  #looking = true;
  #saying: Promise<void> | null = null;
  /** Issued in the round before. */
  #fresh: Held | null = null;
  /** When the leg's failure was told on: where there is a notice, when it was published. Milliseconds. */
  noticedAt: number | null = null;

  private constructor(
    private readonly parts: NoticingParts,
    private readonly gate: CrowdGate,
    private readonly visitors: Visitors,
  ) {}

  static async open(parts: NoticingParts): Promise<OwnCanary> {
    const random = seeded(7);
    const gate = await CrowdGate.join(parts.terms, random);
    const visitors = new Visitors(parts.issuer, random, [parts.guest]);
    await visitors.fetch(4, 40);
    gate.open();
    const noticing = new OwnCanary(parts, gate, visitors);
    void noticing.#watch();
    return noticing;
  }

  /** The canary goes this way too from now on. */
  also(leg: Leg, look: () => Promise<boolean>): void {
    this.#legs.set(leg, look);
  }

  /** True where the last round of a leg was good. */
  isGood(leg: Leg): boolean {
    return this.#rounds.get(leg)?.at(-1) ?? false;
  }

  /** How many rounds of a leg have failed so far. */
  failed(leg: Leg): number {
    return this.#rounds.get(leg)?.filter((good) => !good).length ?? 0;
  }

  /** Publishes the notice, once. What could not be published was not said: the next round tries again. */
  say(): Promise<void> {
    this.#saying ??= this.#publish().finally(() => {
      this.#saying = null;
    });
    return this.#saying;
  }

  async #publish(): Promise<void> {
    if (this.noticedAt !== null) return;
    const { notice, service, note } = this.parts;
    if (notice !== null)
      await service.announce(notice, 'provisional', {
        parameters: { since: Math.floor(this.#storySeconds) },
      });
    this.noticedAt = Date.now();
    note(notice === null ? 'noticed; no door needs a new sentence' : `notice published by itself: ${notice}`);
  }

  /** All legs side by side, so that a round is over within a visitor's patience. */
  async #watch(): Promise<void> {
    if (!this.#looking) return;
    const begun = Date.now();
    const round = await Promise.all(
      [...this.#legs].map(async ([leg, look]) => [leg, await inTime(look())] as const),
    );
    if (!this.#looking) return;
    for (const [leg, good] of round) {
      const rounds = [...(this.#rounds.get(leg) ?? []), good];
      this.#rounds.set(leg, rounds);
      const failed = rounds.slice(-LOOKS).filter((one) => !one).length;
      if (leg === this.parts.leg && failed >= FAILING) await this.say().catch(() => {});
    }
    this.#timer = setTimeout(() => void this.#watch(), Math.max(0, ROUND_MS - (Date.now() - begun)));
  }

  async #issued(): Promise<boolean> {
    this.#fresh = await this.visitors.fresh();
    return true;
  }

  /** The fresh pass where there is one, else one that is kept, as most guests have. */
  async #entered(): Promise<boolean> {
    const { gate, visitors } = this;
    const fresh = this.#fresh;
    this.#fresh = null;
    const at = this.#storySeconds;
    const visit = await gate.visit(fresh ? await draw(fresh, at) : (await visitors.next(at, 1)).text);
    if (visit.verdict !== 'admit' || visit.counter === null) return false;
    // The canary does not wait for its own turn as gates do.
    gate.nudge();
    const until = performance.now() + PATIENCE_MS;
    while (gate.confirmed < visit.counter) {
      if (performance.now() > until) return false;
      await new Promise((go) => setTimeout(go, 25));
    }
    return true;
  }

  /** Nothing that was fetched was refused, and what counts was said lately. */
  async #documents(): Promise<boolean> {
    const { rules } = this.gate;
    await rules.refresh();
    const said = rules.inUse?.now?.issuedAt ?? 0;
    return rules.reached && rules.problem === null && this.#storySeconds - said < OLDEST_WORD;
  }

  get #storySeconds(): number {
    return (this.gate.rules.clock.estimate()?.ms ?? Date.now()) / 1000;
  }

  ledgers(): readonly GateLedger[] {
    return [this.gate.ledger()];
  }

  stop(): void {
    this.#looking = false;
    if (this.#timer) clearTimeout(this.#timer);
  }

  close(): void {
    this.stop();
    this.gate.close();
  }
}

/** False where it fails, or takes longer than a visitor would wait. */
function inTime(work: Promise<boolean>): Promise<boolean> {
  return new Promise((done) => {
    const late = setTimeout(() => done(false), PATIENCE_MS);
    const end = (good: boolean) => {
      clearTimeout(late);
      done(good);
    };
    work.then(end, () => end(false));
  });
}
