import { KeyRange } from '../device/key-range.ts';
import type { Kernel } from './kernel.ts';
import type { Process } from './process.ts';
import { VirtualTimer } from './timer.ts';

/** The cryptography that a page finds at `globalThis.crypto`. */
export interface PageCrypto {
  readonly subtle: unknown;
  getRandomValues<T extends ArrayBufferView>(into: T): T;
}

type Anything = Record<string, unknown>;
const globals = globalThis as unknown as Anything;

/**
 * Puts the virtual world where the product looks for its platform: timers, both clocks, the network, storage, randomness. Each call
 * is answered for the process whose code runs; code outside of the simulation finds what it always found. Answers how to undo it.
 */
export function installPlatform(kernel: Kernel, crypto: PageCrypto): () => void {
  const undo: (() => void)[] = [];
  const define = (holder: object, name: string, descriptor: PropertyDescriptor) => {
    const before = Object.getOwnPropertyDescriptor(holder, name);
    Object.defineProperty(holder, name, { configurable: true, enumerable: true, ...descriptor });
    undo.unshift(() => {
      if (before) Object.defineProperty(holder, name, before);
      else delete (holder as Anything)[name];
    });
  };
  const replace = (holder: object, name: string, make: (before: never) => unknown) =>
    define(holder, name, { writable: true, value: make((holder as Anything)[name] as never) });

  type Timers = (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => unknown;
  const timer = (again: boolean) => (before: Timers) => {
    const start: Timers = (run, ms = 0, ...args) => {
      const { current } = kernel;
      if (current === null) return before(run, ms, ...args);
      return new VirtualTimer(kernel, current, () => run(...args), Math.max(again ? 1 : 0, ms), again);
    };
    return start;
  };
  const clear = (before: (timer: unknown) => void) => (timer: unknown) =>
    timer instanceof VirtualTimer ? timer.clear() : before(timer);
  replace(globals, 'setTimeout', timer(false));
  replace(globals, 'setInterval', timer(true));
  replace(globals, 'clearTimeout', clear);
  replace(globals, 'clearInterval', clear);

  const byProcess =
    <T>(theirs: (process: Process) => T) =>
    (before: () => T) =>
    () => {
      const { current } = kernel;
      return current === null ? before() : theirs(current);
    };
  replace(
    Date,
    'now',
    byProcess(({ clocks }) => Math.floor(clocks.wallMs())),
  );
  const realNow = performance.now.bind(performance);
  define(performance, 'now', {
    writable: true,
    value: () => kernel.current?.clocks.monotonicMs() ?? realNow(),
  });
  replace(
    Math,
    'random',
    byProcess(({ random }) => random.share()),
  );
  replace(globals, 'fetch', (before: typeof fetch) => (...args: Parameters<typeof fetch>) => {
    const { current } = kernel;
    if (current === null) return before(...args);
    return current.platform.fetch?.(...args) ?? Promise.reject(new TypeError('There is no network here.'));
  });
  replace(AbortSignal, 'timeout', (before: typeof AbortSignal.timeout) => (ms: number) => {
    const { current } = kernel;
    if (current === null) return before.call(AbortSignal, ms);
    const controller = new AbortController();
    kernel.after(current, current.clocks.trueMs(ms), () =>
      controller.abort(new DOMException('Too long.', 'TimeoutError')),
    );
    return controller.signal;
  });

  // Servers that do not answer are errors by the thousand; of one that nobody foresaw, its nearest places are enough.
  define(Error, 'stackTraceLimit', { writable: true, value: 4 });
  const page = globals.crypto;
  define(globals, 'crypto', { get: () => (kernel.current === null ? page : crypto) });
  const database = globals.indexedDB;
  define(globals, 'indexedDB', { get: () => kernel.current?.platform.indexedDB ?? database });
  define(globals, 'IDBKeyRange', { writable: true, value: KeyRange });
  return () => {
    for (const one of undo) one();
  };
}
