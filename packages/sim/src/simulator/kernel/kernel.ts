import type { Process } from './process.ts';
import { type Event, EventQueue } from './queue.ts';
import type { Random } from './random.ts';
import type { Trace } from './trace.ts';

const { nextTick } = process;
const immediate = setImmediate;
const microtask = queueMicrotask;

/** So many events are run before the machine below gets a turn. */
const IN_A_ROW = 5_000;

/**
 * Virtual time. One event after the other, and between two of them every promise that can go on does. An event belongs to one
 * process, and whatever passes from one process to another is an event: so `current` says at every moment whose code runs.
 */
export class Kernel {
  readonly #queue = new EventQueue();
  #order = 0;
  #nowMs: number;
  #current: Process | null = null;
  #outside = 0;
  #since = 0;
  events = 0;

  constructor(
    startMs: number,
    readonly random: Random,
    readonly trace: Trace,
  ) {
    this.#nowMs = startMs;
  }

  /** True time in milliseconds since 1970; nobody in the world knows it. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Whose code runs; null outside of events. */
  get current(): Process | null {
    return this.#current;
  }

  note(who: string, what: string): void {
    this.trace.note(this.#nowMs, who, what);
  }

  /** Lets something happen after a while; the answer calls it off. */
  after(process: Process, delayMs: number, run: () => void): Event {
    const event: Event = {
      atMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#order++,
      process,
      run,
    };
    this.#queue.push(event);
    return event;
  }

  /** A promise that resolves in a process after a while. */
  pause(process: Process, delayMs: number): Promise<void> {
    return new Promise((done) => {
      this.after(process, delayMs, done);
    });
  }

  /** Work of the real machine (real cryptography): virtual time stands still until it is done. */
  async outside<T>(work: () => Promise<T>): Promise<T> {
    const process = this.#current;
    this.#outside += 1;
    // What works outside finds the platform as it is.
    this.#current = null;
    try {
      return await work();
    } finally {
      this.#outside -= 1;
      this.#current = process;
    }
  }

  /** Runs until nothing is left, an instant has come, or `done` says so. Throws what `check` throws. */
  run(untilMs: number, done: () => boolean = () => false): Promise<void> {
    return new Promise((end, fail) => {
      const stop = () => {
        this.#current = null;
      };
      const step = (): void => {
        try {
          if (this.#outside > 0) {
            this.#current = null;
            immediate(step);
            return;
          }
          const next = this.#next(untilMs);
          if (next === null || done()) {
            stop();
            if (next !== null) this.#queue.push(next);
            end();
            return;
          }
          this.#nowMs = next.atMs;
          this.#current = next.process;
          this.events += 1;
          const { run } = next;
          next.run = null;
          run?.();
        } catch (error) {
          stop();
          fail(error);
          return;
        }
        // A tick that a microtask asks for comes when every other microtask has run.
        if (++this.#since < IN_A_ROW) microtask(() => nextTick(step));
        else {
          this.#since = 0;
          microtask(() =>
            nextTick(() => {
              const process = this.#current;
              this.#current = null;
              immediate(() => {
                this.#current = process;
                step();
              });
            }),
          );
        }
      };
      nextTick(step);
    });
  }

  #next(untilMs: number): Event | null {
    for (;;) {
      const event = this.#queue.peek();
      if (event === undefined || event.atMs > untilMs) {
        this.#nowMs = Math.max(this.#nowMs, Number.isFinite(untilMs) ? untilMs : 0);
        return null;
      }
      this.#queue.pop();
      if (event.run !== null && event.process.alive) return event;
    }
  }
}
