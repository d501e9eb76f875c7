import { batchToJson } from '@munjigi/core/chain';
import { toBase64url, utf8Encode } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { compressPoint } from '@munjigi/core/signing';
import { quantile } from './figures.ts';
import { Gate } from './gates.ts';
import { postBytes, Wire } from './wire.ts';

/** What came of the uploads of one stretch of time. */
export interface Stretch {
  /** Uploads that were due, accepted, told to come again, and anything else. */
  readonly due: number;
  readonly accepted: number;
  readonly full: number;
  readonly other: number;
  /** Due while no gate was free, and so not sent: there are too few gates for the rate. */
  readonly notSent: number;
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

/** A node, and the token that operators send to it. */
export interface Door {
  readonly port: number;
  readonly token: string;
}

/** What every venue of a bench is called. */
export const VENUE_NAME = 'Bench Cafe 77';
const AT_ONCE = 8;
const PAUSE_MS = 50;

/** Sends what gates send: signed batches, each gate one at a time and in its order; what is refused is sent again, later. */
export class Uploads {
  readonly #wire: Wire;
  readonly #free: Sender[];
  /** Entries that the service said are stored. */
  acknowledged = 0;

  private constructor(
    readonly senders: readonly Sender[],
    port: number,
    private readonly size: number,
  ) {
    this.#wire = new Wire(port);
    this.#free = [...senders];
  }

  /**
   * Enrols gates, each at a venue of its own, and each in a network of its own: a country's gates, not one flood.
   * @param size entries of a batch
   * @param port where they send to, where it is not the node itself
   */
  static async of(node: Door, gates: number, size: number, port = node.port): Promise<Uploads> {
    const wire = new Wire(node.port);
    const senders: Sender[] = [];
    let next = 0;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let i = next++; i < gates; i = next++) {
          const network = `10.${(i >> 8) & 255}.${i & 255}.1`;
          senders.push({ gate: await enrol(wire, node.token, network), network, ready: [] });
        }
      }),
    );
    wire.close();
    return new Uploads(senders, port, size);
  }

  /** Signs ahead, so that a stretch costs this process little: so many batches that wait at every gate. */
  async prepare(each: number): Promise<void> {
    for (const sender of this.senders) await this.#sign(sender, each - sender.ready.length);
  }

  /** So many gates that each send the next batch when the last is answered: what can be done at most. */
  async closed(gates: number, seconds: number): Promise<Stretch> {
    const end = performance.now() + seconds * 1000;
    const noted = new Noted();
    await Promise.all(
      Array.from({ length: gates }, async () => {
        while (performance.now() < end) {
          const before = noted.after.length;
          await this.#one(noted, performance.now());
          // Who is refused and comes again at once measures refusals.
          if (noted.after.length > before) await new Promise((go) => setTimeout(go, PAUSE_MS));
        }
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

  async #sign({ gate, network, ready }: Sender, count: number): Promise<void> {
    for (const batch of await gate.batches(Math.max(0, count), this.size))
      ready.push(postBytes('/api/register/batches', JSON.stringify(batchToJson(batch)), network));
  }

  async #one(noted: Noted, dueMs: number): Promise<void> {
    noted.due += 1;
    noted.lateMs.push(performance.now() - dueMs);
    const sender = this.#free.shift();
    if (!sender) {
      noted.notSent += 1;
      return;
    }
    if (sender.ready.length === 0) await this.#sign(sender, 1);
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

async function enrol(wire: Wire, token: string, network: string): Promise<Gate> {
  const ask = async (path: string, body: object, headers = '') => {
    const answer = await wire.send(postBytes(path, JSON.stringify(body), network, headers));
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body);
  };
  const venue = { name: VENUE_NAME, kind: 'restaurant', region: 'seoul' };
  const { venueId, enrolmentCode } = await ask(
    '/api/register/venues',
    venue,
    `authorization: Bearer ${token}\r\n`,
  );
  const gate = new Gate(venueId);
  const gateKey = compressPoint(gate.signer.publicKey);
  const proof = await gate.signer.sign(possessionBytes(utf8Encode(enrolmentCode), gateKey));
  await ask('/api/register/gates', {
    venueId,
    enrolmentCode,
    gateKey: toBase64url(gateKey),
    name: 'bench',
    proof: toBase64url(proof),
  });
  return gate;
}

class Noted {
  due = 0;
  notSent = 0;
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
      notSent: this.notSent,
      other: [...other.values()].reduce((sum, count) => sum + count, 0),
      goodput: tookMs.length / seconds,
      p50Ms: tookMs.length === 0 ? 0 : quantile(tookMs, 0.5),
      p99Ms: tookMs.length === 0 ? 0 : quantile(tookMs, 0.99),
      lateMs: quantile(lateMs, 0.99),
      retryAfter: after.length === 0 ? [0, 0] : [quantile(after, 0), quantile(after, 1)],
    };
  }
}
