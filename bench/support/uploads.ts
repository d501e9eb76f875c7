import { batchToJson } from '@munjigi/core/chain';
import type { RegisterDesk } from '@munjigi/service/register';
import { quantile } from './figures.ts';
import { enrolGates, type Gate } from './gates.ts';
import { postBytes, Wire } from './wire.ts';

/** What came of the uploads of one stretch of time. */
export interface Stretch {
  /** Uploads that were due, accepted, told to come again, and anything else. */
  readonly due: number;
  readonly accepted: number;
  readonly full: number;
  readonly other: number;
  /** Accepted uploads a second. */
  readonly goodput: number;
  /** Of the accepted ones, from the instant at which they were due. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How much later than due the generator sent; the 99th of a hundred. */
  readonly lateMs: number;
  /** Smallest and largest `Retry-After` of the full ones, in seconds. */
  readonly retryAfter: readonly [number, number];
}

interface Sender {
  readonly gate: Gate;
  readonly network: string;
  readonly ready: Buffer[];
}

/** Sends what gates send: signed batches, each gate one at a time and in its order; what is refused is sent again, later. */
export class Uploads {
  readonly #senders: Sender[];
  readonly #wire: Wire;
  #free: Sender[];
  /** Entries that the service said are stored. */
  acknowledged = 0;

  private constructor(
    gates: readonly Gate[],
    port: number,
    private readonly size: number,
  ) {
    this.#wire = new Wire(port);
    // Each from a network of its own: a country's gates, not one flood.
    this.#senders = gates.map((gate, i) => ({
      gate,
      network: `10.${(i >> 8) & 255}.${i & 255}.1`,
      ready: [],
    }));
    this.#free = [...this.#senders];
  }

  /** @param size entries of a batch */
  static async of(desk: RegisterDesk, gates: number, port: number, size: number): Promise<Uploads> {
    const parts = Array.from({ length: 8 }, (_, i) => Math.floor((gates + i) / 8));
    const enrolled = await Promise.all(parts.map((count) => enrolGates(desk, count)));
    return new Uploads(enrolled.flat(), port, size);
  }

  /** Signs ahead, so that a stretch costs this process little: so many batches that wait at every gate. */
  async prepare(each: number): Promise<void> {
    for (const { gate, network, ready } of this.#senders) {
      const batches = await gate.batches(Math.max(0, each - ready.length), this.size);
      for (const batch of batches)
        ready.push(postBytes('/api/register/batches', JSON.stringify(batchToJson(batch)), network));
    }
  }

  get gates(): number {
    return this.#senders.length;
  }

  get connections(): number {
    return this.#wire.connections;
  }

  /** So many gates that each send the next batch when the last is answered: what can be done at most. */
  async closed(gates: number, seconds: number): Promise<Stretch> {
    const end = performance.now() + seconds * 1000;
    const noted = new Noted();
    await Promise.all(
      Array.from({ length: gates }, async () => {
        while (performance.now() < end) await this.#one(noted, performance.now());
      }),
    );
    return noted.stretch(seconds);
  }

  /** Uploads come at random instants, whatever became of those before: nobody's answer is waited for. */
  async open(perSecond: number, seconds: number, random: () => number = Math.random): Promise<Stretch> {
    const noted = new Noted();
    const under: Promise<void>[] = [];
    const begun = performance.now();
    for (let due = 0; ; ) {
      due += (-Math.log(1 - random()) / perSecond) * 1000;
      if (due > seconds * 1000) break;
      const wait = begun + due - performance.now();
      if (wait > 0) await new Promise((go) => setTimeout(go, wait));
      under.push(this.#one(noted, begun + due));
    }
    await Promise.all(under);
    return noted.stretch(seconds);
  }

  close(): void {
    this.#wire.close();
  }

  async #one(noted: Noted, dueMs: number): Promise<void> {
    noted.due += 1;
    noted.lateMs.push(performance.now() - dueMs);
    const sender = this.#free.shift();
    if (!sender || sender.ready.length === 0)
      throw new Error('No gate is free to send: the bench needs more gates, or more batches of each.');
    try {
      const answer = await this.#wire.send(sender.ready[0]!);
      if (answer.status === 200) {
        sender.ready.shift();
        this.acknowledged += this.size;
        noted.tookMs.push(performance.now() - dueMs);
      } else if (answer.status === 503 && answer.body.includes('service.full')) {
        noted.after.push(answer.retryAfterSeconds ?? 0);
      } else noted.another(answer.body);
    } catch (error) {
      noted.another((error as Error).message);
    } finally {
      this.#free.push(sender);
    }
  }
}

class Noted {
  due = 0;
  readonly tookMs: number[] = [];
  readonly lateMs: number[] = [];
  readonly after: number[] = [];
  readonly other = new Map<string, number>();

  another(what: string): void {
    this.other.set(what, (this.other.get(what) ?? 0) + 1);
  }

  stretch(seconds: number): Stretch {
    const { tookMs, lateMs, after, other } = this;
    if (other.size > 0) process.stderr.write(`bench: other answers: ${JSON.stringify([...other])}\n`);
    return {
      due: this.due,
      accepted: tookMs.length,
      full: after.length,
      other: [...other.values()].reduce((sum, count) => sum + count, 0),
      goodput: tookMs.length / seconds,
      p50Ms: tookMs.length === 0 ? 0 : quantile(tookMs, 0.5),
      p99Ms: tookMs.length === 0 ? 0 : quantile(tookMs, 0.99),
      lateMs: quantile(lateMs, 0.99),
      retryAfter: after.length === 0 ? [0, 0] : [quantile(after, 0), quantile(after, 1)],
    };
  }
}
