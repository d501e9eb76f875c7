import type { ReadonlySignal } from '@preact/signals';
import { ticks } from './live-ticks.ts';

interface Props {
  /** 0..59 from `tickAt` of the corrected clock; -1 where nothing is live. A signal, so that only the mark redraws. */
  readonly tick: ReadonlySignal<number>;
  readonly width?: number;
  readonly height?: number;
  /** Five ticks a side in place of fifteen. */
  readonly small?: boolean;
  readonly heavy?: number;
  /** Little motion: the lit side changes four times a round, nothing walks. */
  readonly calm?: boolean;
}

/** The frame of sixty ticks with a bead that walks one round a quarter minute. It deters a screenshot, not a forged app. */
export function LiveMark({ tick, width = 340, height = 340, small = false, heavy = 1, calm = false }: Props) {
  const shape = { width, height, perSide: small ? 5 : 15, heavy };
  return (
    <svg class="live" viewBox={`0 0 ${width} ${height}`} aria-hidden="true" data-tick={tick.value}>
      {ticks(shape, tick.value, calm).map((one, k) => (
        <rect
          key={k}
          x={one.x.toFixed(1)}
          y={one.y.toFixed(1)}
          width={one.width.toFixed(1)}
          height={one.height.toFixed(1)}
          rx="2"
          class={one.lit > 0 ? 't' : ''}
          opacity={one.lit > 0 ? one.lit.toFixed(2) : '1'}
        />
      ))}
    </svg>
  );
}
