import { type Entry, entryHash, genesis, type Head } from '@munjigi/core/chain';
import { equalBytes } from '@munjigi/core/encoding';
import type { KeptEntry, OutboxStore, SeenMark } from './types.ts';

/** What came of writing an entry down. `not-saved` is said aloud, never hidden: the entry is then held in memory only. */
export type Appended =
  | { readonly state: 'saved'; readonly kept: KeptEntry }
  | { readonly state: 'not-saved'; readonly full: boolean; readonly cause: unknown };

/** What the maker of an entry is told: its place in the chain. */
export interface Place {
  readonly counter: number;
  readonly anchor: Uint8Array;
}

export interface OutboxParts {
  readonly store: OutboxStore;
  readonly venueId: number;
  /** Thumbprint of the gate key. */
  readonly gate: Uint8Array;
  /** Hash of the newest receipt or bundle that this gate has verified. */
  readonly anchor: () => Promise<Uint8Array>;
  /** True for an error that says that the storage is full. */
  readonly isFull?: (error: unknown) => boolean;
}

interface Waiting {
  readonly make: (place: Place) => Promise<Entry>;
  readonly mark: SeenMark | undefined;
}

const MOST_RACES = 50;

/**
 * The gate's chain of entries. Safety does not hang on the lock between tabs: whoever loses the race for a counter makes the
 * entry again for the next one.
 */
export class Outbox {
  /** Entries that could not be written down; they are tried again before the next one. */
  readonly #unsaved: Waiting[] = [];
  #queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: OutboxParts) {}

  async head(): Promise<Head> {
    return (
      (await this.parts.store.head()) ?? { counter: 0, hash: genesis(this.parts.gate, this.parts.venueId) }
    );
  }

  /** Entries that are held in memory because the device could not write them. */
  get unsaved(): number {
    return this.#unsaved.length;
  }

  /**
   * Makes an entry for its place, seals and hashes it, and only then writes: the write transaction waits for nothing. One
   * after the other within this tab.
   */
  append(make: (place: Place) => Promise<Entry>, mark?: SeenMark): Promise<Appended> {
    const next = this.#queue.then(() => this.#append({ make, mark }));
    this.#queue = next.catch(() => {});
    return next;
  }

  /** Tries the entries again that could not be written; answers how many are still unsaved. */
  async retryUnsaved(): Promise<number> {
    for (let n = this.#unsaved.length; n > 0; n--) {
      const [waiting] = this.#unsaved.splice(0, 1);
      const done = await this.append(waiting!.make, waiting!.mark);
      if (done.state === 'not-saved') break;
    }
    return this.#unsaved.length;
  }

  async #append(waiting: Waiting): Promise<Appended> {
    try {
      for (let race = 0; race < MOST_RACES; race++) {
        const head = await this.head();
        const entry = await waiting.make({ counter: head.counter + 1, anchor: await this.parts.anchor() });
        const hash = entryHash(entry, this.parts.gate, head.hash);
        const kept = { counter: entry.counter, entry, hash, before: head.hash };
        if ((await this.parts.store.append(kept, head, waiting.mark)) === 'saved')
          return { state: 'saved', kept };
      }
      throw new Error('Another tab writes without end.');
    } catch (cause) {
      this.#unsaved.push(waiting);
      return { state: 'not-saved', full: this.parts.isFull?.(cause) ?? false, cause };
    }
  }
}

/** True where two heads are the same place of the same chain. */
export const sameHead = (a: Head, b: Head): boolean => a.counter === b.counter && equalBytes(a.hash, b.hash);
