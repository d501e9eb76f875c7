import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** The moment that is played, as the service's clock takes it. */
export interface PlayedClock {
  readonly storyMs: number;
  readonly realMs: number;
  readonly rate: number;
}

export interface ServiceChoice {
  /** The program's script. */
  readonly program: string;
  /** Arguments of `munjigi serve`. */
  readonly args: readonly string[];
  /** Where the child's own words go. */
  readonly say: (line: string) => void;
  readonly startMs?: number;
}

export type ServiceState = 'stopped' | 'starting' | 'running';

const START_MS = 120_000;

/** The service as a process of its own, that can really be stopped and started again. */
export class ServiceChild {
  readonly #choice: ServiceChoice;
  #child: ChildProcess | null = null;
  #state: ServiceState = 'stopped';
  #ports: Ports | null = null;
  #gone: Promise<void> = Promise.resolve();
  #wanted = false;

  /** Called when the process ended though nobody had asked for it. */
  onLost: (() => void) | null = null;

  constructor(choice: ServiceChoice) {
    this.#choice = choice;
  }

  get state(): ServiceState {
    return this.#state;
  }

  /** Port on this machine while it runs, else null. */
  get port(): number | null {
    return this.#state === 'running' ? (this.#ports?.port ?? null) : null;
  }

  /** Port on this machine at which it tells what it has done, while it runs. */
  get metricsPort(): number | null {
    return this.#state === 'running' ? (this.#ports?.metricsPort ?? null) : null;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Starts the process and waits until it says that it listens. Does nothing while it runs. */
  async start(clock: PlayedClock | null): Promise<void> {
    if (this.#state !== 'stopped') return;
    this.#state = 'starting';
    this.#wanted = true;
    const child = spawn(process.execPath, [this.#choice.program, ...this.#choice.args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      windowsHide: true,
    });
    this.#child = child;
    this.#gone = new Promise((done) => child.once('exit', () => done()));
    child.once('exit', () => this.#ended(child));
    child.on('error', () => this.#ended(child));
    createInterface({ input: child.stderr! }).on('line', this.#choice.say);
    if (clock) child.send(clock, () => {});
    try {
      this.#ports = await this.#listening(child);
      this.#state = 'running';
    } catch (error) {
      this.#wanted = false;
      child.kill('SIGKILL');
      this.#ended(child);
      throw error;
    }
  }

  #listening(child: ChildProcess): Promise<Ports> {
    return new Promise((done, fail) => {
      const late = setTimeout(
        () => fail(new Error('The service did not come up in time.')),
        this.#choice.startMs ?? START_MS,
      );
      const stop = (error: Error) => {
        clearTimeout(late);
        fail(error);
      };
      child.once('exit', () =>
        stop(new Error('The service ended before it listened; its lines above say why.')),
      );
      child.once('error', stop);
      createInterface({ input: child.stdout! }).on('line', (line) => {
        const ports = portsIn(line);
        if (ports === null) return;
        clearTimeout(late);
        done(ports);
      });
    });
  }

  /** Kills the process on the spot, as a power cut would; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#wanted = false;
    this.#child?.kill('SIGKILL');
    await this.#gone;
  }

  /** Asks the process to finish what it has begun and to end; kills it after `graceMs`. */
  async stop(graceMs = 12_000): Promise<void> {
    this.#wanted = false;
    const child = this.#child;
    if (!child) return;
    // Windows knows no SIGTERM between processes, so the wish also goes over the channel.
    if (child.connected) child.send({ stop: true }, () => {});
    child.kill('SIGTERM');
    const impatient = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await this.#gone;
    clearTimeout(impatient);
  }

  #ended(child: ChildProcess): void {
    if (this.#child !== child) return;
    const lost = this.#wanted && this.#state === 'running';
    this.#child = null;
    this.#ports = null;
    this.#state = 'stopped';
    if (lost) this.onLost?.();
  }
}

/** Where a service listens. */
export interface Ports {
  readonly port: number;
  readonly metricsPort: number | null;
}

/** The ports in the line of JSON by which the service says that it listens; null in any other line. */
export function portsIn(line: string): Ports | null {
  if (!line.startsWith('{')) return null;
  try {
    const { listening } = JSON.parse(line) as { listening?: { port?: unknown; metricsPort?: unknown } };
    const number = (value: unknown) => (typeof value === 'number' ? value : null);
    const port = number(listening?.port);
    return port === null ? null : { port, metricsPort: number(listening?.metricsPort) };
  } catch {
    return null;
  }
}
