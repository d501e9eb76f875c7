import type { PassGrid } from '../trust/types.ts';

const known = new WeakMap<
  PassGrid,
  { readonly format: Intl.DateTimeFormat; readonly answers: Map<number, boolean> }
>();
const QUARTER_HOUR = 900;
const REMEMBERED = 4096;

/**
 * True when a pass may end at this second: local midnight of the grid's zone, so that an end is no fingerprint. Where no
 * grid is known, any whole quarter hour (every zone's midnight is one).
 */
export function isOnGrid(seconds: number, grid: PassGrid | null): boolean {
  if (seconds % QUARTER_HOUR !== 0 || seconds > 1e11) return false;
  if (grid === null) return true;
  let zone = known.get(grid);
  if (!zone) {
    const format = new Intl.DateTimeFormat('en', {
      timeZone: grid.timeZone,
      hourCycle: 'h23',
      hour: '2-digit',
      minute: '2-digit',
    });
    zone = { format, answers: new Map() };
    known.set(grid, zone);
  }
  let answer = zone.answers.get(seconds);
  if (answer === undefined) {
    answer = zone.format.format(seconds * 1000) === '00:00';
    if (zone.answers.size >= REMEMBERED) zone.answers.clear();
    zone.answers.set(seconds, answer);
  }
  return answer;
}
