import type { Head } from '@munjigi/core/chain';
import { sameHead } from './outbox.ts';
import type { KeptEntry, KeptReceipt, OutboxStore } from './types.ts';

/** An outbox store that forgets everything with the process: for simulations and tests of what stands above it. */
export class MemoryOutboxStore implements OutboxStore {
  readonly entries = new Map<number, KeptEntry>();
  readonly receipts = new Map<number, KeptReceipt>();
  #head: Head | null = null;

  async head(): Promise<Head | null> {
    return this.#head;
  }

  async append(kept: KeptEntry, expected: Head): Promise<'saved' | 'lost-race'> {
    if (this.#head ? !sameHead(this.#head, expected) : expected.counter !== 0) return 'lost-race';
    this.entries.set(kept.counter, kept);
    this.#head = { counter: kept.counter, hash: kept.hash };
    return 'saved';
  }

  async entriesFrom(counter: number, limit: number): Promise<readonly KeptEntry[]> {
    return [...this.entries.values()].filter((e) => e.counter >= counter).slice(0, limit);
  }

  async newestReceipt(): Promise<KeptReceipt | null> {
    return [...this.receipts.values()].sort((a, b) => b.counter - a.counter)[0] ?? null;
  }

  async saveReceipt(receipt: KeptReceipt): Promise<void> {
    this.receipts.set(receipt.counter, receipt);
  }

  async forget(upTo: number, before: number): Promise<number> {
    const old = [...this.entries.values()].filter((e) => e.counter <= upTo && e.entry.enteredAt < before);
    for (const { counter } of old) this.entries.delete(counter);
    return old.length;
  }
}
