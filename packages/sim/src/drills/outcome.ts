import { type CrowdReport, type Phase, quantile } from '../crowd/index.ts';
import type { Entries } from './check.ts';
import type { Ratio } from './down-to-up.ts';
import type { Noticed } from './noticing.ts';
import type { Baseline, Drill, DrillLine, DrillRecord } from './types.ts';

/** Seconds within which a failure has to be noticed, and its sentence has to stand on the last screen. */
const NOTICED = 10;
const TOLD = 120;
/** A verdict with everything down may take so much longer than with everything up. */
const DOWN_TO_UP = 1.1;

/** What was measured, from which the line is made. */
export interface Measured {
  readonly phases: readonly Phase[];
  readonly report: CrowdReport;
  readonly entries: Entries;
  readonly shares: Readonly<Record<string, number>>;
  readonly incidents: readonly Noticed[];
  /** Milliseconds of the machine's clock; null where it never was. */
  readonly beganAt: number | null;
  readonly repairedAt: number | null;
  readonly recoveredAt: number | null;
  readonly downToUp: Ratio | null;
  readonly figures: Readonly<Record<string, number | string>>;
  readonly complaints: readonly string[];
}

/** The line of a drill: what was found, and whether it is as promised. */
export function lineOf({ name }: Drill, record: DrillRecord, measured: Measured): DrillLine {
  const { phases, report, entries, shares, incidents, beganAt, downToUp } = measured;
  const noticedAt = incidents.find(({ component }) => component === record.canary)?.at ?? null;
  const sum = (of: (phase: Phase) => number) => phases.reduce((all, phase) => all + of(phase), 0);
  const wrong = phases.flatMap((phase) => phase.wrong);
  const verdicts = {
    wanted: sum(({ wanted }) => wanted),
    refusedForServer: sum(({ refusedForServer }) => refusedForServer),
    wrong: wrong.length,
  };
  const toNotice = secondsFrom(beganAt, noticedAt);
  const toTell =
    record.notice === null || beganAt === null ? null : tellingOf(report.told, record.notice, beganAt);
  const complaints = [...measured.complaints, ...new Set(wrong.map((what) => `wrong: ${what}`))];
  const must = (holds: boolean, what: string): void => void (holds || complaints.push(what));
  must(verdicts.wanted > 0, 'nobody came');
  must(verdicts.refusedForServer === 0, 'guests were turned away for want of a server');
  must(sum(({ notSaved }) => notSaved) === 0, 'guests were let in and not written down');
  must(entries.lost === 0, 'entries are lost');
  must(entries.doubled === 0, 'entries are there twice');
  must(entries.invented === 0, `${entries.invented} rows that no gate wrote`);
  for (const { component, at } of incidents)
    must(
      record.canary !== null && beganAt !== null && at >= beganAt,
      `a false alarm, while nothing was wrong: ${component}`,
    );
  const right = [record.notice, ...(record.besides ?? [])];
  for (const { notice, standing } of report.said)
    must(standing !== 'provisional' || right.includes(notice), `nobody should have been told: ${notice}`);
  if (record.canary !== null)
    must(
      toNotice !== null && toNotice >= 0 && toNotice <= NOTICED,
      `not noticed within ${NOTICED} s: ${toNotice ?? 'never'}`,
    );
  if (record.notice !== null)
    must(toTell !== null && toTell <= TOLD, `people not told within ${TOLD} s: ${toTell ?? 'never'}`);
  // What a restless machine cannot tell closely fails where it is certainly too much.
  if (downToUp)
    must(
      (downToUp.isClose ? downToUp.value : downToUp.low) <= DOWN_TO_UP,
      `verdicts took ${downToUp.value.toFixed(2)} times as long with everything down as with everything up`,
    );
  const verdictMs = phases.flatMap((phase) => phase.verdictMs);
  return {
    name,
    passed: complaints.length === 0,
    verdicts,
    entries: { made: entries.made, lost: entries.lost, doubled: entries.doubled },
    seconds: {
      toNotice: rounded(toNotice),
      toTell: rounded(toTell),
      toRecover: rounded(secondsFrom(measured.repairedAt, measured.recoveredAt)),
    },
    ms: {
      verdictP50: rounded(quantile(verdictMs, 0.5)) ?? 0,
      verdictP99: rounded(quantile(verdictMs, 0.99)) ?? 0,
      receiptP50: Math.round(quantile(report.receiptMs, 0.5)),
      receiptP99: Math.round(quantile(report.receiptMs, 0.99)),
      crowdLateP99:
        rounded(
          quantile(
            phases.flatMap((phase) => phase.lateMs),
            0.99,
          ),
        ) ?? 0,
      downToUp: rounded(downToUp?.value ?? null, 3),
      downToUpBetween: downToUp && [rounded(downToUp.low, 3)!, rounded(downToUp.high, 3)!],
    },
    sentences: report.said.map(({ notice, standing, sentence }) => ({ notice, standing, sentence })),
    worstShare: rounded(Math.max(...Object.values(shares)), 3) ?? 0,
    figures: measured.figures,
    baseline: null,
    complaints,
  };
}

/** Whoever is to have collapsed under the same events turned away so much of its people at least. */
const COLLAPSED = 0.1;

/** A drill's line with how it went the old way beside it. An old way that did not collapse means that the drill was too gentle. */
export function beside(line: DrillLine, baseline: Baseline | null): DrillLine {
  const survived = Object.entries(baseline ?? {}).filter(([, old]) => old.refused < COLLAPSED * old.wanted);
  const complaints = [
    ...line.complaints,
    ...survived.map(([name]) => `the old way did not collapse: ${name}`),
  ];
  return { ...line, baseline, complaints, passed: complaints.length === 0 };
}

/** A number with so many digits behind the point. */
export const rounded = (value: number | null, digits = 1): number | null =>
  value === null ? null : Math.round(value * 10 ** digits) / 10 ** digits;

const secondsFrom = (from: number | null, to: number | null): number | null =>
  from === null || to === null ? null : (to - from) / 1000;

/** Seconds until the last gate showed the notice; null where one never did. */
function tellingOf(
  told: readonly Readonly<Record<string, number>>[],
  notice: string,
  since: number,
): number | null {
  const first = told.map((gate) =>
    Math.min(...Object.entries(gate).flatMap(([name, at]) => (name.startsWith(`${notice} `) ? [at] : []))),
  );
  return first.every(Number.isFinite) ? (Math.max(...first) - since) / 1000 : null;
}
