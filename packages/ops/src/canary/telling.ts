import { toBase64url } from '@munjigi/core/encoding';
import { type Observation, signObservation } from '@munjigi/core/incident';
import type { Signer } from '@munjigi/core/signing';
import { callDesk, type Reach } from './call.ts';
import type { CanaryMetrics } from './metrics.ts';
import { Trouble } from './seen.ts';

/**
 * Tells one authority what every round came to, signed. While one is on its way the newest waits behind it and no other: rounds are not
 * held up by an authority that is away, and what is old says nothing of now.
 */
export class Telling {
  #next: Observation | null = null;
  #running: Promise<void> | null = null;

  constructor(
    /** Of the authority, such as https://authority.example. */
    private readonly address: string,
    private readonly signer: Signer,
    private readonly reach: Reach,
    private readonly metrics: Pick<CanaryMetrics, 'told'> | null,
  ) {}

  /** Resolves when nothing waits any more. */
  tell(observation: Observation): Promise<void> {
    this.#next = observation;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    while (this.#next) {
      const observation = this.#next;
      this.#next = null;
      const taken = await this.#isTaken(observation);
      this.metrics?.told(taken);
    }
  }

  async #isTaken(observation: Observation): Promise<boolean> {
    try {
      const signed = toBase64url(await signObservation(observation, this.signer));
      await callDesk(`${this.address}/api/authority/observations`, { observation: signed }, this.reach);
      return true;
    } catch (error) {
      if (error instanceof Trouble) return false;
      throw error;
    }
  }
}
