import { ApiError, type WorkClass } from '../../contracts/index.ts';
import { comeAgainSeconds } from '../../lib/come-again.ts';
import { Lately } from './lately.ts';
import { AdaptiveLimit } from './limit.ts';
import { FIRST, MOST_BYTES, SERVER, TERMS } from './terms.ts';

type Counted = Exclude<WorkClass, 'health'>;

/** Why a request was turned away. */
export type Refusal = 'queue' | 'wait' | 'bytes';

/** A request that was let in. `end` is called once, when its work is done. */
export interface Ticket {
  readonly ended: boolean;
  end(): void;
}

/** Bytes that a request holds here. */
export interface Held {
  /** More of them came. Throws `service.full`. */
  more(bytes: number): void;
  release(): void;
}

interface Waiting {
  readonly timer: NodeJS.Timeout;
  readonly enter: () => void;
}

interface OneClass {
  readonly limit: AdaptiveLimit;
  running: number;
  readonly waiting: Waiting[];
  /** When nobody waited last; milliseconds. */
  emptyAt: number;
  readonly lately: Lately;
}

export interface AdmissionParts {
  /** Milliseconds of a monotonic clock. */
  readonly nowMs?: () => number;
  readonly random?: () => number;
  /** Seconds that the backlog of a class needs, where somebody knows better than what was turned away here. */
  readonly backlogSeconds?: (work: Counted) => number;
  readonly onRefused?: (work: Counted, why: Refusal) => void;
}

/**
 * A queue that nobody has seen empty for so many of its waits stands: who waits in it longer gets an answer no sooner, and everybody a
 * later one. A slow machine where a few come at once empties it before.
 */
const STANDING_WAITS = 2.5;
const STANDING_PART = 0.3;

/**
 * Who may work here now. A class waits for room in its own limit and in its share of the server's; whoever finds the queue full, or
 * waits too long, is turned away with an instant to come again, spread over the time that the backlog needs. Nothing was begun then.
 */
export class Admission {
  readonly #server = new AdaptiveLimit(SERVER);
  readonly #classes: Readonly<Record<Counted, OneClass>>;
  readonly #nowMs: () => number;
  #running = 0;
  #bytes = 0;

  constructor(private readonly parts: AdmissionParts = {}) {
    this.#nowMs = parts.nowMs ?? (() => performance.now());
    this.#classes = Object.fromEntries(
      FIRST.map((work) => [
        work,
        {
          limit: new AdaptiveLimit(TERMS[work]),
          running: 0,
          waiting: [],
          emptyAt: this.#nowMs(),
          lately: new Lately(this.#nowMs),
        },
      ]),
    ) as unknown as Record<Counted, OneClass>;
  }

