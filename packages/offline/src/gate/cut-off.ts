import type { Unreachable } from '@munjigi/core/statement';

/** Mirrors are asked all the time: one answer that did not come is no sign of anything. */
const TRIES: Readonly<Record<Unreachable, number>> = { mirrors: 2, register: 1 };

interface Silence {
  readonly since: number;
  readonly tries: number;
}

/**
 * Knows by itself whether a device reaches nobody: neither the register nor any mirror. With mirrors asked every twenty seconds
 * that is known within two minutes, and nobody has to tell it.
 */
export class CutOff {
  readonly #silent = new Map<Unreachable, Silence>();

  /** Whether something answered when it was last asked, at an instant in seconds. */
  asked(what: Unreachable, answered: boolean, at: number): void {
    if (answered) {
      this.#silent.delete(what);
      return;
    }
    const known = this.#silent.get(what);
    this.#silent.set(what, { since: known?.since ?? at, tries: (known?.tries ?? 0) + 1 });
  }

  /** Since when nobody was reached, in seconds; null while somebody is, or while that is not sure. */
  get since(): number | null {
    const [register, mirrors] = [this.#sure('register'), this.#sure('mirrors')];
    return register === null || mirrors === null ? null : Math.max(register, mirrors);
  }

  #sure(what: Unreachable): number | null {
    const silence = this.#silent.get(what);
    return silence && silence.tries >= TRIES[what] ? silence.since : null;
  }
}
