import { type ServiceStage, type StageProcess, startCanary } from '../stage/index.ts';
import type { Leg, Noticing } from './noticing.ts';
import type { DrillRecord } from './types.ts';

/** Seconds between two rounds of the canary: its own pace is five, an outage is shortened here. */
const EVERY_SECONDS = 2;
const LOOK_MS = 250;

/** What the product's canary calls the legs. */
const COMPONENT: Readonly<Record<Leg, string>> = {
  issuing: 'issuers',
  entry: 'register',
  documents: 'documents',
};

interface Listed {
  readonly incidents: readonly { readonly number: number; readonly component: string }[];
  readonly states: readonly { readonly component: string; readonly state: string }[];
  readonly said: { readonly notice: string | null; readonly saidBy: string | null };
}

/**
 * The product notices by itself: its canary looks, its authority makes the incident and says the pre-approved notice. The drill only
 * watches what the authority has written down, and never tells it anything.
 */
export class ServiceNoticing implements Noticing {
  noticedAt: number | null = null;
  #listed: Listed | null = null;
  #isTold = false;
  #timer: NodeJS.Timeout | null = null;
  #watching = true;

  private constructor(
    private readonly service: ServiceStage,
    private readonly record: DrillRecord,
    private readonly canary: StageProcess,
    private readonly note: (what: string) => void,
  ) {}

  static async open(
    folder: string,
    service: ServiceStage,
    record: DrillRecord,
    note: (what: string) => void,
  ): Promise<ServiceNoticing> {
    const { venue } = record;
    const canary = await startCanary({ folder, service, venue, everySeconds: EVERY_SECONDS });
    note('the canary looks through the balancer, straight at each node and at the mirror');
    const noticing = new ServiceNoticing(service, record, canary, note);
    void noticing.#watch();
    return noticing;
  }

  isGood(leg: Leg): boolean {
    return this.#listed?.states.find(({ component }) => component === COMPONENT[leg])?.state === 'works';
  }

  /** Incidents so far. */
  failed(leg: Leg): number {
    return this.#listed?.incidents.filter(({ component }) => component === COMPONENT[leg]).length ?? 0;
  }

  /** Nobody is counted at the canary's venue. */
  ledgers(): readonly [] {
    return [];
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
    const { canary: leg, notice } = this.record;
    if (this.noticedAt === null && leg !== null && this.failed(leg) > 0) {
      this.noticedAt = Date.now();
      this.note(`the authority has an incident: ${COMPONENT[leg]}`);
    }
    const { said } = listed;
    if (this.#isTold || notice === null || said.notice !== notice || said.saidBy !== 'table') return;
    this.#isTold = true;
    this.note(`the authority says by itself: ${notice}`);
  }

  stop(): void {
    this.#watching = false;
    if (this.#timer) clearTimeout(this.#timer);
    void this.canary.kill();
  }

  close(): void {
    this.stop();
  }
}
