import type { Random } from '../kernel/random.ts';

/** How one machine hangs on the network. */
export class Link {
  /** False: a cable is pulled; every request fails at once. */
  up = true;
  /** What is sent arrives, what is answered does not. */
  halfOpen = false;
  /** Milliseconds of one way, on average. */
  latencyMs = 20;
  /** Share of packets that never arrive. */
  loss = 0;
  /** Share of requests that arrive twice, the second one later. */
  doubled = 0;

  constructor(private readonly random: Random) {}

  /** A way of its own for each packet: they overtake each other. */
  way(): number {
    return this.latencyMs * (0.5 + this.random.around(0.5));
  }

  loses(): boolean {
    return this.loss > 0 && this.random.chance(this.loss);
  }

  doubles(): boolean {
    return this.doubled > 0 && this.random.chance(this.doubled);
  }

  heal(): void {
    this.up = true;
    this.halfOpen = false;
    this.latencyMs = 20;
    this.loss = 0;
    this.doubled = 0;
  }
}
