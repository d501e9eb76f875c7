/** Geometry and time of the live mark: 60 ticks round a frame, one step each 250 ms, one round in a quarter minute. */

export interface Tick {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** 1 at the head of the bead, less along its tail; 0 where the tick is not lit. */
  readonly lit: number;
}

export interface LiveShape {
  readonly width: number;
  readonly height: number;
  /** Ticks a side: 15, or 5 in the small form. */
  readonly perSide: number;
  /** Thickness of the ticks against the usual one. */
  readonly heavy: number;
}

export const TICKS = 60;

/**
 * Where the bead stands (0..59) at an instant of the corrected clock, in milliseconds. Every phone of a queue and the
 * frame on the gate's own screen stand at the same place, so staff compare them at a glance. `roundMs` is a quarter
 * minute, or three minutes in the slow lane. `calm` steps once a side.
 */
export function tickAt(nowMs: number, roundMs = 15_000, calm = false): number {
  const tick = Math.floor((((nowMs % roundMs) + roundMs) % roundMs) / (roundMs / TICKS));
  return calm ? Math.floor(tick / 15) * 15 : tick;
}

/** All ticks of the frame with the bead's head at `at` (0..59), or -1 for a frame in which nothing is live. */
export function ticks(shape: LiveShape, at: number, calm = false): readonly Tick[] {
  const { width, height, perSide, heavy } = shape;
  const count = perSide * 4;
  const head = at < 0 ? -1 : Math.floor((at * perSide) / 15) % count;
  const tail = perSide < 15 ? 4 : 7;
  return Array.from({ length: count }, (_, k) => {
    const side = Math.floor(k / perSide);
    const along = side % 2 ? height : width;
    const share = ((k % perSide) + 0.5) / perSide;
    const centre = (side > 1 ? 1 - share : share) * along;
    const age = calm ? 0 : (head - k + count) % count;
    const on = head >= 0 && (calm ? side === Math.floor(head / perSide) : age < tail);
    const length = (along / perSide) * (on ? (calm ? 0.5 : 0.64) : 0.3);
    const thick = (on ? (calm ? 9 : 12 - age * 1.1) : 4) * heavy;
    const from = centre - length / 2;
    const lit = on ? 1 - age * 0.11 : 0;
    if (side === 0) return { x: from, y: 0, width: length, height: thick, lit };
    if (side === 1) return { x: width - thick, y: from, width: thick, height: length, lit };
    if (side === 2) return { x: from, y: height - thick, width: length, height: thick, lit };
    return { x: 0, y: from, width: thick, height: length, lit };
  });
}
