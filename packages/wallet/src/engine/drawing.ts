import type { HolderStore, Shown } from '@munjigi/offline';
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Code } from '../model.ts';
import type { Ticker } from './ticker.ts';

export const QUARTER_MINUTE_MS = 15_000;
export const SLOW_MS = 180_000;

/** The next instant at which the code is drawn anew: the quarter minute of the corrected clock, in milliseconds. */
export const nextDrawing = (nowMs: number): number =>
  (Math.floor(nowMs / QUARTER_MINUTE_MS) + 1) * QUARTER_MINUTE_MS;

export interface Drawing {
  readonly code: ReadonlySignal<Code>;
  /** Draws now and goes on drawing while `shown`; false stops it. */
  show(shown: boolean): void;
  setLane(lane: 'usual' | 'slow'): Promise<void>;
  /** Draws at once: the clock jumped, or new passes came. */
  redraw(): Promise<void>;
  close(): void;
}

interface Parts {
  readonly store: HolderStore;
  readonly ticker: Ticker;
  readonly timeOf: (seconds: number) => string;
  readonly onShown: (shown: Shown, seconds: number) => void;
}

/**
 * The code on the screen: redrawn each quarter minute from what the phone holds, no network in it. In the slow lane one
 * drawing stands for three minutes and then gives way to the usual one.
 */
export function openDrawing({ store, ticker, timeOf, onShown }: Parts): Drawing {
  const code = signal<Code>({ state: 'opening' });
  let isShown = false;
  let slow: { fromMs: number; untilMs: number } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let line: Promise<void> = Promise.resolve();

  const draw = async () => {
    clearTimeout(timer);
    if (!isShown) return;
    const nowMs = ticker.read();
    const seconds = Math.floor(nowMs / 1000);
    if (slow && (nowMs >= slow.untilMs || nowMs < slow.fromMs)) slow = null;
    const shown = await store.presentNext(seconds, slow ? 1 : 0);
    if (!isShown) return;
    if (shown?.isNew) onShown(shown, seconds);
    code.value = shown
      ? {
          state: 'live',
          text: shown.text,
          lane: slow ? 'slow' : 'usual',
          slow: slow && { ...slow, until: timeOf(Math.floor(slow.untilMs / 1000)) },
          reused: shown.reused,
        }
      : { state: 'empty' };
    const next = slow?.untilMs ?? nextDrawing(nowMs);
    // a story's clock may run faster or be set: look again at least each quarter minute
    timer = setTimeout(wake, Math.max(20, Math.min(next - ticker.read(), QUARTER_MINUTE_MS)) + 5);
  };

  /** One drawing after the other: a signature takes a moment, and two could overtake each other. */
  const redraw = (): Promise<void> => {
    line = line.then(draw).catch(() => {
      // storage that fails for a moment: the code that stands is good for a while, try again
      timer = setTimeout(wake, 1_000);
    });
    return line;
  };

  const wake = () => {
    const standing = code.peek();
    // in the slow lane the drawing stands until its end
    if (
      slow &&
      standing.state === 'live' &&
      standing.slow &&
      ticker.read() < slow.untilMs &&
      ticker.read() >= slow.fromMs
    ) {
      timer = setTimeout(wake, Math.min(slow.untilMs - ticker.read(), QUARTER_MINUTE_MS) + 5);
      return;
    }
    void redraw();
  };

  return {
    code,
    show(shown) {
      if (shown === isShown) return;
      isShown = shown;
      if (shown) wake();
      else {
        clearTimeout(timer);
      }
    },
    setLane(lane) {
      const fromMs = ticker.read();
      slow = lane === 'slow' ? { fromMs, untilMs: fromMs + SLOW_MS } : null;
      return redraw();
    },
    redraw() {
      slow = null;
      return redraw();
    },
    close() {
      isShown = false;
      clearTimeout(timer);
    },
  };
}
