import { afterAll, beforeAll, expect, it } from 'vitest';

// The oldest browsers lack these: taken away here, given back by the module, and put as they were at the end.
const places = [
  [Object, 'hasOwn'],
  [AbortSignal, 'timeout'],
  [Array.prototype, 'findLast'],
  [Uint8Array.prototype, 'at'],
  [Uint8Array.prototype, 'findLast'],
] as const;
const kept = places.map(([holder, name]) => Object.getOwnPropertyDescriptor(holder, name));

beforeAll(async () => {
  for (const [holder, name] of places) Reflect.deleteProperty(holder, name);
  await import('./older-browsers.ts');
});
afterAll(() => {
  for (const [i, [holder, name]] of places.entries()) {
    const before = kept[i];
    if (before) Object.defineProperty(holder, name, before);
    else Reflect.deleteProperty(holder, name);
  }
});

it('gives an old browser what the apps rely on', async () => {
  expect(Object.hasOwn({ a: 1 }, 'a')).toBe(true);
  expect(Object.hasOwn(Object.create({ a: 1 }) as object, 'a')).toBe(false);
  expect(Uint8Array.of(4, 5).at(-2)).toBe(4);
  expect([1, 2, 3, 4].findLast((n) => n % 2 === 1)).toBe(3);
  expect(Uint8Array.of(1, 2, 3, 4).findLast((n) => n % 2 === 1)).toBe(3);
  const signal = AbortSignal.timeout(1);
  await new Promise((done) => signal.addEventListener('abort', done));
  expect(signal.aborted).toBe(true);
});
