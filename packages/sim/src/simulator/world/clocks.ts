import type { ProcessClocks } from '../kernel/process.ts';
import type { Random } from '../kernel/random.ts';

/** Whether the clocks of devices are wrong and drift by themselves; exact ones are wrong only where a fault sets them. */
export type ClockKind = 'drifting' | 'exact';

/** How a device's clocks run until somebody sets them: parts of a million that each is too fast, and how far ahead the wall clock began. */
export interface Crystals {
  readonly wallPpm: number;
  readonly monotonicPpm: number;
  readonly aheadMs: number;
}

/** What the protocol counts on: the crystal of a cheap tablet in a warm hall. */
const GOOD_PPM = 50;
/** Cold, age, and a wall clock that is being corrected: Linux does that by up to this rate (`MAXFREQ`). */
const TOLERATED_PPM = 500;
/** No crystal: an oscillator of resistors and capacitors, or a timer that an emulator or a sleepy processor loses ticks of. */
const BROKEN_PPM = 20_000;

function drawPpm(random: Random): number {
  const dice = random.share();
  const [from, to] =
    dice < 0.65 ? [1, GOOD_PPM] : dice < 0.92 ? [GOOD_PPM, TOLERATED_PPM] : [TOLERATED_PPM, BROKEN_PPM];
  const ppm = random.scale(from, to);
  return random.chance(0.5) ? ppm : -ppm;
}

/** Most wall clocks were set by a network and are seconds off; one in ten was set by hand, or not for long. */
function drawAheadMs(random: Random): number {
  const ms = random.chance(0.9) ? random.below(10_000) : random.scale(10_000, 600_000);
  return random.chance(0.5) ? ms : -ms;
}

export function drawCrystals(random: Random, kind: ClockKind): Crystals {
  if (kind === 'exact') return { wallPpm: 0, monotonicPpm: 0, aheadMs: 0 };
  const monotonicPpm = drawPpm(random);
  // Mostly one crystal drives both; else the wall clock has a chip of its own, or is being corrected.
  const wallPpm = random.chance(0.6) ? monotonicPpm : drawPpm(random);
  return { wallPpm, monotonicPpm, aheadMs: drawAheadMs(random) };
}

/** The two clocks of one device. The wall clock goes on while the device is off, the monotonic one begins anew with each start. */
export class OwnClocks {
  /** True once somebody set the wall clock. */
  wasSet = false;
  readonly #madeMs: number;
  #aheadMs: number;
  #bootMs: number;

  constructor(
    private readonly kernel: { readonly nowMs: number },
    readonly crystals: Crystals,
  ) {
    this.#madeMs = kernel.nowMs;
    this.#bootMs = kernel.nowMs;
    this.#aheadMs = crystals.aheadMs;
  }

  /** Milliseconds that the wall clock is ahead of true time now. */
  get aheadMs(): number {
    return this.#aheadMs + ((this.kernel.nowMs - this.#madeMs) * this.crystals.wallPpm) / 1_000_000;
  }

  /** Somebody sets the wall clock, or it was wrong when the device came up. */
  jump(ms: number): void {
    this.#aheadMs += ms;
    this.wasSet = true;
  }

  boot(): void {
    this.#bootMs = this.kernel.nowMs;
  }

  /** The clocks as a process sees them that begins now. */
  ofProcess(): ProcessClocks {
    const { kernel } = this;
    const bootMs = this.#bootMs;
    const rate = 1 + this.crystals.monotonicPpm / 1_000_000;
    return {
      wallMs: () => kernel.nowMs + this.aheadMs,
      monotonicMs: () => (kernel.nowMs - bootMs) * rate,
      trueMs: (ms) => ms / rate,
    };
  }
}
