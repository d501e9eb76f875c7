import type { Kernel } from '../kernel/kernel.ts';
import type { Process } from '../kernel/process.ts';

interface Request {
  readonly process: Process;
  readonly callback: () => Promise<void>;
  readonly end: (error?: unknown) => void;
}

/** Web Locks of one device: one holder for a name, the others wait, and whoever steals ends the holder's. */
export class DeviceLocks {
  readonly #held = new Map<string, Request>();
  readonly #waiting = new Map<string, Request[]>();

  constructor(private readonly kernel: Kernel) {}

  /** A LockManager for the pages of one process. */
  managerFor(process: Process): LockManager {
    const request = (name: string, options: LockOptions, callback: () => Promise<void>) =>
      new Promise<void>((done, fail) => {
        const one: Request = {
          process,
          callback,
          end: (error) => (error === undefined ? done() : fail(error)),
        };
        const stolen = options.steal ? this.#held.get(name) : undefined;
        if (stolen) {
          const taken = new DOMException('The lock was taken.', 'AbortError');
          this.kernel.after(stolen.process, 0, () => stolen.end(taken));
          this.#held.delete(name);
        }
        const waiting = this.#waiting.get(name) ?? [];
        if (options.steal) waiting.unshift(one);
        else waiting.push(one);
        this.#waiting.set(name, waiting);
        options.signal?.addEventListener('abort', () => {
          const at = waiting.indexOf(one);
          if (at < 0) return;
          waiting.splice(at, 1);
          one.end(options.signal!.reason);
        });
        this.#grant(name);
      });
    return { request } as unknown as LockManager;
  }

  /** A tab is gone with its locks. */
  abandon(process: Process): void {
    for (const [name, waiting] of this.#waiting)
      this.#waiting.set(
        name,
        waiting.filter((one) => one.process !== process),
      );
    for (const [name, holder] of [...this.#held])
      if (holder.process === process) {
        this.#held.delete(name);
        this.#grant(name);
      }
  }

  #grant(name: string): void {
    const next = this.#held.has(name) ? undefined : this.#waiting.get(name)?.shift();
    if (next === undefined) return;
    this.#held.set(name, next);
    this.kernel.after(next.process, 0, () => {
      const end = (error?: unknown) => {
        if (this.#held.get(name) === next) {
          this.#held.delete(name);
          this.#grant(name);
        }
        next.end(error);
      };
      next.callback().then(() => end(), end);
    });
  }
}
