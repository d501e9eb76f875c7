import { type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** A frame that is as wide and high as the room that is left, in units of which it is 340 wide. Measured anew with `when`. */
export function useFrameSize(when: unknown): {
  readonly frame: RefObject<HTMLDivElement | null>;
  readonly size: Signal<{ readonly width: number; readonly height: number }>;
} {
  const frame = useRef<HTMLDivElement>(null);
  const size = useSignal({ width: 340, height: 560 });
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const measure = () => {
      const { clientWidth, clientHeight } = element;
      if (clientWidth > 0)
        size.value = { width: 340, height: Math.round((clientHeight / clientWidth) * 340) };
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, [when]);
  return { frame, size };
}
