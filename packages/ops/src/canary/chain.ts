import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Entry, entryHash, genesis, type Head } from '@munjigi/core/chain';
import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import { flushFolder, writeWhole } from '@munjigi/service/crypto';

/** An entry with its place between the one before it and its own hash. */
export interface Kept {
  readonly entry: Entry;
  readonly before: Uint8Array;
  readonly hash: Uint8Array;
}

/** The newest receipt: what the register has signed for. */
export interface KeptReceipt {
  readonly counter: number;
  readonly hash: Uint8Array;
  readonly bytes: Uint8Array;
}

type EntryLine = Omit<Entry, 'subject' | 'anchor'> & { readonly subject: string; readonly anchor: string };
type Line =
  | { readonly start: { readonly counter: number; readonly hash: string } }
  | { readonly entry: EntryLine }
  | { readonly receipt: { readonly counter: number; readonly hash: string; readonly bytes: string } };

/** Entries that are kept for a register that comes back from a backup: two hours at the usual pace. */
const KEPT = 1_500;
/** Lines after which the file is written anew. */
const MOST_LINES = 4 * KEPT;

/**
 * One gate's chain in a file that lines are added to: an entry is on the disk before anything is sent, so that a canary that is
 * killed goes on where it stood. The newest entries are kept and the others forgotten: nobody was there.
 */
export class Chain {
  #start: Head;
  #entries: Kept[] = [];
  #receipt: KeptReceipt | null = null;
  #lines = 0;

  private constructor(
    private readonly folder: string,
    private readonly gate: Uint8Array,
    readonly venueId: number,
  ) {
    this.#start = { counter: 0, hash: genesis(gate, venueId) };
  }

  /** Reads the chain of a gate back; a new one where there is none. @param gate thumbprint of its key */
  static async open(folder: string, gate: Uint8Array, venueId: number): Promise<Chain> {
    const chain = new Chain(folder, gate, venueId);
    const text = await readFile(chain.#file, 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      // The last line may be half of one: it was never sent.
      if (line !== '' && !chain.#replay(line)) break;
    }
    if (text !== '') await chain.#writeAnew();
    return chain;
  }

  get #file(): string {
    return join(this.folder, 'chain.jsonl');
  }

  get head(): Head {
    const last = this.#entries.at(-1);
    return last ? { counter: last.entry.counter, hash: last.hash } : this.#start;
  }

  get receipt(): KeptReceipt | null {
    return this.#receipt;
  }

  /** Adds an entry, on the disk when it resolves. */
  async append(make: (counter: number) => Promise<Entry>): Promise<void> {
    const { counter, hash } = this.head;
    const entry = await make(counter + 1);
    await this.#write([{ entry: lineOf(entry) }]);
    this.#entries.push({ entry, before: hash, hash: entryHash(entry, this.gate, hash) });
    if (this.#lines > MOST_LINES) await this.#writeAnew();
  }

  /** The register has signed for everything up to a counter. */
  async confirm(receipt: KeptReceipt): Promise<void> {
    await this.#write([{ receipt: receiptLine(receipt) }]);
    this.#receipt = receipt;
  }

  /** Entries from a counter on; null where they are not kept any more. */
  from(counter: number): readonly Kept[] | null {
    return counter <= this.#start.counter ? null : this.#entries.slice(counter - this.#start.counter - 1);
  }

  /** The hash at a counter of this chain, or null where it is not known. */
  hashAt(counter: number): Uint8Array | null {
    return counter === this.#start.counter ? this.#start.hash : (this.from(counter)?.[0]?.hash ?? null);
  }

  #replay(text: string): boolean {
    try {
      const line = JSON.parse(text) as Line;
      if ('start' in line) this.#start = { counter: line.start.counter, hash: fromBase64(line.start.hash) };
      else if ('receipt' in line) {
        const { counter, hash, bytes } = line.receipt;
        this.#receipt = { counter, hash: fromBase64(hash), bytes: fromBase64(bytes) };
      } else {
        const { subject, anchor, ...rest } = line.entry;
        const entry: Entry = { ...rest, subject: fromBase64(subject), anchor: fromBase64(anchor) };
        const { hash } = this.head;
        this.#entries.push({ entry, before: hash, hash: entryHash(entry, this.gate, hash) });
      }
      return true;
    } catch {
      return false;
    }
  }

  async #write(lines: readonly Line[]): Promise<void> {
    const file = await open(this.#file, 'a', 0o600);
    try {
      await file.writeFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      await file.datasync();
    } finally {
      await file.close();
    }
    if (this.#lines === 0) await flushFolder(this.folder);
    this.#lines += lines.length;
  }

  async #writeAnew(): Promise<void> {
    const gone = this.#entries.splice(0, Math.max(0, this.#entries.length - KEPT)).at(-1);
    if (gone) this.#start = { counter: gone.entry.counter, hash: gone.hash };
    const { counter, hash } = this.#start;
    const lines: Line[] = [
      { start: { counter, hash: toBase64url(hash) } },
      ...this.#entries.map(({ entry }) => ({ entry: lineOf(entry) })),
      ...(this.#receipt ? [{ receipt: receiptLine(this.#receipt) }] : []),
    ];
    await writeWhole(this.#file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''), 0o600);
    this.#lines = lines.length;
  }
}

const lineOf = ({ subject, anchor, ...rest }: Entry): EntryLine => ({
  ...rest,
  subject: toBase64url(subject),
  anchor: toBase64url(anchor),
});

const receiptLine = ({ counter, hash, bytes }: KeptReceipt) => ({
  counter,
  hash: toBase64url(hash),
  bytes: toBase64url(bytes),
});
