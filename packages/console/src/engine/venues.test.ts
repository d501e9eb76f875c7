import { describe, expect, it } from 'vitest';
import { type Counts, dayBars, type GateLine, hourBars, knownUntil, sumOf } from './venues.ts';

const START = Date.parse('2022-01-06T00:00:00+09:00');
const at = (hour: number) => START / 1000 + hour * 3600;
const counts = (hours: Counts['hours'], days: Counts['days'] = []): Counts => ({
  countedAtMs: START,
  hours,
  days,
});
const gate = (lastReceiptMs: number | null, state: GateLine['state'] = 'confirmed') =>
  ({ lastReceiptMs, state }) as GateLine;

describe('what is drawn of a venue', () => {
  it('draws no hour as nothing that the register cannot know', () => {
    const bars = hourBars(counts([{ at: at(12), count: 20 }]), START, START + 14 * 3_600_000);
    expect(bars[12]).toMatchObject({ told: 20, hidden: false });
    expect(bars[13]).toMatchObject({ told: 0 });
    expect(bars[14]).toMatchObject({ told: null });
    expect(bars[23]).toMatchObject({ told: null });
  });

  it('keeps what came late in its own hour, whatever the register knew before', () => {
    const bars = hourBars(counts([{ at: at(15), count: 12, late: 12 }]), START, START + 14 * 3_600_000);
    expect(bars[15]).toMatchObject({ told: 12, late: 12 });
    expect(bars[16]).toMatchObject({ told: null });
  });

  it('says of a hidden number that it is hidden', () => {
    expect(hourBars(counts([{ at: at(9), count: null }]), START, null)[9]).toEqual({
      at: 9,
      told: 0,
      hidden: true,
      late: 0,
    });
    expect(sumOf([{ count: 7 }, { count: null }])).toEqual({ told: 7, hidden: true, late: 0 });
  });

  it('knows no more than the gate that was heard least lately', () => {
    expect(knownUntil([gate(20), gate(10), gate(null), gate(5, 'revoked')])).toBe(10);
    expect(knownUntil([gate(null)])).toBe(null);
  });

  it('draws a day after the last that is known as unknown', () => {
    const bars = dayBars(
      counts([], [{ day: '2022-01-05', check: 'scan', record: 'scan', count: 8 }]),
      ['2022-01-04', '2022-01-05', '2022-01-06'],
      '2022-01-05',
    );
    expect(bars.map(({ told }) => told)).toEqual([0, 8, null]);
  });
});
