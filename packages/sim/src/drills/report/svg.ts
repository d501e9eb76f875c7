import { safe } from './html.ts';

/** A line or an area over the seconds of a drill. */
export interface Series {
  /** Value at each second, from 0 on; null where nothing was measured. */
  readonly values: readonly (number | null)[];
  /** Hatched: people whom nobody answered, entries that lie on the device alone. */
  readonly hollow?: boolean;
}

export interface Mark {
  readonly second: number;
  readonly label: string;
}

export interface Plot {
  /** Says in a sentence what is seen: who cannot see it reads this. */
  readonly title: string;
  readonly unit: string;
  readonly seconds: number;
  /** The same in plots that are compared. */
  readonly most: number;
  readonly series: Series;
  /** Seconds between which something was broken. */
  readonly broken: readonly [number, number] | null;
  readonly brokenLabel: string;
  readonly marks?: readonly Mark[];
}

const WIDTH = 640;
const HEIGHT = 216;
const LEFT = 56;
const TOP = 52;
const BOTTOM = 30;

/** The next round number: 1, 2 or 5 times a power of ten. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value)!;
}

const short = (value: number): string => String(Math.round(value * 10) / 10);

/** A plot as it stands in a page: no script, no file of its own. */
export function plotOf({
  title,
  unit,
  seconds,
  most,
  series,
  broken,
  brokenLabel,
  marks = [],
}: Plot): string {
  const x = (second: number): number => LEFT + (second / Math.max(seconds, 1)) * (WIDTH - LEFT - 8);
  const y = (value: number): number => HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM);
  const points = series.values.flatMap((value, second) =>
    value === null ? [] : [`${short(x(second))},${short(y(Math.min(value, most)))}`],
  );
  const base = short(y(0));
  const area =
    points.length > 0
      ? `M${points[0]!.split(',')[0]},${base}L${points.join('L')}L${points.at(-1)!.split(',')[0]},${base}Z`
      : '';
  const shade = broken
    ? `<rect class="broken" x="${short(x(broken[0]))}" y="${TOP}" width="${short(x(broken[1]) - x(broken[0]))}" height="${HEIGHT - TOP - BOTTOM}"/><text class="broken-label" x="${short(x(broken[0]) + 4)}" y="${TOP + 20}">${safe(brokenLabel)}</text>`
    : '';
  const levels = [0, most / 2, most]
    .map(
      (level) =>
        `<line class="rule" x1="${LEFT}" x2="${WIDTH - 8}" y1="${short(y(level))}" y2="${short(y(level))}"/><text x="${LEFT - 6}" y="${short(y(level) + 4)}" text-anchor="end">${short(level)}</text>`,
    )
    .join('');
  const step = seconds > 240 ? 60 : seconds > 100 ? 30 : 15;
  const ticks = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, i) => i * step)
    .map((second) => `<text x="${short(x(second))}" y="${HEIGHT - 6}" text-anchor="middle">${second}</text>`)
    .join('');
  const signs = marks
    .map(
      ({ second, label }, i) =>
        `<line class="mark" x1="${short(x(second))}" x2="${short(x(second))}" y1="${TOP - 4}" y2="${base}"/><text class="mark-label" x="${short(x(second))}" y="${i % 2 === 0 ? 18 : 42}" text-anchor="${second > seconds / 2 ? 'end' : 'start'}">${safe(label)}</text>`,
    )
    .join('');
  return `<figure><figcaption>${safe(title)} <span class="quiet">${safe(unit)}</span></figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${safe(title)}">${shade}${levels}${ticks}<path class="${series.hollow ? 'hollow' : 'solid'}" d="${area}"/>${signs}</svg></figure>`;
}
