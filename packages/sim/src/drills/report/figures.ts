import type { Event, Played } from '../types.ts';

/** Differences of a count that only grows: what came in each second. */
export function perSecond(
  pulses: readonly { readonly second: number; readonly count: number }[],
): (number | null)[] {
  const rates: (number | null)[] = [];
  for (let i = 1; i < pulses.length; i++) {
    const [before, after] = [pulses[i - 1]!, pulses[i]!];
    const lasted = after.second - before.second;
    if (lasted <= 0) continue;
    rates[Math.round(after.second)] = Math.max(0, after.count - before.count) / lasted;
  }
  return Array.from(rates, (rate) => rate ?? null);
}

/** Values at their whole seconds; the gaps between them hold what was last. */
export function bySecond(
  points: readonly { readonly second: number; readonly value: number }[],
): (number | null)[] {
  const values: (number | null)[] = [];
  for (const { second, value } of points) values[Math.round(second)] = value;
  let last: number | null = null;
  return Array.from(values, (value) => {
    last = value ?? last;
    return last;
  });
}

/** The second of the first event that starts so. */
export const secondOf = (events: readonly Event[], start: string): number | null =>
  events.find(({ what }) => what.startsWith(start))?.second ?? null;

/** The moments that a reader looks for, in seconds of the drill; those that did not come are left out. */
export function moments({ events, from, until, told, line }: Omit<Played, 'phases'>): Record<string, number> {
  const shown = told.flatMap((gate) =>
    Object.entries(gate).flatMap(([name, second]) => (name.startsWith('none') ? [] : [second])),
  );
  const { toNotice, toTell } = line.seconds;
  const found: Record<string, number | null> = {
    began: from,
    noticed: from === null || toNotice === null ? null : from + toNotice,
    told: from !== null && toTell !== null ? from + toTell : shown.length > 0 ? Math.max(...shown) : null,
    repaired: until,
    recovered: secondOf(events, 'all is well again'),
  };
  return Object.fromEntries(Object.entries(found).filter((one): one is [string, number] => one[1] !== null));
}

/** Milliseconds as a person says them. */
export const inWords = (
  ms: number,
  say: { seconds(count: string): string; ms(count: string): string },
): string => (ms >= 1000 ? say.seconds(String(Math.round(ms / 100) / 10)) : say.ms(String(Math.round(ms))));