  /**
   * Keeps room for what a request carries. Throws `service.full`, also where it would find the queue full: then it is not read.
   * @param bytes of its body, as it says itself
   */
  hold(work: Counted, bytes: number): Held {
    if (this.isFull(work)) throw this.refuse(work, 'queue');
    let held = 0;
    const more = (count: number): void => {
      // One that is larger than everything is let in where it is alone.
      if (this.#bytes > held && this.#bytes + count > MOST_BYTES) throw this.refuse(work, 'bytes');
      held += count;
      this.#bytes += count;
    };
    more(bytes);
    return {
      more,
      release: () => {
        this.#bytes -= held;
        held = 0;
      },
    };
  }

  /**
   * Lets a request in, at once or when there is room. Throws `service.full`.
   * @param patienceMs how long its caller still waits for an answer, where it said so
   */
  enter(work: Counted, patienceMs = Number.POSITIVE_INFINITY): Promise<Ticket> {
    const one = this.#classes[work];
    if (one.waiting.length === 0) {
      one.emptyAt = this.#nowMs();
      if (this.#hasRoom(work)) return Promise.resolve(this.#begin(work));
    }
    if (this.isFull(work)) return Promise.reject(this.refuse(work, 'queue'));
    return new Promise((done, fail) => {
      const waiting: Waiting = {
        timer: setTimeout(
          () => {
            one.waiting.splice(one.waiting.indexOf(waiting), 1);
            fail(this.refuse(work, 'wait'));
          },
          Math.max(0, Math.min(this.#waitMs(work), patienceMs)),
        ),
        enter: () => {
          clearTimeout(waiting.timer);
          done(this.#begin(work));
        },
      };
      one.waiting.push(waiting);
    });
  }

  /** True where whoever comes now finds the queue full. */
  isFull(work: Counted): boolean {
    const { waiting, lately } = this.#classes[work];
    const { queue, floor } = TERMS[work];
    // Into a queue that stands as many are taken as are served while one waits: the others hear at once what they would hear later.
    if (waiting.length >= floor && this.#stands(work))
      return waiting.length >= Math.min(queue, (lately.perSecond() * this.#waitMs(work)) / 1000);
    return waiting.length >= queue;
  }

  /** What whoever is turned away is told; it is counted. */
  refuse(work: Counted, why: Refusal): ApiError {
    const { lately } = this.#classes[work];
    lately.refused();
    this.parts.onRefused?.(work, why);
    const backlog = Math.max(lately.backlogSeconds(), this.parts.backlogSeconds?.(work) ?? 0);
    const random = this.parts.random ?? Math.random;
    const { stackTraceLimit } = Error;
    // Nobody reads where this came from, and writing it down is a good part of what a refusal costs.
    Error.stackTraceLimit = 0;
    const error = new ApiError('service.full', { retryAfterSeconds: comeAgainSeconds(random(), backlog) });
    Error.stackTraceLimit = stackTraceLimit;
    return error;
  }

  /** How a class stands. */
  stateOf(work: Counted): { readonly limit: number; readonly running: number; readonly waiting: number } {
    const { limit, running, waiting } = this.#classes[work];
    return { limit: limit.limit, running, waiting: waiting.length };
  }

  /** 0 to 1: of those who came lately, how many were let in. */
  get accepted(): number {
    let [done, refused] = [0, 0];
    for (const work of FIRST) {
      const lately = this.#classes[work].lately.counts();
      done += lately.done;
      refused += lately.refused;
    }
    return done + refused === 0 ? 1 : done / (done + refused);
  }

  #hasRoom(work: Counted): boolean {
    const { limit, running } = this.#classes[work];
    // Half of its floor a class always has: what starves is not strangled.
    if (running < TERMS[work].floor / 2) return true;
    return running < limit.limit && this.#running < this.#server.limit * TERMS[work].share;
  }

  #stands(work: Counted): boolean {
    const { waiting, emptyAt } = this.#classes[work];
    return waiting.length > 0 && this.#nowMs() - emptyAt > STANDING_WAITS * TERMS[work].waitMs;
  }

  #waitMs(work: Counted): number {
    return TERMS[work].waitMs * (this.#stands(work) ? STANDING_PART : 1);
  }

  #begin(work: Counted): Ticket {
    const one = this.#classes[work];
    const startedMs = this.#nowMs();
    one.running += 1;
    this.#running += 1;
    let ended = false;
    return {
      get ended() {
        return ended;
      },
      end: () => {
        if (ended) return;
        ended = true;
        const atMs = this.#nowMs();
        one.limit.ended(atMs - startedMs, atMs, one.running);
        this.#server.ended(atMs - startedMs, atMs, this.#running);
        one.running -= 1;
        this.#running -= 1;
        one.lately.done();
        this.#next();
      },
    };
  }

  /** Room came free: the first of the most urgent class that fits. */
  #next(): void {
    for (const work of FIRST) {
      const { waiting } = this.#classes[work];
      while (waiting.length > 0 && this.#hasRoom(work)) waiting.shift()!.enter();
    }
  }
}
