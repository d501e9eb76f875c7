import type { Random } from '../kernel/random.ts';
import type { Link } from '../network/link.ts';
import type { RegisterNode } from '../world/node.ts';
import type { World } from '../world/world.ts';

/** A visit as an old server writes it down. */
export interface OldRow {
  readonly guest: number;
  readonly writtenMs: number;
}

/** So long a device waits for an answer. */
const PATIENCE_MS = 10_000;
/** So long a node that does not answer its health check still gets requests. */
const LOOK_MS = 2_000;
const nothing = () => new Promise<null>(() => {});

/** The same cable, with draws of its own: whoever is looked at beside the product changes nothing for it. */
export function beside(link: Link, random: Random): Link {
  return Object.assign(Object.create(link), { random }) as Link;
}

/** The servers of one strategy: on the machines, the cables and the database of the world, with processors of their own. */
export class OldServers {
  readonly rows: OldRow[] = [];
  requests = 0;
  busiestSecond = 0;
  #second = 0;
  #inSecond = 0;
  #next = 0;
  #well: readonly RegisterNode[];
  readonly #freeAtMs = new Map<RegisterNode, number>();

  constructor(
    private readonly world: World,
    /** False: each node gets its turn, dead or not. */
    private readonly looks: boolean,
  ) {
    this.#well = world.nodes;
    if (looks) this.#look();
  }

  /** One request. True where it was done, false where a server refused, null where no answer came in time. */
  call(link: Link, ms: number, work: (write: (guest: number) => void) => void): Promise<boolean | null> {
    const { kernel, hand } = this.world;
    const late = kernel.pause(hand, PATIENCE_MS).then(() => null);
    return Promise.race([this.#call(link, ms, work), late]);
  }

  /** The database was put back to a moment: what was written since is gone. */
  cut(atMs: number): void {
    const kept = this.rows.filter(({ writtenMs }) => writtenMs < atMs);
    this.rows.splice(0, this.rows.length, ...kept);
  }

  async #call(
    link: Link,
    ms: number,
    work: (write: (guest: number) => void) => void,
  ): Promise<boolean | null> {
    const { kernel, hand, store } = this.world;
    this.#count();
    if (!link.up) return false;
    if (link.loses()) return nothing();
    await kernel.pause(hand, link.way());
    const node = this.#well[this.#next++ % Math.max(1, this.#well.length)];
    // A front door says so at once; without one the packet is gone.
    if (!node?.link.up) return this.looks ? false : nothing();
    if (!node.process) return false;
    const done = Math.max(this.#freeAtMs.get(node) ?? 0, kernel.nowMs) + ms;
    this.#freeAtMs.set(node, done);
    await kernel.pause(hand, done - kernel.nowMs);
    if (!node.process || !store.process) return false;
    if (!store.terms.standby) return nothing();
    work((guest) => this.rows.push({ guest, writtenMs: kernel.nowMs }));
    await kernel.pause(hand, store.terms.flushMs + store.terms.standbyMs);
    if (!link.up || link.halfOpen || link.loses()) return nothing();
    await kernel.pause(hand, link.way());
    return true;
  }

  #count(): void {
    const second = Math.floor(this.world.kernel.nowMs / 1000);
    this.#inSecond = second === this.#second ? this.#inSecond + 1 : 1;
    this.#second = second;
    this.requests += 1;
    this.busiestSecond = Math.max(this.busiestSecond, this.#inSecond);
  }

  #look(): void {
    const { kernel, hand, nodes } = this.world;
    this.#well = nodes.filter(({ ready }) => ready);
    kernel.after(hand, LOOK_MS, () => this.#look());
  }
}
