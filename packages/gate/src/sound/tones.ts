/**
 * The three sounds of the door, rendered as samples: one soft mallet, the same loudness and the same length for all
 * three, so that nobody in the queue hears which one was "the bad one".
 */

export type Tone = 'admit' | 'another' | 'cannot';
export const TONES: readonly Tone[] = ['admit', 'another', 'cannot'];

/** Length of every sound in seconds. */
export const TONE_SECONDS = 0.42;

/** Vibration of each, in milliseconds on and off. */
export const VIBRATION: Readonly<Record<Tone, readonly number[]>> = {
  admit: [40],
  another: [90, 60, 90],
  cannot: [30, 160, 30],
};

const ATTACK = 0.005;
const OCTAVE = 10 ** (-12 / 20);

interface Note {
  readonly at: number;
  readonly hertz: number;
  readonly lasts: number;
  /** Time constant of the decay in seconds. */
  readonly decay: number;
}

const NOTES: Readonly<Record<Exclude<Tone, 'cannot'>, readonly Note[]>> = {
  admit: [
    { at: 0, hertz: 659, lasts: 0.2, decay: 0.09 },
    { at: 0.11, hertz: 880, lasts: 0.2, decay: 0.09 },
    { at: 0.22, hertz: 1319, lasts: 0.2, decay: 0.09 },
  ],
  another: [
    { at: 0, hertz: 880, lasts: 0.19, decay: 0.12 },
    { at: 0.22, hertz: 698, lasts: 0.19, decay: 0.12 },
  ],
};

/**
 * One sound as mono samples in −1…1, {@link TONE_SECONDS} long.
 * @param rate samples per second
 */
export function renderTone(tone: Tone, rate: number): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(Math.round(TONE_SECONDS * rate));
  if (tone === 'cannot') {
    addKnock(samples, rate, 0);
    addKnock(samples, rate, 0.22);
  } else {
    for (const note of NOTES[tone]) addMallet(samples, rate, note);
  }
  return toLoudness(samples, rate);
}

function addMallet(samples: Float32Array, rate: number, note: Note): void {
  const first = Math.round(note.at * rate);
  const count = Math.min(Math.round(note.lasts * rate), samples.length - first);
  for (let i = 0; i < count; i++) {
    const t = i / rate;
    const release = Math.min(1, (note.lasts - t) / 0.02);
    const envelope = Math.min(1, t / ATTACK) * Math.exp(-t / note.decay) * Math.max(0, release);
    const turn = 2 * Math.PI * note.hertz * t;
    samples[first + i]! += envelope * (Math.sin(turn) + OCTAVE * Math.sin(2 * turn));
  }
}

/** A knuckle on wood: a 45 ms body without a tail of pitch, and the dull air behind it. */
function addKnock(samples: Float32Array, rate: number, at: number): void {
  const first = Math.round(at * rate);
  let seed = 20220106;
  let dull = 0;
  for (let i = 0; first + i < samples.length && i < 0.2 * rate; i++) {
    const t = i / rate;
    seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
    dull += 0.12 * (seed / 2 ** 31 - dull);
    const body = t < 0.045 ? Math.exp(-t / 0.014) * Math.sin(2 * Math.PI * 520 * t) : 0;
    const air = 0.5 * dull * Math.exp(-t / 0.05);
    samples[first + i]! += Math.min(1, t / 0.002) * (body + air);
  }
}

/** Mean power after a rough ear curve (high-pass near 200 Hz): good enough to level three short sounds. */
export function loudness(samples: Float32Array, rate: number): number {
  const keep = Math.exp((-2 * Math.PI * 200) / rate);
  let low = 0;
  let power = 0;
  for (const value of samples) {
    low = keep * low + (1 - keep) * value;
    power += (value - low) ** 2;
  }
  return power / samples.length;
}

const LEVEL = 0.0068;

function toLoudness(samples: Float32Array<ArrayBuffer>, rate: number): Float32Array<ArrayBuffer> {
  const gain = Math.sqrt(LEVEL / loudness(samples, rate));
  return samples.map((value) => value * gain);
}
