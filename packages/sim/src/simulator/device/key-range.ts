/** A key of IndexedDB as the product uses them. */
export type Key = number | string | readonly Key[];

const rank = (key: Key): number => (typeof key === 'number' ? 0 : typeof key === 'string' ? 1 : 2);

/** The order of the standard (Indexed Database API 3.0, "compare two keys"): numbers, then strings, then arrays. */
export function compareKeys(a: Key, b: Key): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'object' && typeof b === 'object') {
    for (let i = 0; i < a.length && i < b.length; i++) {
      const order = compareKeys(a[i]!, b[i]!);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  return rank(a) - rank(b);
}

/** Both bounds belong to it. */
export class KeyRange {
  private constructor(
    readonly lower: Key,
    readonly upper: Key,
  ) {}

  static bound(lower: Key, upper: Key): KeyRange {
    if (compareKeys(lower, upper) > 0)
      throw new DOMException('The lower bound is above the upper.', 'DataError');
    return new KeyRange(lower, upper);
  }

  static only(key: Key): KeyRange {
    return new KeyRange(key, key);
  }

  static of(query: unknown): KeyRange | null {
    if (query === undefined || query === null) return null;
    return query instanceof KeyRange ? query : KeyRange.only(query as Key);
  }
}
