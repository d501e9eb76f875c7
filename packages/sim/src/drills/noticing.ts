import type { Observation } from '@munjigi/core/incident';
import { type CanaryOptions, type ServiceStage, type StageProcess, startCanary } from '../stage/index.ts';

/** Seconds between two rounds of the canary: its own pace is five, an outage is shortened here. */
const EVERY_SECONDS = 2;
const LOOK_MS = 250;

interface Listed {
  readonly incidents: readonly {
    readonly number: number;
    readonly component: string;
    readonly state: string;
  }[];
  readonly states: readonly { readonly component: string; readonly state: string }[];
  readonly said: { readonly notice: string | null; readonly saidBy: string | null };
}

/** An incident, and when the drill saw it in the authority's list (milliseconds). */
export interface Noticed {
  readonly component: string;
  readonly at: number;
}

/**
 * The product notices by itself: its canary looks, its authority makes the incident and says the pre-approved notice. The drill only
 * watches what the authority has written down, and never tells it anything.
 */
export class Noticing {
  readonly #incidents = new Map<number, Noticed>();
  readonly #bad = new Map<string, number>();
  #listed: Listed | null = null;
  #said: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #watching = true;
  #canary: StageProcess | null = null;

  private constructor(
    private readonly service: ServiceStage,
    private readonly note: (what: string) => void,
  ) {}

  static async open(
    canary: Omit<CanaryOptions, 'everySeconds' | 'onRound'>,
    note: (what: string) => void,
  ): Promise<Noticing> {
    const noticing = new Noticing(canary.service, note);
    noticing.#canary = await startCanary({
      ...canary,
      everySeconds: EVERY_SECONDS,
      onRound: (round) => noticing.#count(round),
    });
    note('the canary looks through the balancer, straight at each node and at the mirror');
    void noticing.#watch();
    return noticing;
  }

  /** Every incident so far. */
  get incidents(): readonly Noticed[] {
    return [...this.#incidents.values()];
  }

  /** True where a component works, as the authority has it. */
  isGood(component: string): boolean {
    return this.#listed?.states.find((one) => one.component === component)?.state === 'works';
  }

  /** Incidents of a component so far. */
  failed(component: string): number {
    return this.incidents.filter((one) => one.component === component).length;
  }

  /** Rounds so far in which a component was down through a front door. */
  badRounds(component: string): number {
    return this.#bad.get(component) ?? 0;
  }

  #count({ seen }: Observation): void {
    const down = seen.filter(({ side, state }) => side === 'outside' && state === 'down');
    for (const component of new Set(down.map((one) => one.component)))
      this.#bad.set(component, this.badRounds(component) + 1);
  }

  async #watch(): Promise<void> {
    const { authority } = this.service;
    const listed = await this.service
      .call<Listed>('/api/authority/incidents', undefined, { port: authority.port, operator: true })
      .catch(() => null);
    if (!this.#watching) return;
    if (listed) this.#take(listed);
    this.#timer = setTimeout(() => void this.#watch(), LOOK_MS);
  }

  #take(listed: Listed): void {
    this.#listed = listed;
    for (const { number, component, state } of [...listed.incidents].reverse()) {
      if (this.#incidents.has(number)) continue;
      this.#incidents.set(number, { component, at: Date.now() });
      this.note(`the authority has an incident: ${component} (${state})`);
    }
    const { notice, saidBy } = listed.said;
    if (notice === this.#said) return;
    this.#said = notice;
    if (saidBy === 'table') this.note(`the authority says by itself: ${notice ?? 'as usual'}`);
  }

  stop(): void {
    this.#watching = false;
    if (this.#timer) clearTimeout(this.#timer);
    void this.#canary?.kill();
  }
}
