import { CrowdGate, type GateTerms, seeded, Visitors } from '../crowd/index.ts';
import type { ServiceStage } from '../stage/index.ts';

const ROUND_MS = 2_500;
const PATIENCE_MS = 2_000;
const LOOKS = 3;
const FAILING = 2;

/**
 * The drill's own canary: a gate and a wallet that go the whole way every few seconds, and a rule that publishes the pre-approved
 * notice when two of three rounds failed. It knows nothing of what the drill does.
 */
export class Noticing {
  readonly #rounds: boolean[] = [];
  #timer: NodeJS.Timeout | null = null;
  #looking = true;
  /** When the notice was published; milliseconds. */
  noticedAt: number | null = null;

  private constructor(
    private readonly gate: CrowdGate,
    private readonly visitors: Visitors,
    private readonly service: ServiceStage,
    /** The notice to publish; null where nothing is to be said. */
    private readonly notice: string | null,
    private readonly onNotice: (notice: string) => void,
  ) {}

  static async open(
    terms: GateTerms,
    issuer: string,
    service: ServiceStage,
    notice: string | null,
    onNotice: (notice: string) => void,
  ): Promise<Noticing> {
    const random = seeded(7);
    const gate = await CrowdGate.join(terms, random);
    const visitors = new Visitors(issuer, random);
    await visitors.fetch(2, 20, Date.parse('2021-12-30T12:00:00+09:00') / 1000);
    gate.open();
    const noticing = new Noticing(gate, visitors, service, notice, onNotice);
    void noticing.#watch();
    return noticing;
  }

  /** Told by somebody else, such as an issuer's own canary. */
  async say(): Promise<void> {
    if (this.noticedAt !== null || this.notice === null) return;
    this.noticedAt = Date.now();
    await this.service.announce(this.notice, 'provisional', {
      parameters: { since: Math.floor((this.gate.rules.clock.estimate()?.ms ?? Date.now()) / 1000) },
    });
    this.onNotice(this.notice);
  }

  async #watch(): Promise<void> {
    if (!this.#looking) return;
    const begun = Date.now();
    const good = await this.#round().catch(() => false);
    this.#rounds.push(good);
    const last = this.#rounds.slice(-LOOKS);
    if (last.filter((one) => !one).length >= FAILING) await this.say().catch(() => {});
    this.#timer = setTimeout(() => void this.#watch(), Math.max(0, ROUND_MS - (Date.now() - begun)));
  }

  /** A pass is shown, judged, written down, uploaded and receipted, within two seconds. */
  async #round(): Promise<boolean> {
    const { gate } = this;
    const code = await this.visitors.valid((gate.rules.clock.estimate()?.ms ?? Date.now()) / 1000);
    const visit = await gate.visit(code);
    if (visit.verdict !== 'admit' || visit.counter === null) return false;
    const until = Date.now() + PATIENCE_MS;
    gate.nudge();
    while (gate.confirmed < visit.counter) {
      if (Date.now() > until) return false;
      await new Promise((go) => setTimeout(go, 25));
    }
    return true;
  }

  ledger() {
    return this.gate.ledger();
  }

  get waiting(): number {
    return this.gate.waiting;
  }

  nudge(): void {
    this.gate.nudge();
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
