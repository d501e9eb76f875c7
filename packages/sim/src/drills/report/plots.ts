import { bySecond, moments, perSecond } from './figures.ts';
import type { KeptDrill } from './kept.ts';
import { type Mark, plotOf, roundUp } from './svg.ts';
import type { ReportTexts } from './texts.ts';

const highest = (...all: readonly (readonly (number | null)[])[]): number =>
  roundUp(Math.max(1, ...all.flat().map((value) => value ?? 0)));

/** A count that one second more or less does not shake: the mean over three seconds. */
const smooth = (values: readonly (number | null)[]): (number | null)[] =>
  values.map((value, i) => {
    const near = [values[i - 1], value, values[i + 1]].filter(
      (one): one is number => typeof one === 'number',
    );
    return near.length > 0 ? near.reduce((sum, one) => sum + one, 0) / near.length : null;
  });

/** What the door looked like, second by second: people answered, and what only the device knew. */
export function doorPlots(kept: KeptDrill, t: ReportTexts): string {
  const { pulses, from, until } = kept;
  if (pulses.length < 3) return '';
  const seconds = Math.ceil(pulses.at(-1)!.second);
  const found = moments(kept);
  const marks: Mark[] = (['noticed', 'told', 'repaired', 'recovered'] as const).flatMap((name) =>
    found[name] === undefined ? [] : [{ second: found[name], label: t[name] }],
  );
  const answered = smooth(perSecond(pulses.map(({ second, answered: count }) => ({ second, count }))));
  const waiting = bySecond(pulses.map(({ second, waiting: value }) => ({ second, value })));
  const broken = from === null ? null : ([from, until ?? seconds] as const);
  const rest = { seconds, broken, brokenLabel: t.broken, marks };
  return (
    plotOf({
      ...rest,
      title: t.answered,
      unit: t.perSecond,
      most: highest(answered),
      series: { values: answered },
    }) +
    plotOf({
      ...rest,
      title: t.waiting,
      unit: t.entries,
      most: highest(waiting),
      series: { values: waiting, hollow: true },
    })
  );
}

/** The same events under the strategies of the past, on the same scale as each other. */
export function oldPlots(kept: KeptDrill, t: ReportTexts): string {
  const strategies = Object.entries(kept.line.baseline ?? {});
  const lines = strategies.map(([name, { perSecond: rates }]) => ({
    name: name as 'reported' | 'competent',
    values: smooth(bySecond(rates.map(({ second, answered }) => ({ second, value: answered })))),
  }));
  const seconds = Math.max(1, ...lines.map(({ values }) => values.length));
  const most = highest(...lines.map(({ values }) => values));
  return lines
    .map(({ name, values }) =>
      plotOf({
        title: `${t.answered}: ${t.strategy[name]}`,
        unit: t.perSecond,
        seconds,
        most,
        series: { values, hollow: true },
        broken: null,
        brokenLabel: t.broken,
      }),
    )
    .join('');
}
