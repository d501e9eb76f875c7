/**
 * What the oldest browsers that we build for (Chrome 90, Safari 15) do not have yet. Import it first.
 */

function give(holder: object, name: string, value: unknown): void {
  if (!(name in holder)) Object.defineProperty(holder, name, { value, writable: true, configurable: true });
}

// written by way of the descriptor: the formatter would turn any other way back into the call that is missing
give(
  Object,
  'hasOwn',
  (thing: object, key: PropertyKey): boolean => Reflect.getOwnPropertyDescriptor(thing, key) !== undefined,
);

if (typeof AbortSignal !== 'undefined') {
  give(AbortSignal, 'timeout', (ms: number): AbortSignal => {
    const ending = new AbortController();
    setTimeout(() => ending.abort(), ms);
    return ending.signal;
  });
}

function at<T>(this: ArrayLike<T>, index: number): T | undefined {
  return this[index < 0 ? this.length + index : index];
}

function findLastIndex<T>(
  this: readonly T[],
  fits: (one: T, index: number, all: readonly T[]) => boolean,
): number {
  for (let i = this.length - 1; i >= 0; i--) if (fits(this[i] as T, i, this)) return i;
  return -1;
}

function findLast<T>(
  this: readonly T[],
  fits: (one: T, index: number, all: readonly T[]) => boolean,
): T | undefined {
  return this[findLastIndex.call(this, fits as never)];
}

for (const holder of [Array.prototype, Uint8Array.prototype]) {
  give(holder, 'at', at);
  give(holder, 'findLastIndex', findLastIndex);
  give(holder, 'findLast', findLast);
}
give(String.prototype, 'at', at);

export {};
