import { concatBytes, sha256, toHex, utf8Encode } from '@munjigi/core/encoding';
import { randomShare } from '../storage/random.ts';
import { ServerError } from './server.ts';

/** A door that failed is passed over for so long at first, doubled with each probe that fails. */
const CLOSED_MS = 30_000;
const CLOSED_LONGEST_MS = 300_000;

/** What a failed call says of the door: it is the answer, the door is at fault, or this door alone has nothing. */
export type Fault = 'answer' | 'door' | 'elsewhere';

interface Closed {
  readonly failures: number;
  readonly untilMs: number;
  /** A probe is on its way: nobody else goes there. */
  readonly probing: boolean;
}

/** The order in which one device tries addresses (rendezvous hashing): devices spread evenly, and each stays where it is. */
export function orderOf(self: Uint8Array, addresses: readonly string[]): string[] {
  return [...new Set(addresses)]
    .map((address) => ({ address, score: toHex(sha256(concatBytes(self, utf8Encode(address)))) }))
    .sort((a, b) => (a.score < b.score ? -1 : 1))
    .map(({ address }) => address);
}

/**
 * What a server's error says of the door that it came through. What the desk itself says is an answer, also that it is full or that
 * its database is away: every door leads to the same desk.
 */
export function faultOf(error: unknown): Fault {
  if (!(error instanceof ServerError)) return 'answer';
  const { status, code } = error;
  if (status === 503)
    return ['unknown', 'service.draining', 'service.pool-broken'].includes(code) ? 'door' : 'answer';
  return [0, 500, 502, 504].includes(status) ? 'door' : 'answer';
}

/** Doors to one service, or mirrors, as one device uses them: in an order of its own, with a breaker for each. */
export class Doors {
  readonly #closed = new Map<string, Closed>();

  constructor(
    private readonly self: Uint8Array,
    private readonly nowMs: () => number = () => performance.now(),
    private readonly random: () => number = randomShare,
  ) {}

  /**
   * Calls at the first door that is thought to work. A door that was closed is probed by one call at a time.
   * @param again true where the call may be made twice (it is idempotent): then the next door is tried where one failed. A call
   *   that may not is made once, for its answer may be lost and its work done.
   */
  async ask<T>(
    addresses: readonly string[],
    call: (door: string) => Promise<T>,
    again: boolean,
    judge: (error: unknown) => Fault = faultOf,
  ): Promise<T> {
    const order = orderOf(this.self, addresses);
    const tried = new Set<string>();
    let last: unknown = new ServerError(0, 'network', null);
    for (;;) {
      const door = this.#next(order, tried);
      if (door === undefined) throw last;
      tried.add(door);
      this.#probe(door);
      try {
        const answer = await call(door.replace(/\/$/, ''));
        this.#closed.delete(door);
        return answer;
      } catch (error) {
        const fault = judge(error);
        if (fault === 'door') this.#close(door);
        else this.#closed.delete(door);
        if (fault === 'answer' || !again) throw error;
        last = error;
      }
    }
  }

  /** The first in order that works or is due for a probe; where all are closed, and none was tried yet, the one that opens next. */
  #next(order: readonly string[], tried: ReadonlySet<string>): string | undefined {
    const left = order.filter((door) => !tried.has(door));
    const now = this.nowMs();
    const open = left.find((door) => {
      const closed = this.#closed.get(door);
      return !closed || (!closed.probing && closed.untilMs <= now);
    });
    if (open !== undefined || tried.size > 0) return open;
    const untilOf = (door: string) => this.#closed.get(door)!.untilMs;
    return [...left].sort((a, b) => untilOf(a) - untilOf(b))[0];
  }

  #probe(door: string): void {
    const closed = this.#closed.get(door);
    if (closed) this.#closed.set(door, { ...closed, probing: true });
  }

  /** Closed for a time of this device's own, so that a door which comes back is not probed by all at once. */
  #close(door: string): void {
    const failures = (this.#closed.get(door)?.failures ?? 0) + 1;
    const longest = Math.min(CLOSED_LONGEST_MS, CLOSED_MS * 2 ** (failures - 1));
    const untilMs = this.nowMs() + longest * (0.5 + this.random());
    this.#closed.set(door, { failures, untilMs, probing: false });
  }
}
