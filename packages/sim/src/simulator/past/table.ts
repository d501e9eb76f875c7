import type { RunResult } from '../run.ts';
import { type CameTo, STRATEGIES } from './past.ts';

export const OURS = 'munjigi';

/** Adds what one seed came to. */
export function add(sums: Record<string, CameTo>, { past }: RunResult): void {
  for (const [name, one] of Object.entries(past ?? {})) {
    const sum = sums[name];
    sums[name] = sum
      ? (Object.fromEntries(
          Object.entries(one).map(([what, count]) => {
            const before = sum[what as keyof CameTo];
            return [what, what === 'busiestSecond' ? Math.max(before, count) : before + count];
          }),
        ) as unknown as CameTo)
      : one;
  }
}

const HEAD = ['', 'guests', 'no answer', 'over 3 s', 'lost', 'twice', 'waiting', 'a guest', 'a second'];

/** One line for each way of doing it. */
export function tableOf(sums: Readonly<Record<string, CameTo>>): string {
  const lines = Object.entries(sums).map(([name, one]) => {
    const { guests, unanswered, slow, lost, doubled, waiting, requests, busiestSecond } = one;
    const share = `${unanswered} (${((100 * unanswered) / Math.max(1, guests)).toFixed(1)} %)`;
    const each = (requests / Math.max(1, guests)).toFixed(1);
    return [
      STRATEGIES[name]?.says ?? name,
      guests,
      share,
      slow,
      lost,
      doubled,
      waiting,
      each,
      busiestSecond,
    ].map(String);
  });
  const all = [HEAD, ...lines];
  const widths = HEAD.map((_, i) => Math.max(...all.map((line) => line[i]!.length)));
  return all
    .map((line) =>
      line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
    )
    .join('\n');
}
