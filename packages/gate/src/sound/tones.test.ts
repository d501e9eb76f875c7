import { describe, expect, it } from 'vitest';
import { loudness, renderTone, TONE_SECONDS, TONES } from './tones.ts';

const RATE = 48_000;
const decibel = (power: number): number => 10 * Math.log10(power);

describe('sounds of the door', () => {
  it('makes none of the three longer than the others', () => {
    for (const tone of TONES) {
      const samples = renderTone(tone, RATE);
      expect(samples.length / RATE, tone).toBeCloseTo(TONE_SECONDS, 2);
      const last = samples.findLastIndex((value) => Math.abs(value) > 0.002);
      expect(last / RATE, tone).toBeGreaterThan(0.34);
    }
  });

  it('makes none of the three louder than the others', () => {
    const levels = TONES.map((tone) => decibel(loudness(renderTone(tone, RATE), RATE)));
    expect(Math.max(...levels) - Math.min(...levels)).toBeLessThan(0.5);
  });

  it('never clips, at any sample rate of a phone', () => {
    for (const rate of [22_050, 44_100, 48_000, 96_000])
      for (const tone of TONES) {
        const peak = renderTone(tone, rate).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        expect(peak, `${tone} at ${rate}`).toBeLessThan(0.98);
        expect(peak, `${tone} at ${rate}`).toBeGreaterThan(0.15);
      }
  });

  it('rises for an admit and falls in two equal tones for another proof', () => {
    const admit = renderTone('admit', RATE);
    const another = renderTone('another', RATE);
    expect(pitch(admit, 0.03)).toBeLessThan(pitch(admit, 0.26));
    expect(pitch(another, 0.03)).toBeGreaterThan(pitch(another, 0.26));
    const part = (from: number): number => loudness(another.slice(from * RATE, (from + 0.19) * RATE), RATE);
    expect(Math.abs(decibel(part(0)) - decibel(part(0.22)))).toBeLessThan(0.5);
  });
});

/** Crossings of zero in 50 ms, as a rough pitch. */
function pitch(samples: Float32Array, from: number): number {
  let crossings = 0;
  for (let i = Math.round(from * RATE); i < Math.round((from + 0.05) * RATE); i++)
    if (samples[i]! < 0 !== samples[i + 1]! < 0) crossings++;
  return crossings;
}
