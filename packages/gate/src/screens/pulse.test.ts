import { tickAt } from '@munjigi/ui/elements';
import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPulse, type Pulse } from './pulse.ts';

const NOON = Date.parse('2022-01-06T12:00:00.100+09:00');

describe('beat of the screen', () => {
  let pulse: Pulse | null = null;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    pulse?.stop();
    vi.useRealTimers();
  });

  it('stands where every phone of the queue stands, four steps a second', () => {
    pulse = createPulse(signal<number | null>(NOON), false);
    const places = [pulse.tick.value];
    for (let i = 0; i < 8; i++) {
      vi.advanceTimersByTime(250);
      places.push(pulse.tick.value);
    }
    const expected = places.map((_, i) => tickAt(NOON + i * 250));
    expect(places).toEqual(expected);
    expect(pulse.second.value).toBe(NOON - 100 + 2000);
  });

  it('follows a clock that is set, at once', () => {
    const clock = signal<number | null>(NOON);
    pulse = createPulse(clock, false);
    clock.value = NOON + 5 * 3_600_000 + 7_000;
    expect(pulse.tick.value).toBe(tickAt(clock.value));
  });

  it('claims no time that nobody told it for five seconds', () => {
    pulse = createPulse(signal<number | null>(NOON), false);
    vi.advanceTimersByTime(4_500);
    expect(pulse.tick.value).toBeGreaterThanOrEqual(0);
    vi.advanceTimersByTime(1_500);
    expect([pulse.tick.value, pulse.second.value]).toEqual([-1, null]);
  });

  it('stands still without a clock, and steps once a side where little motion is wanted', () => {
    const clock = signal<number | null>(null);
    pulse = createPulse(clock, true);
    expect(pulse.tick.value).toBe(-1);
    clock.value = NOON + 4_000;
    expect(pulse.tick.value).toBe(15);
  });
});
