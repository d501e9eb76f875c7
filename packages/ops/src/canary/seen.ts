import { isMunjigiError } from '@munjigi/core/errors';
import type { Seen, Side, State, Step } from '@munjigi/core/incident';

/**
 * What a canary looks at: who issues passes, where people sign in for their first one, who takes entries, what a gate decides from,
 * and whether it can decide.
 */
export type Component = 'issuers' | 'sign-in' | 'register' | 'documents' | 'judging';

/** A step that did not do what it must. `code` is a code of ours, `network`, `timeout`, or an HTTP status. */
export class Trouble extends Error {
  override readonly name = 'Trouble';

  constructor(
    readonly code: string,
    readonly state: Exclude<State, 'works'> = 'down',
  ) {
    super(`It did not work: ${code}.`);
  }
}

/** A step and how long it took. */
export interface Timed {
  readonly step: Step;
  readonly ms: number;
}

/** One component's way through one door: its steps in order, each timed, up to the first that breaks. */
export class Way {
  readonly steps: Timed[] = [];
  trouble: (Timed & Pick<Trouble, 'code' | 'state'>) | null = null;

  constructor(
    readonly component: Component,
    readonly door: string,
    readonly side: Side = 'outside',
  ) {}

  /**
   * Does one step. Throws `Trouble` where the other side is at fault; what a fault of the canary itself throws stays what it is,
   * and is no word about the component.
   */
  async step<T>(step: Step, work: () => T | Promise<T>): Promise<T> {
    const began = performance.now();
    const taken = (): Timed => ({ step, ms: Math.round(performance.now() - began) });
    try {
      const done = await work();
      this.steps.push(taken());
      return done;
    } catch (error) {
      const trouble = isMunjigiError(error) ? new Trouble(error.code) : error;
      if (!(trouble instanceof Trouble)) throw error;
      this.trouble = { ...taken(), code: trouble.code, state: trouble.state };
      this.steps.push(this.trouble);
      throw trouble;
    }
  }

  /** What is reported of it; null where no step was reached. */
  seen(slowMs: number): Seen | null {
    const last = this.steps.at(-1);
    if (!last) return null;
    const { component, door, side, trouble } = this;
    const late = this.steps.find(({ ms }) => ms > slowMs);
    const ms = this.steps.reduce((sum, step) => sum + step.ms, 0);
    const at = trouble ?? late ?? last;
    return { component, door, side, state: trouble?.state ?? (late ? 'slow' : 'works'), step: at.step, ms };
  }
}
