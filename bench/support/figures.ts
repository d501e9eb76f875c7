import { cpus } from 'node:os';

export const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
/** The value that a share of all stays at or below. */
export const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)]!;
export const whole = (value: number): number => Math.round(value);
export const short = (value: number): number => Math.round(value * 1000) / 1000;

/** The one line that a bench prints. */
export function printFigures(
  name: string,
  figures: Readonly<Record<string, number | string>>,
  ratios: Readonly<Record<string, number>>,
): void {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${process.platform} ${process.arch}`;
  process.stdout.write(`${JSON.stringify({ name, machine, node: process.version, figures, ratios })}\n`);
}
