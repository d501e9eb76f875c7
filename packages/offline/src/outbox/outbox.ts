import { type Entry, entryHash, genesis, type Head } from '@munjigi/core/chain';
import { equalBytes } from '@munjigi/core/encoding';
import type { KeptEntry, OutboxStore, SeenMark } from './types.ts';

/** What came of writing an entry down. `not-saved` is said aloud, never hidden: the entry is then held in memory only. */
export type Appended =
  | { readonly state: 'saved'; readonly kept: KeptEntry }
  | { readonly state: 'not-saved'; readonly full: boolean; readonly cause: unknown };

/** What the maker of an entry is told: its place, and in which chain that is. */
export interface Place {
  /** Thumbprint of the key whose chain it is. */
  readonly gate: Uint8Array;
  readonly counter: number;
  readonly anchor: Uint8Array;
}

/** A chain and where it is kept. */
export interface OutboxChain {
  readonly store: OutboxStore;
  /** Thumbprint of the gate key. */
  readonly gate: Uint8Array;
}

export interface OutboxParts {
  /** The chain that is written, asked for again before each entry: after a fork it is another one. */
  readonly chain: () => Promise<OutboxChain>;
  readonly venueId: number;
  /** Hash of the newest receipt or bundle that this gate has verified. */
  readonly anchor: () => Promise<Uint8Array>;
  /** True for an error that says that the storage is full. */
  readonly isFull?: (error: unknown) => boolean;
}

interface Waiting {
  readonly make: (place: Place) => Promise<Entry>;
  readonly mark: SeenMark | undefined;
  readonly only: Uint8Array | undefined;
  /** As it was tried last. A device that loses its storage in between cannot say whether that was written. */
  tried: { readonly store: OutboxStore; readonly kept: KeptEntry } | null;
}

const MOST_RACES = 50;
const CLOSED: Appended = { state: 'not-saved', full: false, cause: new Error('The chain was closed.') };

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
    return this.#headOf(await this.parts.chain());
  }

  /** Entries that are held in memory because the device could not write them. */
  get unsaved(): number {
    return this.#unsaved.length;
  }

  /** The mark of a code whose entry is held in memory only: the disk does not know that it came. */
  unsavedMark(tag: string): SeenMark | null {
    return this.#unsaved.find(({ mark }) => mark?.tag === tag)?.mark ?? null;
  }

  /**
   * Makes an entry for its place, seals and hashes it, and only then writes: the write transaction waits for nothing. One
   * after the other within this tab. An entry that means something in one chain `only` is not written into another.
   */
  append(make: (place: Place) => Promise<Entry>, mark?: SeenMark, only?: Uint8Array): Promise<Appended> {
    const next = this.#queue.then(() => this.#append({ make, mark, only, tried: null }));
    this.#queue = next.catch(() => {});
    return next;
  }

  /** Tries the entries again that could not be written; answers how many are still unsaved. */
  async retryUnsaved(): Promise<number> {
    for (let n = this.#unsaved.length; n > 0; n--) {
      const [waiting] = this.#unsaved.splice(0, 1);
      const next = this.#queue.then(() => this.#append(waiting!));
      this.#queue = next.catch(() => {});
      const done = await next;
      if (done.state === 'not-saved') break;
    }
    return this.#unsaved.length;
  }

  async #append(waiting: Waiting): Promise<Appended> {
    try {
      for (let race = 0; race < MOST_RACES; race++) {
        const written = await writtenAs(waiting);
        if (written) return { state: 'saved', kept: written };
        const chain = await this.parts.chain();
        const { gate, store } = chain;
        if (waiting.only && !equalBytes(waiting.only, gate)) return CLOSED;
        const head = await this.#headOf(chain);
        const anchor = await this.parts.anchor();
        const entry = await waiting.make({ gate, counter: head.counter + 1, anchor });
        const hash = entryHash(entry, gate, head.hash);
        const kept = { counter: entry.counter, entry, hash, before: head.hash };
        waiting.tried = { store, kept };
        if ((await store.append(kept, head, waiting.mark)) === 'saved') return { state: 'saved', kept };
      }
      throw new Error('Another tab writes without end.');
    } catch (cause) {
      const written = await writtenAs(waiting).catch(() => null);
      if (written) return { state: 'saved', kept: written };
      this.#unsaved.push(waiting);
      return { state: 'not-saved', full: this.parts.isFull?.(cause) ?? false, cause };
    }
  }

  async #headOf({ store, gate }: OutboxChain): Promise<Head> {
    return (await store.head()) ?? { counter: 0, hash: genesis(gate, this.parts.venueId) };
  }
}

/** The entry as it was tried last, where it stands in its chain all the same: it must not be made a second time. */
async function writtenAs({ tried }: Waiting): Promise<KeptEntry | null> {
  if (!tried) return null;
  const { store, kept } = tried;
  const [found] = await store.entriesFrom(kept.counter, 1);
  return found?.counter === kept.counter && equalBytes(found.hash, kept.hash) ? found : null;
}

/** True where two heads are the same place of the same chain. */
export const sameHead = (a: Head, b: Head): boolean => a.counter === b.counter && equalBytes(a.hash, b.hash);
