import { createHmac } from 'node:crypto';
import { pause } from '../pause.ts';
import type { LadderTerms, WayEntry } from './terms.ts';

/** Between two tries of one delivery, in seconds: doubled each time up to the longest, half of it drawn by chance. */
const FIRST_SECONDS = 0.5;
const LONGEST_SECONDS = 15;
const PATIENCE_MS = 5_000;

interface Call {
  readonly callId: string;
  readonly callerNumber: string;
  readonly at: number;
  readonly savedAt: number;
  answered: boolean;
}

/** A telephone provider: it keeps each call and tells of it again and again until it is answered. */
export class TelephoneProvider {
  readonly #calls: Call[] = [];
  readonly #under = new Set<Promise<void>>();
  #closed = false;

  constructor(
    private readonly terms: Pick<LadderTerms, 'calls' | 'register'>,
    private readonly random: () => number,
    private readonly now: () => number,
  ) {}

  /** Somebody calls the venue's number now. */
  call(): void {
    const call: Call = {
      callId: `drill-${this.#calls.length + 1}`,
      callerNumber: `010${String(Math.floor(this.random() * 1e8)).padStart(8, '0')}`,
      at: Math.floor(this.now()),
      savedAt: Date.now(),
      answered: false,
    };
    this.#calls.push(call);
    this.#deliver(call);
  }

  /** Tells of every call once more, as a provider does when it is asked to. */
  tellAgain(): void {
    for (const call of this.#calls) if (call.answered) this.#deliver(call);
  }

  /** Resolves when every call is answered. */
  async told(): Promise<void> {
    while (this.#under.size > 0) await Promise.all(this.#under);
  }

  close(): void {
    this.#closed = true;
  }

  entries(): readonly WayEntry[] {
    return this.#calls.map(({ at, savedAt, answered }) => ({ enteredAt: at, savedAt, answered }));
  }

  #deliver(call: Call): void {
    const work = this.#until(call).finally(() => this.#under.delete(work));
    this.#under.add(work);
  }

  async #until(call: Call): Promise<void> {
    for (let wait = FIRST_SECONDS; !this.#closed; wait = Math.min(LONGEST_SECONDS, wait * 2)) {
      if (await this.#tell(call).catch(() => false)) {
        call.answered = true;
        return;
      }
      await pause(wait * (0.5 + this.random() / 2));
    }
  }

  async #tell({ callId, callerNumber, at }: Call): Promise<boolean> {
    const { calls, register } = this.terms;
    const body = JSON.stringify({ callId, calledNumber: calls.number, callerNumber, at });
    const timestamp = String(Math.floor(this.now()));
    const answer = await fetch(`${register}/calls/${calls.provider}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-timestamp': timestamp,
        'webhook-signature': createHmac('sha256', calls.secret)
          .update(`${timestamp}.${body}`)
          .digest('base64'),
      },
      body,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await answer.arrayBuffer();
    return answer.ok;
  }
}
