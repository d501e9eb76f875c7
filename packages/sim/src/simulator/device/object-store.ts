import { cloned } from './clone.ts';
import { compareKeys, type Key, type KeyRange } from './key-range.ts';

interface Row {
  readonly key: Key;
  readonly value: unknown;
}

/** The rows of one object store, in the order of their keys. Every change answers how to take it back. */
export class Rows {
  readonly #rows: Row[] = [];
  #next = 1;

  constructor(
    readonly keyPath: string | readonly string[] | null,
    readonly autoIncrement: boolean,
  ) {}

  copy(): Rows {
    const copy = new Rows(this.keyPath, this.autoIncrement);
    copy.#rows.push(...this.#rows.map(({ key, value }) => ({ key, value: cloned(value) })));
    copy.#next = this.#next;
    return copy;
  }

  get(key: Key): unknown {
    const at = this.#place(key);
    const row = this.#rows[at];
    return row && compareKeys(row.key, key) === 0 ? cloned(row.value) : undefined;
  }

  within(range: KeyRange | null): readonly Row[] {
    if (range === null) return this.#rows;
    const from = this.#place(range.lower);
    let to = from;
    while (to < this.#rows.length && compareKeys(this.#rows[to]!.key, range.upper) <= 0) to += 1;
    return from === 0 && to === this.#rows.length ? this.#rows : this.#rows.slice(from, to);
  }

  /** Puts a value under its key. Throws `ConstraintError` where `fresh` is asked for and the key is taken. */
  put(
    value: unknown,
    given: Key | undefined,
    fresh: boolean,
  ): { readonly key: Key; readonly undo: () => void } {
    const key = this.#keyOf(value, given);
    const stored = this.#withKey(cloned(value), key);
    const at = this.#place(key);
    const before = this.#rows[at];
    if (before && compareKeys(before.key, key) === 0) {
      if (fresh) throw new DOMException('The key is taken.', 'ConstraintError');
      this.#rows[at] = { key, value: stored };
      return { key, undo: () => this.#set(key, before) };
    }
    this.#rows.splice(at, 0, { key, value: stored });
    return { key, undo: () => this.#set(key, null) };
  }

  delete(range: KeyRange | null): () => void {
    const gone = [...this.within(range)];
    for (const { key } of gone) this.#set(key, null);
    return () => {
      for (const row of gone) this.#set(row.key, row);
    };
  }

  #set(key: Key, row: Row | null): void {
    const at = this.#place(key);
    const here = this.#rows[at];
    const known = here !== undefined && compareKeys(here.key, key) === 0;
    if (row === null) {
      if (known) this.#rows.splice(at, 1);
    } else if (known) this.#rows[at] = row;
    else this.#rows.splice(at, 0, row);
  }

  #keyOf(value: unknown, given: Key | undefined): Key {
    if (this.keyPath === null) {
      if (given !== undefined) return given;
      if (this.autoIncrement) return this.#next++;
      throw new DOMException('This store needs a key.', 'DataError');
    }
    const fields = value as Record<string, Key | undefined>;
    if (typeof this.keyPath === 'string') {
      const inline = fields[this.keyPath];
      if (inline !== undefined) return inline;
      if (this.autoIncrement) return this.#next++;
      throw new DOMException('The value has no key.', 'DataError');
    }
    return this.keyPath.map((name) => {
      const part = fields[name];
      if (part === undefined) throw new DOMException('The value has no key.', 'DataError');
      return part;
    });
  }

  #withKey(value: unknown, key: Key): unknown {
    if (typeof this.keyPath !== 'string' || !this.autoIncrement) return value;
    return { ...(value as object), [this.keyPath]: key };
  }

  /** Index of the first row whose key is not below. */
  #place(key: Key): number {
    let [low, high] = [0, this.#rows.length];
    // Chains grow at their end.
    if (high > 0 && compareKeys(this.#rows[high - 1]!.key, key) < 0) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareKeys(this.#rows[middle]!.key, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
