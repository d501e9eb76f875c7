import type { Kernel } from './kernel.ts';
import type { Process } from './process.ts';

/** What setTimeout answers in the virtual world: a timer of one process, that ends with it. */
export class VirtualTimer {
  #event: { run: (() => void) | null } | null = null;

  constructor(
    private readonly kernel: Kernel,
    private readonly process: Process,
    private readonly run: () => void,
    private readonly ms: number,
    again: boolean,
  ) {
    this.#set(again);
  }

  clear(): void {
    if (this.#event) this.#event.run = null;
    this.#event = null;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return false;
  }

  #set(again: boolean): void {
    this.#event = this.kernel.after(this.process, this.process.clocks.trueMs(this.ms), () => {
      if (again) this.#set(true);
      else this.#event = null;
      this.run();
    });
  }
}
