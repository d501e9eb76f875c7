import { Admission } from '@munjigi/service/admission';
import { ApiError, workOf } from '@munjigi/service/contracts';
import { createRegister, type RegisterDesk, type RegisterOptions } from '@munjigi/service/register';
import type { Kernel } from '../kernel/kernel.ts';
import { exactClocks, Process } from '../kernel/process.ts';
import { Link } from '../network/link.ts';
import type { Answered, Asked, Host } from '../network/network.ts';
import { StoreClient } from '../store/client.ts';
import type { StoreServer } from '../store/server.ts';
import { answerTo, Routes } from './routes.ts';

export interface NodeParts {
  readonly kernel: Kernel;
  readonly store: StoreServer;
  readonly options: Omit<RegisterOptions, 'db' | 'clock' | 'random'>;
  /** What is remarkable of what happened here. */
  readonly noted: (what: string) => void;
  /** An error that no caller should ever see. */
  readonly isWrong: (error: unknown) => void;
}

/** How a node behaves now. */
export interface NodeTerms {
  /** Milliseconds of its processor for a request, and for each entry of a batch. */
  requestMs: number;
  entryMs: number;
}

/** A node whose database does not answer tries again after so long, as a supervisor would start it again. */
const AGAIN_MS = 5_000;

/** One node: the production register desk behind its production admission control, in a process that can die at every await. */
export class RegisterNode implements Host {
  readonly terms: NodeTerms = { requestMs: 0.6, entryMs: 0.02 };
  readonly link: Link;
  process: Process | null = null;
  desk: RegisterDesk | null = null;
  /** True: every connection is accepted, and nothing is answered. */
  hangs = false;
  /** Most requests that it ever worked on at a time, and most that its own limit would have allowed then. */
  mostRunning = 0;
  overLimit = 0;
  served = 0;
  #client: StoreClient | null = null;
  #routes = new Routes();
  #admission = new Admission();
  #freeAtMs = 0;
  #starts = 0;
  readonly #asking = new Set<() => void>();

  constructor(
    readonly name: string,
    private readonly parts: NodeParts,
  ) {
    this.link = new Link(parts.kernel.random.fork(`${name} link`));
    this.link.latencyMs = 1;
  }

  /** Starts; ready a moment later, where its database answers. */
  start(): void {
    if (this.process) return;
    const { kernel, store, options, noted, isWrong } = this.parts;
    const random = kernel.random.fork(`${this.name} ${this.#starts++}`);
    const clock = exactClocks(kernel, kernel.nowMs);
    const process = new Process(this.name, clock, random);
    process.onDeath = () => {
      noted('a node died at an await');
      this.kill();
    };
    this.process = process;
    this.#client = new StoreClient(store, process, {
      onTrouble: (error) => {
        if ((error as { code?: string }).code === 'database.deadline') noted('a database deadline passed');
      },
    });
    this.#routes = new Routes();
    this.#freeAtMs = 0;
    const begin = async (): Promise<void> => {
      try {
        this.#admission = new Admission({ random: random.share, nowMs: clock.monotonicMs });
        const desk = await createRegister({
          ...options,
          db: this.#client!,
          clock: { nowMs: () => Math.floor(kernel.nowMs) },
          random: random.share,
        });
        await desk.mount(this.#routes as never);
        this.desk = desk;
        kernel.note(this.name, 'ready');
      } catch (error) {
        if ((error as { name?: string }).name !== 'DatabaseUnavailable') isWrong(error);
        kernel.after(process, AGAIN_MS, () => void begin());
      }
    };
    kernel.after(process, 300, () => void begin());
  }

  /** Dies. Whoever waits for an answer sees the connection break, or with `silently` sees nothing. */
  kill(silently = false): void {
    if (!this.process) return;
    this.process.alive = false;
    this.#client?.lost();
    this.process = null;
    this.desk = null;
    if (!silently) for (const broken of this.#asking) broken();
    this.#asking.clear();
  }

  asking(broken: () => void): () => void {
    this.#asking.add(broken);
    return () => this.#asking.delete(broken);
  }

  get ready(): boolean {
    return this.desk !== null && this.link.up && !this.hangs;
  }

  async answer(asked: Asked): Promise<Answered> {
    const { noted, isWrong } = this.parts;
    const process = this.process!;
    if (this.hangs) {
      noted('a node took a request and never answered');
      return new Promise(() => {});
    }
    try {
      if (this.desk === null)
        return { status: 503, body: '{"error":"service.draining"}', retryAfterSeconds: 30 };
      const found = this.#routes.find(asked);
      if (found === null) return { status: 404, body: '{"error":"request.not-found"}' };
      const work = workOf(found.operation);
      const ticket = work === 'health' ? null : await this.#admission.enter(work, asked.body?.length ?? 0);
      try {
        this.#count();
        await this.#compute(process, this.terms.requestMs);
        const answer = await found.run();
        const entries = (answer as { results?: readonly unknown[] }).results?.length ?? 0;
        await this.#compute(process, entries * this.terms.entryMs);
        this.served += 1;
        return { status: 200, body: JSON.stringify(answer) };
      } finally {
        ticket?.end();
      }
    } catch (error) {
      const answer = answerTo(error, process.random);
      if (error instanceof ApiError && error.code === 'service.full') noted('a node was full');
      if (answer === null) isWrong(error);
      return answer ?? { status: 500, body: '{"error":"service.failed"}' };
    }
  }

  #count(): void {
    const { running, limit } = this.#admission.stateOf('upload');
    this.mostRunning = Math.max(this.mostRunning, running);
    // Half of its floor a class always has.
    this.overLimit = Math.max(this.overLimit, running - Math.max(limit, 4));
  }

  /** One processor, first come first served. */
  async #compute(process: Process, ms: number): Promise<void> {
    const { kernel } = this.parts;
    const begins = Math.max(this.#freeAtMs, kernel.nowMs);
    this.#freeAtMs = begins + ms;
    await kernel.pause(process, this.#freeAtMs - kernel.nowMs);
  }
}
