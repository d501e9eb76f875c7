import type { Random } from './random.ts';

/** How a process reads the time: a wall clock that may be wrong, and a monotonic one that counts from some start. */
export interface ProcessClocks {
  wallMs(): number;
  monotonicMs(): number;
  /** How long it truly is until so many milliseconds have gone by on the monotonic clock: its timers wait for that. */
  trueMs(ms: number): number;
}

/** Clocks of a machine whose time is true; its monotonic one counts from `bootMs`. */
export const exactClocks = (kernel: { readonly nowMs: number }, bootMs = 0): ProcessClocks => ({
  wallMs: () => kernel.nowMs,
  monotonicMs: () => kernel.nowMs - bootMs,
  trueMs: (ms) => ms,
});

/** What a process waits for outside of itself. */
export type Waits = 'network' | 'read' | 'write' | 'store';

/**
 * Something that lives by itself and can die at any moment: a tab, a node, a database. Whatever it had begun then never goes on:
 * its timers and the answers that it waits for are dropped.
 */
export class Process {
  alive = true;
  /** Dies at the so-many-th await of these kinds from now; null for never. */
  dies: { at: number; readonly kinds: readonly Waits[] } | null = null;
  /** Told when it dies in that way. */
  onDeath: (kind: Waits) => void = () => {};

  constructor(
    readonly name: string,
    readonly clocks: ProcessClocks,
    readonly random: Random,
    /** What this process finds where a page finds its platform: storage of its device. */
    readonly platform: Readonly<{ indexedDB?: unknown; fetch?: typeof fetch }> = {},
  ) {}

  /** Called wherever the process waits for something outside. False where it died at this place. */
  asks(kind: Waits): boolean {
    if (!this.alive) return false;
    if (this.dies === null || !this.dies.kinds.includes(kind) || --this.dies.at > 0) return true;
    this.dies = null;
    this.onDeath(kind);
    return this.alive;
  }
}
