import { ApiError, type WorkClass } from '../../contracts/index.ts';
import { Lately } from './lately.ts';
import { AdaptiveLimit } from './limit.ts';
import { FIRST, MOST_BYTES, SERVER, TERMS } from './terms.ts';

type Counted = Exclude<WorkClass, 'health'>;

/** Why a request was turned away. */
export type Refusal = 'queue' | 'wait' | 'bytes';

/** A request that was let in. `end` is called once, when its work is done. */
export interface Ticket {
  end(): void;
}

interface Waiting {
  readonly bytes: number;
  readonly timer: NodeJS.Timeout;
  readonly enter: () => void;
}

interface OneClass {
  readonly limit: AdaptiveLimit;
  running: number;
  readonly waiting: Waiting[];
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

/** Nobody is asked to come again sooner or later than this, in seconds. */
const SOONEST = 30;
const LATEST = 3_600;

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
        { limit: new AdaptiveLimit(TERMS[work]), running: 0, waiting: [], lately: new Lately(this.#nowMs) },
      ]),
    ) as unknown as Record<Counted, OneClass>;
  }

  /**
   * Lets a request in, at once or when there is room. Throws `service.full`.
   * @param bytes of its body, as it says itself
   * @param patienceMs how long its caller still waits for an answer, where it said so
   */
  enter(work: Counted, bytes = 0, patienceMs = Number.POSITIVE_INFINITY): Promise<Ticket> {
    const one = this.#classes[work];
    if (one.waiting.length === 0 && this.#hasRoom(work, bytes))
      return Promise.resolve(this.#begin(work, bytes));
    const { queue, waitMs } = TERMS[work];
    if (one.waiting.length >= queue) return Promise.reject(this.#refuse(work, 'queue'));
    return new Promise((done, fail) => {
      const waiting: Waiting = {
        bytes,
        timer: setTimeout(
          () => {
            one.waiting.splice(one.waiting.indexOf(waiting), 1);
            fail(this.#refuse(work, this.#bytes + bytes > MOST_BYTES ? 'bytes' : 'wait'));
          },
          Math.max(0, Math.min(waitMs, patienceMs)),
        ),
        enter: () => {
          clearTimeout(waiting.timer);
          done(this.#begin(work, bytes));
        },
      };
      one.waiting.push(waiting);
    });
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

  #hasRoom(work: Counted, bytes: number): boolean {
    const { limit, running } = this.#classes[work];
    if (this.#bytes > 0 && this.#bytes + bytes > MOST_BYTES) return false;
    // Half of its floor a class always has: what starves is not strangled.
    if (running < TERMS[work].floor / 2) return true;
    return running < limit.limit && this.#running < this.#server.limit * TERMS[work].share;
  }

  #begin(work: Counted, bytes: number): Ticket {
    const one = this.#classes[work];
    const startedMs = this.#nowMs();
    one.running += 1;
    this.#running += 1;
    this.#bytes += bytes;
    let ended = false;
    return {
      end: () => {
        if (ended) return;
        ended = true;
        const atMs = this.#nowMs();
        one.limit.ended(atMs - startedMs, atMs, one.running);
        this.#server.ended(atMs - startedMs, atMs, this.#running);
        one.running -= 1;
        this.#running -= 1;
        this.#bytes -= bytes;
        one.lately.done();
        this.#next();
      },
    };
  }

  /** Room came free: the first of the most urgent class that fits. */
  #next(): void {
    for (const work of FIRST) {
      const { waiting } = this.#classes[work];
      while (waiting.length > 0 && this.#hasRoom(work, waiting[0]!.bytes)) waiting.shift()!.enter();
    }
  }

  #refuse(work: Counted, why: Refusal): ApiError {
    const { lately } = this.#classes[work];
    lately.refused();
    this.parts.onRefused?.(work, why);
    const backlog = Math.max(lately.backlogSeconds(), this.parts.backlogSeconds?.(work) ?? 0);
    const random = this.parts.random ?? Math.random;
    const seconds = SOONEST + random() * Math.max(SOONEST, backlog);
    return new ApiError('service.full', { retryAfterSeconds: Math.min(LATEST, Math.ceil(seconds)) });
  }
}
