import { openReceipt } from '@munjigi/core/chain';
import { equalBytes } from '@munjigi/core/encoding';
import { spkiFromPoint } from '@munjigi/core/signing';
import { ApiError } from '@munjigi/service/contracts';
import { nodeCrypto } from '@munjigi/service/crypto';
import { DatabaseUnavailable } from '@munjigi/service/db';
import { STORY_MS, type TestGate, type TestRegister } from './register.ts';

/** What may be answered when the database is in trouble: 503, and the same is sent again. */
const TRY_AGAIN = new Set(['service.database-down', 'service.full']);
const crypto = nodeCrypto();

/** Gates that write entries and upload them through several nodes of one register, without a pause, and send again what was refused. */
export class Uploads {
  /** When each receipt came, and how far each gate is acknowledged. */
  readonly receiptsAt: number[] = [];
  readonly acknowledged: Map<TestGate, number>;
  /** How often each gate was told to try again. */
  readonly refused = new Map<TestGate, number>();
  /** What the databases said beneath those refusals. */
  readonly causes = new Map<string, number>();
  /** Anything else that came back; there must be nothing. */
  readonly surprises: string[] = [];
  readonly #nodes: readonly TestRegister[];

  constructor(nodes: readonly TestRegister[], gates: readonly TestGate[]) {
    this.#nodes = nodes;
    this.acknowledged = new Map(gates.map((gate) => [gate, 0]));
  }

  get gates(): readonly TestGate[] {
    return [...this.acknowledged.keys()];
  }

  refusals = (): number => [...this.refused.values()].reduce((sum, count) => sum + count, 0);

  /**
   * Uploads while the work goes on, and then until each gate holds a receipt for everything it wrote.
   * @returns the longest time in which no receipt came, in milliseconds
   */
  async during(work: () => Promise<void>): Promise<number> {
    const from = this.receiptsAt.push(performance.now()) - 1;
    const running: { state: 'writing' | 'finishing' | 'given-up' } = { state: 'writing' };
    const loops = this.gates.map((gate, i) => this.#upload(gate, i, running));
    try {
      await work();
    } catch (error) {
      running.state = 'given-up';
      throw error;
    }
    running.state = 'finishing';
    await Promise.all(loops);
    const times = this.receiptsAt.slice(from);
    return Math.max(...times.slice(1).map((at, i) => at - times[i]!));
  }

  async #upload(gate: TestGate, first: number, running: { readonly state: string }): Promise<void> {
    for (let attempt = first; ; attempt++) {
      const sure = this.acknowledged.get(gate)!;
      const all = gate.head.counter === sure;
      if (running.state === 'given-up' || (all && running.state === 'finishing')) return;
      // What was refused is sent again as it was, or, every other time, with what was written meanwhile.
      if (all || (running.state === 'writing' && attempt % 2 === 0))
        gate.append(1 + (attempt % 3), STORY_MS / 1000);
      const register = this.#nodes[attempt % this.#nodes.length]!;
      try {
        const { receipt } = await register.desk.ingest(await gate.batch(sure + 1));
        if (receipt === null) continue;
        await this.#believe(gate, register, receipt);
      } catch (error) {
        this.#hear(gate, error);
        await new Promise((again) => setTimeout(again, 100 + Math.random() * 200));
      }
    }
  }

  /** A receipt counts where the register signed it for this gate's own chain. */
  async #believe(gate: TestGate, register: TestRegister, signed: Uint8Array): Promise<void> {
    const spki = spkiFromPoint(register.signer.publicKey);
    const { head, venueId } = await openReceipt(signed, () => spki, crypto);
    if (venueId !== gate.venueId || !equalBytes(head.hash, gate.heads[head.counter]!.hash))
      this.surprises.push(`a receipt over another chain, at ${head.counter}`);
    this.acknowledged.set(gate, head.counter);
    this.receiptsAt.push(performance.now());
  }

  #hear(gate: TestGate, error: unknown): void {
    if (!(error instanceof ApiError) || !TRY_AGAIN.has(error.code)) {
      this.surprises.push(String(error));
      return;
    }
    this.refused.set(gate, (this.refused.get(gate) ?? 0) + 1);
    const cause = error.cause instanceof DatabaseUnavailable ? error.cause.code : error.code;
    this.causes.set(cause, (this.causes.get(cause) ?? 0) + 1);
  }
}
