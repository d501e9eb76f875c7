import { type PlayedClock, ServiceChild, type ServiceChoice, type ServiceState } from './child.ts';
import { Requests } from './requests.ts';

export { type Alone, type OwnPostgres, openOwnPostgres } from './postgres.ts';
export type { PlayedClock, ServiceState };

/** One server as the page shows it. */
export interface ServerSeen {
  readonly name: string;
  readonly state: ServiceState;
  /** Out of its own metrics. */
  readonly requestsPerSecond: number;
  /** True where every caller is led to this one. */
  readonly led: boolean;
}

const AGAIN_MS = 1000;
const LOOK_MS = 1000;
/** The server to which everything was led on the day that is played. */
const LED_TO = 1;

interface Server {
  readonly child: ServiceChild;
  readonly requests: Requests;
}

/**
 * The servers of the register: each a process of its own, with the same databases, keys and mirror. Callers are spread over
 * them in turn.
 */
export class Servers {
  readonly #servers: readonly Server[];
  readonly #say: (line: string) => void;
  readonly #beforeStart: (clock: PlayedClock | null) => Promise<void>;
  #clock: PlayedClock | null = null;
  #led: number | null = null;
  #turn = 0;
  #lookedAt = 0;
  #ending = false;
  #kills = 0;
  #rest: Promise<unknown> = Promise.resolve();

  /** `beforeStart` is done before processes start, with the moment that will be played. */
  constructor(
    count: number,
    choice: ServiceChoice & { readonly beforeStart: (clock: PlayedClock | null) => Promise<void> },
  ) {
    this.#say = choice.say;
    this.#beforeStart = choice.beforeStart;
    this.#servers = Array.from({ length: count }, (_, i) => ({
      child: new ServiceChild({ ...choice, say: (line) => choice.say(`server ${i + 1}: ${line}`) }),
      requests: new Requests(),
    }));
    for (const [i, server] of this.#servers.entries()) server.child.onLost = () => this.#lost(i, server);
  }

  get count(): number {
    return this.#servers.length;
  }

  /** `running` as soon as one of them is. */
  get state(): ServiceState {
    const states = this.#servers.map(({ child }) => child.state);
    return (['running', 'starting'] as const).find((state) => states.includes(state)) ?? 'stopped';
  }

  /** Ports of those that run; the one that everything is led to alone, where it is. */
  get ports(): readonly number[] {
    const chosen = this.#led === null ? this.#servers : [this.#servers[this.#led]!];
    return chosen.flatMap(({ child }) => child.port ?? []);
  }

  /** Where the next caller is led, or null while none runs. */
  next(): number | null {
    const { ports } = this;
    this.#turn += 1;
    return ports[this.#turn % ports.length] ?? null;
  }

  /** Starts the first and waits until it listens: it makes the keys that all share. Does nothing while one runs. */
  async start(clock: PlayedClock | null): Promise<void> {
    if (this.state !== 'stopped') return;
    this.#led = null;
    this.#clock = clock;
    await this.#begin(this.#servers.slice(0, 1));
  }

  /** Starts the others, without waiting for them; one that does not come up is tried again. */
  startOthers(): void {
    const others = this.#servers.filter(({ child }) => child.state === 'stopped');
    this.#rest = Promise.all(
      others.map((server) =>
        this.#begin([server]).catch((error: Error) => {
          if (this.#ending) return;
          this.#say(error.message);
          this.#again(server);
        }),
      ),
    );
  }

  /** Waits until none is on its way up. */
  async settled(): Promise<void> {
    await this.#rest;
  }

  async #begin(servers: readonly Server[]): Promise<void> {
    await this.#beforeStart(this.#clock);
    await Promise.all(
      servers.map(({ child, requests }) => {
        requests.forget();
        return child.start(this.#clock);
      }),
    );
  }

  #lost(i: number, server: Server): void {
    this.#say(`server ${i + 1} ended by itself and is started again; doors went on meanwhile.`);
    this.#again(server);
  }

  /** Starts one again after a moment, where the others have not been stopped meanwhile. */
  #again(server: Server): void {
    const kills = this.#kills;
    setTimeout(() => {
      if (this.#ending || this.#kills !== kills || server.child.state !== 'stopped') return;
      this.#begin([server]).catch((error: Error) => this.#say(error.message));
    }, AGAIN_MS).unref();
  }

  /** Leads every caller to the second server, as on that day. Nothing where it does not run. */
  leadToOne(): void {
    if (this.#servers[LED_TO]?.child.state === 'running') this.#led = LED_TO;
  }

  /** Kills those that nobody is led to any more. */
  async killIdle(): Promise<void> {
    if (this.#led === null) return;
    this.#kills += 1;
    await Promise.all(this.#servers.flatMap(({ child }, i) => (i === this.#led ? [] : child.kill())));
  }

  /** Kills all on the spot, as a power cut would. */
  async kill(): Promise<void> {
    this.#kills += 1;
    await Promise.all(this.#servers.map(({ child }) => child.kill()));
    this.#led = null;
  }

  /** Asks all to finish what they have begun and to end. */
  async stop(): Promise<void> {
    this.#ending = true;
    await Promise.all(this.#servers.map(({ child }) => child.stop()));
  }

  /** Which moment is played now, for the next start. */
  remember(clock: PlayedClock): void {
    this.#clock = clock;
  }

  /** How they stand; asking looks at their metrics, at most once a second. */
  seen(): readonly ServerSeen[] {
    if (Date.now() - this.#lookedAt >= LOOK_MS) {
      this.#lookedAt = Date.now();
      for (const { child, requests } of this.#servers)
        if (child.metricsPort !== null) void requests.look(child.metricsPort);
    }
    return this.#servers.map(({ child, requests }, i) => ({
      name: String(i + 1),
      state: child.state,
      requestsPerSecond: child.state === 'running' ? requests.perSecond() : 0,
      led: i === this.#led,
    }));
  }
}
